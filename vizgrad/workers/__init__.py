"""Processes that do work whose size a visitor decides, and can be killed."""
