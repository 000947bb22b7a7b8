"""A program as cards: read, written and changed, the rest kept to the letter."""
