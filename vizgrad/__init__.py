"""Interactive pictures of the computation graphs that autograd records."""
