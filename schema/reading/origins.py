"""Where the fields of a GraphQL type come from, found once for each of them."""

from functools import lru_cache
from typing import Any

from graphql import GraphQLObjectType, get_named_type
from sqlalchemy.orm import InstrumentedAttribute

from schema.reading.selection import NotPlanned
from schema.reading.sources import SOURCE, Labelled, Renamed, Source
from schema.reading.values import definition_of

MOST_FIELDS = 4_096


def showing_of(kind: Any) -> Any:
    """Give the rows that a GraphQL type shows."""
    definition = getattr(kind, "extensions", {}).get("strawberry-definition")
    found = getattr(getattr(definition, "origin", None), "showing", None)
    if found is None:
        raise NotPlanned(str(kind))
    return found


def object_type(kind: Any) -> GraphQLObjectType:
    """Give the object type inside whatever wraps it."""
    found = get_named_type(kind)
    if not isinstance(found, GraphQLObjectType):
        raise NotPlanned(str(kind))
    return found


@lru_cache(MOST_FIELDS)
def declared_source(kind: GraphQLObjectType, name: str) -> Source | str | None:
    """Find where a field is declared to come from; a plain field is the column of the same name."""
    if name == "id" and any(interface.name == "Node" for interface in kind.interfaces):
        return "id"
    declared = definition_of(kind.fields[name])
    source: Source | None = declared.metadata.get(SOURCE)
    if source is not None or declared.base_resolver is not None or not declared.python_name:
        return source
    model = showing_of(kind).model
    if model is None:
        return Labelled(declared.python_name)
    column = getattr(model, declared.python_name, None)
    return Renamed(column) if isinstance(column, InstrumentedAttribute) else None
