"""Derivative rules: read from the core's registry, run on symbols, and told apart by what they do."""
