"""Uploaded files are kept no longer than they are needed: Streamlit would keep each as long as its session lasts."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

from streamlit.runtime.scriptrunner import get_script_run_ctx

IN_A_SESSION, IN_ALL = 2, 24
"""Files that wait to be opened: of one session, and of all."""


def forget(file: Any) -> None:
    """Frees an upload that was opened."""
    context = get_script_run_ctx()
    remove = None if context is None else getattr(context.uploaded_file_mgr, "remove_file", None)
    if context is not None and remove is not None:
        remove(session_id=context.session_id, file_id=file.file_id)


def bound() -> None:
    """From now on few uploads wait at a time: the oldest goes where there is one too many."""
    context = get_script_run_ctx()
    if context is not None:
        Few.of(context.uploaded_file_mgr)


class Few:
    """Stands in for a manager's way of adding a file, and takes old ones away."""

    def __init__(self, manager: Any) -> None:
        self.manager, self._add = manager, manager.add_file
        self._waiting: deque[tuple[str, str]] = deque()
        self._lock = threading.Lock()

    @classmethod
    def of(cls, manager: Any) -> None:
        """Watches a manager, once; one that keeps no files itself is left alone."""
        is_watched = isinstance(getattr(manager, "add_file", None), cls)
        if hasattr(manager, "remove_file") and hasattr(manager, "add_file") and not is_watched:
            manager.add_file = cls(manager)

    def __call__(self, session_id: str, file: Any) -> None:
        """A file arrives."""
        self._add(session_id=session_id, file=file)
        with self._lock:
            self._waiting.append((session_id, file.file_id))
            own = [one for one in self._waiting if one[0] == session_id]
            old = {*own[:-IN_A_SESSION], *list(self._waiting)[:-IN_ALL]}
            self._waiting = deque(one for one in self._waiting if one not in old)
        for session, number in old:
            self.manager.remove_file(session_id=session, file_id=number)
