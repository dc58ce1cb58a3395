"""Identifiers: the one place where the office makes them."""

from uuid import UUID

import uuid_utils
from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Make a new identifier (UUIDv7, RFC 9562): unique everywhere and sorted by the time it was made."""
    return uuid7()


def new_mark() -> str:
    """Make a new identifier written in 32 hexadecimal digits, such as the one under which a request is found again."""
    return uuid_utils.uuid7().hex
