"""The two engines as programs see them."""
