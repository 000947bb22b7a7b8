"""A program's text to a trace: compiled under a policy, run within limits, in a worker process."""
