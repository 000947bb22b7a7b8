"""What is offered of the modules of Python's own library."""

from __future__ import annotations

MATH = frozenset(
    """
    pi e tau inf nan sqrt cbrt exp exp2 log log2 log10 log1p expm1 sin cos tan asin acos atan atan2 sinh cosh tanh asinh
    acosh atanh floor ceil trunc fabs fmod modf frexp ldexp isclose isnan isinf isfinite hypot dist pow degrees radians
    copysign erf erfc gamma lgamma gcd lcm fsum isqrt nextafter ulp remainder
    """.split()
)
RANDOM = frozenset(
    """
    seed random uniform randint randrange choice choices shuffle sample gauss normalvariate expovariate betavariate
    triangular
    """.split()
)
TYPING = frozenset(
    """
    Any Callable ClassVar Dict Iterable Iterator List Literal Optional Sequence Set Tuple Type
    Union
    """.split()
)
TIME = frozenset("time perf_counter monotonic process_time".split())
DATACLASS_OPTIONS = frozenset("init repr eq order unsafe_hash frozen kw_only".split())

ITERTOOLS = frozenset(
    """
    accumulate chain combinations combinations_with_replacement compress count cycle dropwhile filterfalse groupby
    islice pairwise permutations product repeat starmap takewhile tee zip_longest
    """.split()
)
FUNCTOOLS = frozenset("partial reduce cmp_to_key".split())
COLLECTIONS = frozenset("Counter OrderedDict defaultdict deque".split())
CONTEXTLIB = frozenset("contextmanager nullcontext".split())
OPERATOR = frozenset(
    "sub truediv floordiv matmul neg pos eq ne lt le gt ge and_ or_ xor not_ itemgetter getitem contains".split()
)
STRING = frozenset("ascii_letters ascii_lowercase ascii_uppercase digits punctuation".split())
STATISTICS = frozenset("mean median mode stdev variance pstdev pvariance fmean".split())
