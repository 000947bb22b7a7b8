"""What there is to be attacked."""

from __future__ import annotations

import ctypes
import os
import socket
from pathlib import Path


class Target:
    """Files, a parent, and sockets that listen, made before the confinement."""

    def __init__(self, folder: Path) -> None:
        self.parent = os.getpid()
        self.folder, self.file, self.new = folder, folder / "file", folder / "new"
        self.file.write_text("secret")
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.abstract = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.abstract.bind("")  # the kernel chooses a name without a file
        self.mine, self.other = socket.socketpair()
        self.loose = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.stream = socket.socket()
        self.other.sendall(b"hello")
        self.opened = os.open(self.file, os.O_RDONLY)
        self.kept = {self.mine.fileno(), self.loose.fileno(), self.stream.fileno(), self.opened}
        self._buffers: list[object] = []

    def close(self) -> None:
        """Gives everything back but the files."""
        for each in (self.tcp, self.abstract, self.mine, self.other, self.loose, self.stream):
            each.close()
        os.close(self.opened)

    def pointer(self, data: bytes) -> int:
        """The address of some bytes."""
        buffer = ctypes.create_string_buffer(data, max(len(data), 1) + 1)
        self._buffers.append(buffer)
        return ctypes.addressof(buffer)

    @property
    def path(self) -> int:
        """The address of the file's path."""
        return self.pointer(os.fsencode(self.file))

    @property
    def new_path(self) -> int:
        """The address of the path of a file that is not there."""
        return self.pointer(os.fsencode(self.new))
