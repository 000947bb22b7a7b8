"""placeholder"""

import contextlib

place = contextlib.nullcontext


class Busy(Exception): ...
