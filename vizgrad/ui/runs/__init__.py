"""Runs of programs and answers of presenters: asked for, waited for and remembered."""
