"""Values that the office computes, brought into the form in which an answer shows them."""

import binascii
from collections.abc import Callable, Sequence
from typing import Any

from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
)
from strawberry.types.field import StrawberryField

from schema.reading.selection import NotPlanned, Selection

Shaping = Callable[[Any], Any]
DEFINITION = "strawberry-definition"


class NullInTheWay(Exception):
    """A value is missing where the schema promises one; the standard executor says so as the specification wants."""


def promised(value: Any) -> Any:
    """Hand on a value that the schema promises."""
    if value is None:
        raise NullInTheWay
    return value


def global_ids(kind: str) -> Callable[[str], str]:
    """Give the function that writes the global ids of a type."""
    head = f"{kind}:".encode()

    def write(row_id: str) -> str:
        return binascii.b2a_base64(head + row_id.encode(), newline=False).decode()

    return write


def definition_of(field: GraphQLField) -> StrawberryField:
    """Give the declaration of a field."""
    found = field.extensions.get(DEFINITION)
    if not isinstance(found, StrawberryField):
        raise NotPlanned("field")
    return found


def shaping(selection: Selection, kind: Any, nodes: Sequence[FieldNode]) -> Shaping:
    """Give the function that brings a value of a GraphQL type into the form of the answer."""
    if isinstance(kind, GraphQLNonNull):
        return _promised(shaping(selection, kind.of_type, nodes))
    if isinstance(kind, GraphQLList):
        each = shaping(selection, kind.of_type, nodes)
        return lambda value: None if value is None else [each(one) for one in value]
    if isinstance(kind, GraphQLObjectType):
        return _object(selection, kind, nodes)
    if isinstance(kind, (GraphQLScalarType, GraphQLEnumType)):
        write = kind.serialize
        return lambda value: None if value is None else write(value)
    raise NotPlanned(str(kind))


def _promised(inner: Shaping) -> Shaping:
    def shape(value: Any) -> Any:
        shaped = inner(value)
        if shaped is None:
            raise NullInTheWay
        return shaped

    return shape


def _object(selection: Selection, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> Shaping:
    parts = [(key, *_part(selection, kind, asked)) for key, asked in selection.below(kind, nodes).items()]

    def shape(value: Any) -> Any:
        return None if value is None else {key: inner(take(value)) for key, take, inner in parts}

    return shape


def _part(
    selection: Selection, kind: GraphQLObjectType, asked: Sequence[FieldNode]
) -> tuple[Callable[[Any], Any], Shaping]:
    name = asked[0].name.value
    if name == "__typename":
        return (lambda _value: kind.name), (lambda value: value)
    field = kind.fields[name]
    declared = definition_of(field)
    if declared.base_resolver is not None or declared.python_name is None:
        raise NotPlanned(f"{kind.name}.{name}")
    python_name = declared.python_name
    return (lambda value: getattr(value, python_name)), shaping(selection, field.type, asked)
