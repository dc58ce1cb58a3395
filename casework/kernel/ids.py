"""Identifiers: the one place where the office makes them."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Make a new identifier (UUIDv7, RFC 9562): unique everywhere and sorted by the time it was made."""
    return uuid7()
