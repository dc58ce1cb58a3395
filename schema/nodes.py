"""Anything with an identity, by its global id."""

from collections.abc import Iterable
from inspect import isawaitable
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import relay
from strawberry.relay.utils import from_base64
from strawberry.types.base import StrawberryObjectDefinition

from schema.context import Info
from schema.cursors import check_number
from schema.errors import DoorError, bad_input
from schema.fields import planned_field
from schema.reading.sources import AnyNode

Identity = Annotated[strawberry.ID, strawberry.argument(description="Global id of the object (全局标识).")]


def not_an_id(where: str = "id") -> DoorError:
    """Refuse an id that this API cannot have given."""
    return bad_input("This is not an id of this API.", "标识符格式不正确。", where)


def node_type(info: Info, kind: str) -> type[relay.Node]:
    """Find the type of object that a global id names."""
    definition = info.schema.get_type_by_name(kind)
    if not isinstance(definition, StrawberryObjectDefinition) or not issubclass(definition.origin, relay.Node):
        raise not_an_id()
    return definition.origin


async def find_node(info: Info, global_id: str, where: str = "id") -> relay.Node | None:
    """Load what a global id names; what does not exist and what the caller may not see are both None."""
    info.context.whose()
    try:
        kind, key = from_base64(global_id)
        UUID(key)
    except ValueError:
        raise not_an_id(where) from None
    given = node_type(info, kind).resolve_nodes(info=info, node_ids=[key], required=False)
    found: Iterable[relay.Node | None] = await given if isawaitable(given) else given
    return next(iter(found), None)


Identities = Annotated[list[strawberry.ID], strawberry.argument(description="Global ids, at most 100 (全局标识).")]


@strawberry.type
class NodeQuery:
    """The Relay entrance to single objects."""

    @planned_field(AnyNode("id"))
    async def node(self, info: Info, id: Identity) -> relay.Node | None:
        """The object with this global id; null when it does not exist or the caller may not see it (按标识查询)."""
        return await find_node(info, id)

    @planned_field(AnyNode("ids"))
    async def nodes(self, info: Info, ids: Identities) -> list[relay.Node | None]:
        """The objects with these global ids, in their order; null where there is none or it is hidden (批量按标识查询)."""
        check_number(ids)
        return [await find_node(info, id, "ids") for id in ids]
