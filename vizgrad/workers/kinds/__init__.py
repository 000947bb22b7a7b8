"""The kinds of work, each loaded by its name in the processes that do it, and nowhere else."""
