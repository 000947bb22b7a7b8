"""Notebooks in and out."""
