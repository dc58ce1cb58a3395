"""Compiled reads: what a document selects becomes one statement, planned once and kept."""
