"""Proof of equality: random documents, answered by plans and by the standard executor, must give the same bytes."""
