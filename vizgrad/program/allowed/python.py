"""Python's own names: builtins, the methods of its types, and the special methods that a class may define."""

from __future__ import annotations

import collections
import itertools
from types import GeneratorType

PLAIN = frozenset(
    """
    None True False Ellipsis NotImplemented abs all any bool callable chr classmethod complex dict divmod enumerate
    filter float frozenset hash id int isinstance issubclass len list map max min next object oct ord property range
    reversed set slice sorted staticmethod str super tuple zip bin hex
    """.split()
)
"""Builtins that are given as they are; the others that are offered have guards of their own."""

EXCEPTIONS = frozenset(
    """
    Exception ArithmeticError AssertionError AttributeError DeprecationWarning EOFError FloatingPointError FutureWarning
    ImportError IndexError KeyError LookupError MemoryError ModuleNotFoundError NameError NotImplementedError
    OverflowError RecursionError RuntimeError RuntimeWarning StopIteration SyntaxError TimeoutError TypeError
    UnboundLocalError UnicodeError UserWarning ValueError Warning ZeroDivisionError
    """.split()
)

METHODS: dict[type, frozenset[str]] = {
    str: frozenset(
        """
        upper lower title swapcase casefold strip lstrip rstrip split rsplit splitlines partition rpartition startswith
        endswith find rfind index rindex count isdigit isdecimal isalpha isalnum isnumeric isspace isupper islower
        istitle isidentifier capitalize removeprefix removesuffix join replace format ljust rjust center zfill
        """.split()
    ),
    list: frozenset("append extend insert pop remove sort reverse index count copy clear".split()),
    tuple: frozenset("index count".split()),
    dict: frozenset("get items keys values pop popitem setdefault update copy clear fromkeys".split()),
    set: frozenset(
        """
        add remove discard pop union intersection difference symmetric_difference update copy clear issubset
        issuperset isdisjoint intersection_update difference_update
        """.split()
    ),
    frozenset: frozenset("union intersection difference symmetric_difference issubset issuperset copy".split()),
    int: frozenset("bit_length bit_count real imag is_integer numerator denominator conjugate".split()),
    float: frozenset("is_integer real imag hex as_integer_ratio conjugate".split()),
    complex: frozenset("real imag conjugate".split()),
    slice: frozenset("start stop step".split()),
    range: frozenset("start stop step index count".split()),
    BaseException: frozenset({"args", "add_note"}),
    StopIteration: frozenset({"value"}),
    AttributeError: frozenset({"name"}),
    NameError: frozenset({"name"}),
    GeneratorType: frozenset("send close throw".split()),
    collections.deque: frozenset(
        "append appendleft pop popleft extend extendleft rotate clear copy count index insert remove reverse".split()
    ),
    collections.Counter: frozenset("most_common elements subtract total".split()),
    collections.OrderedDict: frozenset({"move_to_end"}),
    collections.defaultdict: frozenset({"default_factory"}),
    itertools.chain: frozenset({"from_iterable"}),
    property: frozenset("setter getter deleter".split()),
}
"""The attributes that may be read, by type; a subclass has its bases' too."""

OPERATOR_METHODS = frozenset(
    """
    __init__ __call__ __repr__ __str__ __format__ __len__ __getitem__ __setitem__ __delitem__ __contains__ __iter__
    __next__ __reversed__ __enter__ __exit__ __bool__ __float__ __int__ __hash__ __post_init__ __round__
    __add__ __radd__ __iadd__ __sub__ __rsub__ __isub__ __mul__ __rmul__ __imul__ __truediv__ __rtruediv__
    __itruediv__ __floordiv__ __rfloordiv__ __ifloordiv__ __mod__ __rmod__ __divmod__ __pow__ __rpow__ __ipow__
    __matmul__ __rmatmul__ __imatmul__ __neg__ __pos__ __abs__ __invert__ __lt__ __le__ __gt__ __ge__ __eq__ __ne__
    __and__ __rand__ __or__ __ror__ __xor__ __rxor__ __lshift__ __rshift__ __slots__
    """.split()
)
"""The special methods that a program's own classes may define and call."""

CLASS_DUNDERS = frozenset("__name__ __doc__ __qualname__".split())
"""What may be read of any class, and of a program's functions."""

MADE_BY_PYTHON = frozenset(
    """
    __module__ __qualname__ __dict__ __weakref__ __doc__ __annotations__ __classcell__ __match_args__ __hash__
    __dataclass_fields__ __dataclass_params__ __static_attributes__ __firstlineno__ __annotate__ __annotate_func__
    __replace__ __classdictcell__ __annotations_cache__
    """.split()
)
"""What a class statement itself puts into a class."""
