"""A program in a link: packed into the characters that an address may have, and read back without trust."""

from __future__ import annotations

import base64
import binascii
import zlib

RAW = -15
"""zlib's number for the bare format, which browsers call "deflate-raw"."""

LONGEST_PROGRAM = 100_000
"""Characters that a program from a link may have; what unpacks to more is no program that somebody wrote."""

BROKEN = "The program in this link cannot be read: the link was cut or changed on its way. Ask for it once more."


def packed(program: str) -> str:
    """The program as letters, digits, "-" and "_"; the player makes the same in the browser.

    >>> unpacked(packed("x = 1\\n"))
    'x = 1\\n'
    """
    squeezed = zlib.compressobj(9, zlib.DEFLATED, RAW)
    data = squeezed.compress(program.encode("utf-8", "replace")) + squeezed.flush()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unpacked(text: str) -> str:
    """The program of a link; ValueError, with a sentence for the reader, for what is none or unpacks to too much.

    >>> unpacked("no program")
    Traceback (most recent call last):
    ValueError: The program in this link cannot be read: the link was cut or changed on its way. Ask for it once more.
    """
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        loosened = zlib.decompressobj(RAW)
        program = loosened.decompress(data, 4 * LONGEST_PROGRAM)  # a few bytes may unpack to gigabytes
        if not loosened.eof or loosened.unused_data:
            raise ValueError(BROKEN)
        decoded = program.decode()
    except (binascii.Error, zlib.error, UnicodeError, ValueError):
        raise ValueError(BROKEN) from None
    if len(decoded) > LONGEST_PROGRAM:
        raise ValueError(f"The program in this link has more than {LONGEST_PROGRAM:,} characters.")
    return decoded
