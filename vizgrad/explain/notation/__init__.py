"""How names, numbers and equations are written."""
