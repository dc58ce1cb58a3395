"""Whoever touches a case, its counters follow: importing anything of this room puts the counting in place."""

from casework.cases import counting

__all__ = ["counting"]
