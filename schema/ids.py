"""Global ids: opaque, typed, and the same for every reader; the tenant is the token's and never part of an id."""

from uuid import UUID

import strawberry
from strawberry.relay.utils import from_base64, to_base64

from casework.kernel.errors import invalid


def global_id(kind: str, row_id: UUID) -> strawberry.ID:
    """Write the global id of an object of a GraphQL type."""
    return strawberry.ID(to_base64(kind, row_id))


def row_id(value: strawberry.ID, kind: str, *path: str) -> UUID:
    """Read the global id of an object of the expected GraphQL type, or refuse the input at `path`."""
    try:
        found, key = from_base64(value)
        parsed = UUID(key)
    except ValueError:
        raise invalid("This is not an id of this API.", "标识符格式不正确。", *(path or ("id",))) from None
    if found != kind:
        raise invalid(f"This is not the id of a {kind}.", "标识符所指对象类型不符。", *(path or ("id",)))
    return parsed


def row_id_or_none(value: strawberry.ID | None, kind: str, *path: str) -> UUID | None:
    """Read an id that may be left out."""
    return None if value is None else row_id(value, kind, *path)
