"""The bridges: what an engine does while a program runs, written down as one Trace."""
