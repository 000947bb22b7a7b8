"""What programs may name: plain tables, no code."""
