"""The machine code of a WebAssembly module, kept from one start to the next.

Compiling Graphviz takes a second or more, reading it back a few milliseconds. What is read back is run as machine code,
so it is only taken from a folder and a file that nobody but this user can write, and only if it is what was written.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import stat
import tempfile
from importlib.metadata import version
from pathlib import Path

import wasmtime

DIGEST = hashlib.sha256
LENGTH = DIGEST().digest_size

MIB = 1 << 20
SETTINGS: dict[str, int | bool] = {
    # Deterministic work is counted, and no trap is a signal: handlers of ours and of Python's faulthandler stay apart.
    "consume_fuel": True,
    "signals_based_traps": False,
    # By default an instance reserves 4 GiB of addresses, which a process with a memory limit does not get.
    "memory_reservation": 32 * MIB,
    "memory_reservation_for_growth": 32 * MIB,
    "memory_guard_size": 0,
    "memory_may_move": True,
    # No file in memory behind an instance, and no thread for a compilation: both are refused in a confined process.
    "memory_init_cow": False,
    "parallel_compilation": False,
    # A long chain of boxes is followed by recursion.
    "max_wasm_stack": 2 * MIB,
    "native_unwind_info": False,
    "wasm_threads": False,
}
"""Of the engine; the compiled code depends on them."""


def engine() -> wasmtime.Engine:
    """An engine with our settings."""
    config = wasmtime.Config()
    for name, value in SETTINGS.items():
        setattr(config, name, value)
    return wasmtime.Engine(config)


def module(engine: wasmtime.Engine, wasm: bytes) -> wasmtime.Module:
    """The compiled module of WebAssembly code, from the user's cache where it is there and fit to be run.

    Where there is no cache that is safe, each start compiles anew. Raises wasmtime.WasmtimeError for code that is none.
    """
    folder = cache()
    name = f"graphviz-{_key(wasm)}.bin"
    if folder is not None and (kept := _kept(folder / name)) is not None:
        with contextlib.suppress(wasmtime.WasmtimeError):  # made for another processor
            return wasmtime.Module.deserialize(engine, kept)
    made = wasmtime.Module(engine, wasm)
    if folder is not None:
        _keep(folder, name, bytes(made.serialize()))
    return made


def cache() -> Path | None:
    """The folder for compiled code, made where it is not there; None where there is none that only we can write."""
    try:
        folder = _home() / "vizgrad"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder if _is_ours(folder.lstat(), stat.S_IFDIR) else None
    except (OSError, RuntimeError):  # no home, or nothing can be written there
        return None


def _home() -> Path:
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        if Path(os.environ.get(variable, "")).is_absolute():
            return Path(os.environ[variable])
    return Path.home() / ".cache"


def _key(wasm: bytes) -> str:
    told = f"{version('wasmtime')} {platform.system()} {platform.machine()} {sorted(SETTINGS.items())}"
    return DIGEST(told.encode() + DIGEST(wasm).digest()).hexdigest()[:32]


def _is_ours(about: os.stat_result, kind: int) -> bool:
    """Whether it is of that kind, belongs to us, and can be written by nobody else."""
    if stat.S_IFMT(about.st_mode) != kind:
        return False
    if not hasattr(os, "geteuid"):  # Windows: a user's folders are the user's
        return True
    return about.st_uid == os.geteuid() and not about.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _kept(path: Path) -> bytes | None:
    """What was kept in a file, or None where it is not there, not ours or not whole."""
    try:
        with open(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)), "rb") as file:
            if not _is_ours(os.fstat(file.fileno()), stat.S_IFREG):
                return None
            digest, code = file.read(LENGTH), file.read()
    except OSError:
        return None
    return code if DIGEST(code).digest() == digest else None


def _keep(folder: Path, name: str, code: bytes) -> None:
    """Writes a file in one step, so that nobody reads half of it; a disk that is full or read-only is no fault."""
    with contextlib.suppress(OSError):
        handle, path = tempfile.mkstemp(dir=folder, prefix=f".{name}-")
        try:
            with open(handle, "wb") as file:
                file.write(DIGEST(code).digest() + code)
            os.replace(path, folder / name)
        except OSError:
            Path(path).unlink(missing_ok=True)
            raise
