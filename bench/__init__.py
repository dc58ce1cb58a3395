"""Measures the office against its peers on one machine, in one run."""
