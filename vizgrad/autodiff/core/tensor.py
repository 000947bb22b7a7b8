"""The tensor: an array, and what autograd must know about it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import numpy as np

from . import dtypes, errors, grad_mode
from .printing import tensor_repr

F = TypeVar("F", bound=Callable[..., Any])
Edge = tuple[Any, int]  # Any: a Node, which is built upon tensors, or None
NO_EDGE: Edge = (None, 0)


class _Freed:
    """What stands where a saved tensor was, once backward has freed it."""

    def __repr__(self) -> str:
        return "<freed>"


FREED: Any = _Freed()
INFERENCE: Any = ("made in inference mode",)
"""The version counter of a tensor made in inference mode, where none is kept."""


class Size(tuple[int, ...]):
    """A tensor's shape.

    >>> Size([2, 3]), Size([2, 3]).numel()
    (torch.Size([2, 3]), 6)
    """

    __slots__ = ()

    def numel(self) -> int:
        """Count the elements of a tensor of this shape."""
        count = 1
        for n in self:
            count *= n
        return count

    def __repr__(self) -> str:
        return f"torch.Size({list(self)})"

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        return Size(found) if isinstance(index, slice) else found

    def __add__(self, other: Any) -> Any:
        return Size(super().__add__(tuple(other)))


_DEVICES = (
    "cpu, cuda, ipu, xpu, mkldnn, opengl, opencl, ideep, hip, ve, fpga, maia, xla, lazy, vulkan, mps, meta, hpu, mtia, "
    "privateuseone"
)


class device:
    """Where a tensor lives. Others than the CPU have a name, and no tensor can be on them: see `on_cpu`.

    >>> device("cuda:0")
    device(type='cuda', index=0)
    """

    __slots__ = ("index", "type")

    def __init__(self, type: Any = "cpu", index: int | None = None) -> None:
        name, _, number = str(type).partition(":")
        if name not in _DEVICES.split(", "):
            raise RuntimeError(f"Expected one of {_DEVICES} device type at start of device string: {name}")
        self.type: str = name
        self.index = int(number) if number else index

    def __repr__(self) -> str:
        return f"device(type='{self.type}'" + ("" if self.index is None else f", index={self.index}") + ")"

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))


def on_cpu(place: Any) -> None:
    """Refuse what is to be on another device than the CPU, as a PyTorch that was built without it does.

    >>> on_cpu("cuda")
    Traceback (most recent call last):
    AssertionError: Torch not compiled with CUDA enabled
    """
    if place is None:
        return
    kind = device(place).type
    if kind in ("cuda", "xpu"):
        raise AssertionError(f"Torch not compiled with {kind.upper()} enabled")
    if kind != "cpu":
        raise RuntimeError(f"PyTorch is not linked with support for {kind} devices")


class View:
    """What a view knows of its base: whose memory it shows, and how it came about."""

    __slots__ = ("base", "creation", "is_lent", "version")

    def __init__(self, base: Tensor, creation: str, version: int) -> None:
        self.base = base
        self.creation = creation  # "", "no_grad", "inference" or "multi": what an in-place operation must know
        self.version = version  # the version the view's own grad_fn is good for
        self.is_lent = False  # it requires a gradient only because its base does: none comes to it


class Tensor:
    """An array that remembers how it was made.

    Made by functions such as `tensor` and `ones`, and by operations; `Tensor(2, 3)` or `Tensor([1, 2])` as in
    PyTorch makes float32. Attributes are PyTorch's; `array` is the NumPy array itself, `_counter` the version
    counter shared by views and `detach()`.

    >>> x = Tensor([1, 2]).requires_grad_()
    >>> x * 3
    tensor([3., 6.], grad_fn=<MulBackward0>)
    """

    __slots__ = (
        "__dict__",
        "__weakref__",
        "_accumulator",
        "_counter",
        "_edge",
        "_grad",
        "_hooks",
        "_requires_grad",
        "_view",
        "array",
    )
    array: np.ndarray
    _requires_grad: bool
    _edge: Edge | None  # the maker and which of its outputs this is; None on a leaf
    _grad: Tensor | None
    _counter: Any  # [version], made when first shared or written to; INFERENCE
    _view: View | None
    _hooks: Any  # Hooks, which are built upon tensors, or None
    _accumulator: Any  # a weak reference to the leaf's AccumulateGrad, or None
    __array_priority__ = 1000

    def __new__(cls, *data: Any, **_: Any) -> Tensor:
        """Make a float32 tensor of values, or of a shape."""
        if len(data) == 1 and isinstance(data[0], Tensor):
            return _init(object.__new__(cls), data[0].array, data[0]._shared_counter())
        if len(data) == 1 and not isinstance(data[0], int):
            array = np.array(data[0], dtype=np.float32)
        else:
            array = np.zeros(data or (0,), dtype=np.float32)
        return _init(object.__new__(cls), array, None)

    # -- what it is

    @property
    def shape(self) -> Size:
        """The lengths of its dimensions."""
        return Size(self.array.shape)

    @property
    def dtype(self) -> dtypes.dtype:
        """The type of its elements."""
        return dtypes.of(self.array)

    @property
    def device(self) -> device:
        """Where it lives: the CPU."""
        return device("cpu")

    @property
    def ndim(self) -> int:
        """The number of its dimensions."""
        return self.array.ndim

    dim = ndimension = lambda self: self.array.ndim

    def size(self, dim: int | None = None) -> Any:
        """Give the shape, or one length of it."""
        if dim is None:
            return Size(self.array.shape)
        if not -max(self.ndim, 1) <= dim < max(self.ndim, 1) or not self.ndim:
            raise errors.dim_range(dim, self.ndim)
        return self.array.shape[dim]

    def numel(self) -> int:
        """Count its elements."""
        return self.array.size

    nelement = numel
    itemsize = property(lambda self: self.dtype.itemsize)
    nbytes = property(lambda self: self.array.nbytes)
    is_cuda = is_sparse = is_quantized = is_meta = False
    layout = "torch.strided"

    def element_size(self) -> int:
        """Give the bytes of one element."""
        return self.dtype.itemsize

    def stride(self, dim: int | None = None) -> Any:
        """Give how many elements apart neighbours are, along each dimension."""
        strides = tuple(s // self.array.itemsize for s in self.array.strides)
        return strides if dim is None else strides[dim]

    def storage_offset(self) -> int:
        """Give how far into its base's memory it starts."""
        base = self.array if self._view is None else self._view.base.array
        return (self.data_ptr() - base.__array_interface__["data"][0]) // self.array.itemsize

    def data_ptr(self) -> int:
        """Give the address of its first element."""
        return int(self.array.__array_interface__["data"][0])

    def is_contiguous(self) -> bool:
        """Say whether its elements lie one after the other."""
        return bool(self.array.flags.c_contiguous)

    def is_floating_point(self) -> bool:
        """Say whether its elements are floating-point numbers."""
        return self.array.dtype.kind == "f"

    def is_complex(self) -> bool:
        """Say whether its elements are complex numbers."""
        return self.array.dtype.kind == "c"

    def is_inference(self) -> bool:
        """Say whether it was made in inference mode."""
        return self._counter is INFERENCE

    # -- what autograd knows

    @property
    def requires_grad(self) -> bool:
        """Whether gradients flow to it; may be set on leaves of floating-point type."""
        if self._view is not None:
            self._refresh()
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        self._set_requires_grad(value, "floating point and complex dtype")

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Ask for gradients, or no longer; returns the tensor itself."""
        self._set_requires_grad(requires_grad, "floating point dtype")
        return self

    def _set_requires_grad(self, value: bool, kinds: str) -> None:
        if self._edge is not None:
            if not value:
                raise RuntimeError(errors.NOT_LEAF_FLAG)
            return
        if value and self.array.dtype.kind not in "fc":
            raise RuntimeError(f"only Tensors of {kinds} can require gradients")
        if value and self._counter is INFERENCE and not grad_mode.current().inference:
            raise RuntimeError("Setting requires_grad=True on inference tensor outside InferenceMode is not allowed.")
        self._requires_grad = bool(value)
        if self._view is not None:
            self._view.is_lent = False

    @property
    def grad_fn(self) -> Any:
        """The node of the operation that made it; None on a leaf."""
        if self._view is not None:
            self._refresh()
        return None if self._edge is None else self._edge[0]

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded operation made it."""
        if self._view is not None:
            self._refresh()
        return self._edge is None

    @property
    def output_nr(self) -> int:
        """Which output of its grad_fn it is."""
        return 0 if self._edge is None else self._edge[1]

    @property
    def _version(self) -> int:
        if self._counter is INFERENCE:
            raise RuntimeError("Inference tensors do not track version counter.")
        return 0 if self._counter is None else self._counter[0]

    def _shared_counter(self) -> Any:
        """Give the version counter, to be shared with another tensor of the same memory."""
        if self._counter is None:
            self._counter = [0]
        return self._counter

    def _is_view(self) -> bool:
        return self._view is not None

    @property
    def _base(self) -> Tensor | None:
        return None if self._view is None else self._view.base

    @property
    def grad(self) -> Tensor | None:
        """The gradient that backward passes have accumulated; None until one reaches it."""
        if self._grad is None and self._edge is not None and not self.retains_grad:
            warnings.warn(errors.NON_LEAF_GRAD, UserWarning, stacklevel=2)
        return self._grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        if value is not None:
            self._check_grad(value)
        self._grad = value
        observer = grad_mode.current().observer
        if observer is not None:
            observer.grad_set(self)

    @grad.deleter
    def grad(self) -> None:
        self.grad = None

    def _check_grad(self, value: Any) -> None:
        if not isinstance(value, Tensor):
            raise TypeError(
                f"assigned grad expected to be a Tensor or None but got grad of type {type(value).__name__}"
            )
        if value is self:
            raise RuntimeError("can't assign Variable as its own grad")
        if value.array.shape != self.array.shape:
            raise RuntimeError(
                f"attempting to assign a gradient of size '{errors.sizes(value.array.shape)}' to a tensor of size "
                f"'{errors.sizes(self.array.shape)}'. Please ensure that the gradient and the tensor are the same size"
            )
        if value.dtype is not self.dtype:
            got = value.dtype.long_name.lower()
            raise RuntimeError(
                f"attempting to assign a gradient with dtype '{got}' to a tensor with grad_dtype "
                f"'{self.dtype.long_name}'. The gradient must match the tensor's grad_dtype (defaults to the tensor's "
                "dtype). You can set the tensor's grad_dtype attribute with a specific dtype, or None to allow any "
                "dtype. Set grad_dtype with caution. Diverging the dtypes of a tensor and its gradient may break "
                "downstream systems that assume they match."
            )

    @property
    def data(self) -> Tensor:
        """The same memory without history, and with a version counter of its own."""
        return wrap(self.array)

    @data.setter
    def data(self, value: Tensor) -> None:
        self.array = value.array
        self._accumulator = None  # one that knows the new shape is made when it is needed

    @property
    def retains_grad(self) -> bool:
        """Whether `retain_grad()` was called on this non-leaf tensor."""
        if self._edge is None or self._edge[0] is None:
            return False
        hooks = self._edge[0].hooks
        kept = None if hooks is None else hooks.retained.get(self._edge[1])
        return kept is not None and kept() is self

    def _twin(self) -> Tensor:
        """Give the same memory and version counter without history: what a node keeps of its own output."""
        twin = wrap(self.array)
        twin._counter = self._shared_counter()
        return twin

    # -- as Python and NumPy values

    def item(self) -> Any:
        """Give the only element as a Python number."""
        if self.array.size != 1:
            raise RuntimeError(f"a Tensor with {self.array.size} elements cannot be converted to Scalar")
        return self.array.item()

    def tolist(self) -> Any:
        """Give the elements as nested lists of Python numbers."""
        return self.array.tolist()

    def numpy(self, *, force: bool = False) -> np.ndarray:
        """Give the elements as a NumPy array that shares this tensor's memory."""
        if self.requires_grad and not force:
            raise RuntimeError(errors.NUMPY_NEEDS_DETACH)
        return self.array

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        if self.requires_grad:
            raise RuntimeError(errors.NUMPY_NEEDS_DETACH)
        return self.array if dtype is None else self.array.astype(dtype)

    def __bool__(self) -> bool:
        if self.array.size != 1:
            values = "no values" if self.array.size == 0 else "more than one value"
            raise RuntimeError(f"Boolean value of Tensor with {values} is ambiguous")
        return bool(self.array.item())

    def _number(self) -> Any:
        if self.array.size != 1:
            raise ValueError("only one element tensors can be converted to Python scalars")
        if self.requires_grad:
            warnings.warn(
                "Converting a tensor with requires_grad=True to a scalar may lead to unexpected behavior.\n"
                "Consider using tensor.detach() first.",
                UserWarning,
                stacklevel=3,
            )
        return self.array.item()

    def __float__(self) -> float:
        return float(self._number())

    def __int__(self) -> int:
        return int(self._number())

    def __complex__(self) -> complex:
        return complex(self._number())

    def __index__(self) -> int:
        if self.array.size != 1 or self.array.dtype.kind not in "iub":
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self.array.item())

    def __len__(self) -> int:
        if not self.array.ndim:
            raise TypeError("len() of a 0-d tensor")
        return len(self.array)

    def __iter__(self) -> Iterator[Tensor]:
        if not self.array.ndim:
            raise TypeError("iteration over a 0-d tensor")
        return iter(self.unbind(0))

    def __contains__(self, element: Any) -> bool:
        return bool((self == element).any().item())

    def __hash__(self) -> int:
        return id(self)

    def __repr__(self) -> str:
        node = self.grad_fn
        return tensor_repr(
            self.array,
            self.dtype.name,
            requires_grad=self.requires_grad and node is None,
            grad_fn=None if node is None else node.name().rpartition("::")[2],
        )

    def __format__(self, spec: str) -> str:
        if not self.array.ndim:
            return format(self.array.item(), spec)
        return object.__format__(self, spec)

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        if self._edge is not None:
            raise RuntimeError(errors.DEEPCOPY)
        if id(self) in memo:
            return memo[id(self)]
        copied = _init(object.__new__(type(self)), self.array.copy(), None)
        copied._requires_grad = self._requires_grad
        if self._grad is not None:
            copied._grad = self._grad.__deepcopy__(memo)
        copied.__dict__.update(self.__dict__)
        memo[id(self)] = copied
        return copied

    def __reduce__(self) -> NoReturn:
        raise TypeError("a vizgrad tensor is kept as numbers: pickle tensor.detach().numpy() instead")

    def __dir__(self) -> Iterable[str]:
        return object.__dir__(self)

    if TYPE_CHECKING:  # these come from elsewhere: most methods and the operators from the registry of operations

        def _refresh(self) -> None: ...  # from inplace.py

        def __getattr__(self, name: str) -> Any: ...  # only here: it would make every attribute slower to read
        def __getitem__(self, index: Any) -> Tensor: ...
        def __add__(self, other: Any) -> Tensor: ...
        def __sub__(self, other: Any) -> Tensor: ...
        def __mul__(self, other: Any) -> Tensor: ...
        def __neg__(self) -> Tensor: ...
        def backward(self, gradient: Any = None, retain_graph: bool | None = None) -> None: ...  # noqa: D102
        def detach(self) -> Tensor: ...  # noqa: D102
        def register_hook(self, hook: Any) -> Any: ...  # noqa: D102
        def retain_grad(self) -> None: ...  # noqa: D102
        def unbind(self, dim: int = 0) -> Sequence[Tensor]: ...  # noqa: D102
        def any(self) -> Tensor: ...  # noqa: D102


def method(function: F) -> F:
    """Make a function a method of tensors: one that needs what is built upon them."""
    function.__qualname__ = f"Tensor.{function.__name__}"
    setattr(Tensor, function.__name__, function)
    return function


def _init(tensor: Any, array: np.ndarray, counter: Any) -> Any:
    tensor.array = array
    tensor._requires_grad = False
    tensor._edge = tensor._grad = tensor._view = tensor._hooks = tensor._accumulator = None
    tensor._counter = counter
    return tensor


def wrap(array: np.ndarray) -> Tensor:
    """Make a tensor of an array that is to be its own memory: no copy, no history."""
    tensor = _new(Tensor)
    tensor.array = array
    tensor._requires_grad = False
    tensor._edge = tensor._grad = tensor._view = tensor._hooks = tensor._accumulator = tensor._counter = None
    return tensor


_new: Any = object.__new__
