"""The permissions of every city written out, so that a change of any rule shows as a difference in git."""
