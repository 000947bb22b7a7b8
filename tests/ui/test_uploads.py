"""Uploads do not pile up on the server."""

from __future__ import annotations

from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from vizgrad.ui.files.uploads import Shelf, limit


def a_file(name: str, size: int = 10) -> UploadedFileRec:
    return UploadedFileRec(name, f"{name}.py", "text/plain", b"x" * size)


def held(manager: MemoryUploadedFileManager) -> list[tuple[str, str]]:
    return sorted((session, name) for session, files in manager.file_storage.items() for name in files)


def test_a_session_keeps_its_newest_files_only():
    manager = MemoryUploadedFileManager("/upload")
    limit(manager, Shelf(most_files=2, most=1000))
    for name in "abcdef":
        manager.add_file("ada", a_file(name))
        manager.add_file("bob", a_file(name))
    assert held(manager) == [("ada", "e"), ("ada", "f"), ("bob", "e"), ("bob", "f")]
    assert [file.data for file in manager.get_files("ada", ["f"])] == [b"x" * 10]


def test_all_sessions_together_keep_only_so_much():
    manager = MemoryUploadedFileManager("/upload")
    limit(manager, Shelf(most_files=2, most=100))
    for i in range(30):
        manager.add_file(f"visitor {i}", a_file("a", 40))
    assert held(manager) == [("visitor 28", "a"), ("visitor 29", "a")]


def test_what_has_gone_counts_no_more():
    manager = MemoryUploadedFileManager("/upload")
    limit(manager, Shelf(most_files=2, most=100))
    manager.add_file("ada", a_file("a", 50))
    manager.add_file("bob", a_file("b", 50))
    manager.remove_session_files("ada")
    manager.remove_file("bob", "b")
    manager.add_file("cyd", a_file("c", 90))
    assert held(manager) == [("cyd", "c")]
    manager.add_file("cyd", a_file("c", 90))  # sent once more
    assert held(manager) == [("cyd", "c")]
