"""Processes that do work whose size a visitor decides: forked for one request, confined by the kernel, then gone."""
