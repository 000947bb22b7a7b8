"""How much a program may use, counted before and while it uses it."""
