"""The JavaScript: it is shipped as built, the linter and the types have no complaint, its own tests pass."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vizgrad.player.assets import HERE as PLAYER

from . import node

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module", autouse=True)
def packages() -> None:
    """Without Node.js and its packages these tests fail in CI and are skipped elsewhere."""
    try:
        node.install()
    except node.NoNode as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))


def passes(*command: str | Path, cwd: Path = node.HERE) -> str:
    done = node.run(*command, cwd=cwd)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_what_is_shipped_is_what_the_modules_give(tmp_path: Path) -> None:
    passes("build.js", tmp_path)
    assert contents(tmp_path) == contents(PLAYER / "built"), "python -m tests.javascript.build builds it anew"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_linter_has_no_complaint() -> None:
    eslint = node.PACKAGES / "eslint" / "bin" / "eslint.js"
    passes(eslint, "--config", node.HERE / "eslint.config.js", "--max-warnings=0", "vizgrad", "tests", cwd=ROOT)


@pytest.mark.parametrize("project", ["tsconfig.json", "tsconfig.tests.json"])
def test_the_types_agree(project: str) -> None:
    passes(node.PACKAGES / "typescript" / "bin" / "tsc", "--project", project)


def test_the_pure_modules_do_what_they_should() -> None:
    passes("--test", "unit/*.test.js")


def test_the_lock_file_names_no_registry() -> None:
    assert '"resolved"' not in (node.HERE / "package-lock.json").read_text(encoding="utf-8")
