"""Tests of the autodiff core."""
