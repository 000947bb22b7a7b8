"""What is kept of a compiled module is read back only where nobody but its user can have written it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
import wasmtime

from vizgrad.draw.layout import compiled

ONE = wasmtime.wat2wasm('(module (func (export "number") (result i32) i32.const 1))')
TWO = wasmtime.wat2wasm('(module (func (export "number") (result i32) i32.const 2))')
IS_POSIX = os.name == "posix"
posix = pytest.mark.skipif(not IS_POSIX, reason="looks at owners and modes")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def compilations(monkeypatch):
    """Counts how often something is compiled."""
    seen: list[bytes] = []

    class Counted(wasmtime.Module):
        def __init__(self, engine, wasm):
            seen.append(wasm)
            super().__init__(engine, wasm)

    monkeypatch.setattr(wasmtime, "Module", Counted)
    return seen


def number(wasm: bytes = ONE) -> int:
    """What the module's function gives, from an engine of its own."""
    engine = compiled.engine()
    store = wasmtime.Store(engine)
    store.set_fuel(1000)
    exports = wasmtime.Instance(store, compiled.module(engine, wasm), []).exports(store)
    return exports["number"](store)


def files(home: Path) -> list[Path]:
    return sorted((home / "vizgrad").iterdir())


def test_it_is_compiled_once(home, compilations):
    assert [number(), number(), number()] == [1, 1, 1]
    assert compilations == [ONE] and len(files(home)) == 1


def test_each_module_and_each_setting_has_a_file_of_its_own(home, compilations, monkeypatch):
    assert [number(ONE), number(TWO)] == [1, 2] and len(files(home)) == 2
    monkeypatch.setitem(compiled.SETTINGS, "max_wasm_stack", 1 << 20)
    assert number(ONE) == 1 and len(files(home)) == 3


@posix
def test_folder_and_file_are_the_users_alone(home):
    number()
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (home / "vizgrad", *files(home))]
    assert modes == [0o700, 0o600]


@pytest.mark.parametrize(
    "spoil", [lambda b: b[:-1], lambda b: b[:9], lambda b: b"", lambda b: b[:-9] + bytes(255 - n for n in b[-9:])]
)
def test_a_file_that_is_not_whole_is_written_anew(home, compilations, spoil):
    number()
    (file,) = files(home)
    whole = file.read_bytes()
    file.write_bytes(spoil(whole))
    assert number() == 1 and compilations == [ONE, ONE]
    assert file.read_bytes()[:32] == compiled.DIGEST(file.read_bytes()[32:]).digest()
    assert number() == 1 and compilations == [ONE, ONE]


def test_code_for_another_engine_is_compiled_anew(home, compilations, monkeypatch):
    number()
    (file,) = files(home)
    monkeypatch.setattr(compiled, "_key", lambda wasm: "same")
    file.rename(home / "vizgrad" / "graphviz-same.bin")
    monkeypatch.setitem(compiled.SETTINGS, "consume_fuel", False)
    engine = compiled.engine()
    compiled.module(engine, ONE)
    assert compilations == [ONE, ONE]


@posix
@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777])
def test_a_folder_that_others_can_write_is_not_used(home, compilations, mode):
    number()
    (file,) = files(home)
    file.parent.chmod(mode)
    assert compiled.cache() is None
    assert number() == 1 and compilations == [ONE, ONE]


@posix
@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_file_that_others_can_write_is_not_read(home, compilations, mode):
    number()
    (file,) = files(home)
    file.chmod(mode)
    assert number() == 1 and compilations == [ONE, ONE]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@posix
def test_what_belongs_to_another_user_is_not_used(home, compilations, monkeypatch):
    number()
    monkeypatch.setattr(os, "geteuid", lambda: 4_000_000)
    assert compiled.cache() is None
    assert number() == 1 and compilations == [ONE, ONE]


@posix
def test_links_are_not_followed(home, compilations, tmp_path):
    number()
    (file,) = files(home)
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    assert number() == 1 and compilations == [ONE, ONE] and not file.is_symlink()
    (home / "vizgrad").rename(tmp_path / "folder")
    (home / "vizgrad").symlink_to(tmp_path / "folder")
    assert compiled.cache() is None


@pytest.mark.parametrize("home_is", ["a file", "missing"])
def test_without_a_place_to_write_it_compiles_each_time(tmp_path, monkeypatch, compilations, home_is):
    if home_is == "a file":
        (tmp_path / "file").write_text("")
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    else:
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
        monkeypatch.delenv("LOCALAPPDATA", raising=False)
        monkeypatch.setattr(Path, "home", lambda: (_ for _ in ()).throw(RuntimeError("no home")))
    assert [number(), number()] == [1, 1] and compilations == [ONE, ONE]


def test_a_disk_that_is_full_leaves_nothing_behind(home, compilations, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    assert number() == 1 and files(home) == []
