"""The rooms that have work behind the counter; importing them is what puts their listeners and duties in place."""

from workers import cases, deadlines, feedback, organisation, relays, reporting

ROOMS = (cases, deadlines, feedback, organisation, relays, reporting)
"""Modules of workers/ named after the rooms whose verbs they call."""
