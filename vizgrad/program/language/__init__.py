"""The part of Python that programs are written in."""
