"""The builder: a program as cards."""
