"""Processes that work for the server and can do nothing else, and who is served by them when."""
