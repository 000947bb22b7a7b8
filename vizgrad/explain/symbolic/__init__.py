"""By hand: derivations in index notation, and derivatives that a reader types."""
