"""How much of what visitors upload the server keeps, until it is opened.

Anybody who has a session can send files without being asked for one, and as many as they like.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

MIB = 1 << 20
MOST_FILES = 2
"""Files that one session may have on the server at a time."""
MOST = 64 * MIB
"""Bytes of all sessions' files together."""


class Shelf:
    """Remembers what was uploaded, and says what must go for something new to come.

    >>> shelf = Shelf(most_files=1, most=100)
    >>> shelf.add("ada", "a", 60), shelf.add("ada", "b", 60), shelf.add("bob", "c", 60)
    ([], [('ada', 'a')], [('ada', 'b')])
    """

    def __init__(self, most_files: int = MOST_FILES, most: int = MOST) -> None:
        self.most_files, self.most = most_files, most
        self._kept: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, session: str, file: str, size: int) -> list[tuple[str, str]]:
        """A file has come; gives the session and name of those that go: the session's oldest, or the oldest of all."""
        with self._lock:
            self._kept.pop((session, file), None)
            own = [key for key in self._kept if key[0] == session]
            gone = own[: max(0, len(own) - self.most_files + 1)]
            self._kept[session, file] = size
            left = sum(self._kept.values()) - sum(self._kept[key] for key in gone)
            for key in self._kept:
                if left <= self.most:
                    break
                if key not in gone and key != (session, file):
                    gone.append(key)
                    left -= self._kept[key]
            for key in gone:
                del self._kept[key]
            return gone

    def remove(self, session: str, file: str) -> None:
        """A file has gone."""
        with self._lock:
            self._kept.pop((session, file), None)


def limit(manager: Any, shelf: Shelf | None = None) -> None:
    """Lets Streamlit's manager of uploads keep no more than a shelf holds."""
    shelf = shelf or Shelf()
    add, remove, remove_all = manager.add_file, manager.remove_file, manager.remove_session_files

    def add_file(session_id: str, file: Any) -> None:
        for session, name in shelf.add(session_id, file.file_id, len(file.data)):
            remove(session, name)
        add(session_id, file)

    def remove_file(session_id: str, file_id: str) -> None:
        shelf.remove(session_id, file_id)
        remove(session_id, file_id)

    def remove_session_files(session_id: str) -> None:
        for name in list(manager.file_storage.get(session_id, ())):
            shelf.remove(session_id, name)
        remove_all(session_id)

    manager.add_file, manager.remove_file = add_file, remove_file
    manager.remove_session_files = remove_session_files


def start() -> None:
    """Limits the uploads of this server."""
    from streamlit.runtime import Runtime

    if Runtime.exists():
        limit(Runtime.instance().uploaded_file_mgr)


def drop(file: Any) -> None:
    """Lets the server forget a file that was opened; Streamlit itself would keep it as long as the session lasts."""
    from streamlit.runtime import Runtime

    from .. import visitor

    if Runtime.exists() and getattr(file, "file_id", None):
        manager: Any = Runtime.instance().uploaded_file_mgr
        manager.remove_file(visitor.session(), file.file_id)
