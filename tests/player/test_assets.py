"""What is shipped of the player: built files that need no other, and its style."""

from __future__ import annotations

from pathlib import Path

import pytest

from vizgrad.player.assets import HERE, read, script, style


def test_the_component_is_a_module_with_a_default_export() -> None:
    assert script("component").rstrip().endswith("as default\n};")


def test_the_standalone_page_exports_nothing() -> None:
    assert "\nexport " not in script("standalone")


@pytest.mark.parametrize("home", ["component", "standalone"])
def test_what_is_built_imports_nothing(home: str) -> None:
    assert "\nimport " not in script(home) and "import(" not in script(home)  # type: ignore[arg-type]


def test_what_is_built_can_stand_in_a_page() -> None:
    lower = script("standalone").lower()
    assert "</script" not in lower and "<!--" not in lower


def test_each_file_is_opened_once(monkeypatch: pytest.MonkeyPatch) -> None:
    before = script("component"), script("standalone"), style(), read("share.css")

    def refuse(*_: object, **__: object) -> str:
        raise PermissionError("a worker that is confined can open no file")

    monkeypatch.setattr(Path, "read_text", refuse)
    assert (script("component"), script("standalone"), style(), read("share.css")) == before


def test_every_built_file_has_its_module() -> None:
    assert [path.name for path in sorted((HERE / "built").iterdir())] == ["component.js", "standalone.js"]
    assert all((HERE / "js" / path.name).exists() for path in (HERE / "built").iterdir())
