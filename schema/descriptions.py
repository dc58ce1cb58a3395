"""Every word of the schema explained: standard arguments in one place, and a list of what nobody explained."""

from collections.abc import Iterator, Mapping

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
)

STANDARD_ARGUMENTS: Mapping[str, str] = {
    "first": "How many objects of the page, from 1 to 100, counted forward; give this or `last` (每页条数).",
    "after": "Cursor after which a forward page begins (起始游标).",
    "last": "How many objects of the page, from 1 to 100, counted backward; give this or `first` (倒序条数).",
    "before": "Cursor before which a backward page ends (结束游标).",
    "filter": "Narrows the list; without it everything that the caller may see is listed (筛选条件).",
    "orderBy": "By what the list is ordered, the first counting most (排序).",
    "input": "What is to be done (输入).",
}
WITH_FIELDS = (GraphQLObjectType, GraphQLInterfaceType, GraphQLInputObjectType)


def describe_standard_arguments(schema: GraphQLSchema) -> None:
    """Explain the arguments that mean the same everywhere, where a room did not explain them itself."""
    for kind in own_types(schema):
        if isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType)):
            for field in kind.fields.values():
                for name, argument in field.args.items():
                    argument.description = argument.description or STANDARD_ARGUMENTS.get(name)


def own_types(schema: GraphQLSchema) -> Iterator[GraphQLNamedType]:
    """List the types of a schema without those of introspection."""
    return (kind for name, kind in schema.type_map.items() if not name.startswith("__"))


def undescribed(schema: GraphQLSchema) -> list[str]:
    """List types, fields, arguments and enum values that carry no explanation."""
    return sorted(place for kind in own_types(schema) for place in undescribed_parts(kind))


def undescribed_parts(kind: GraphQLNamedType) -> Iterator[str]:
    """List the parts of one type that carry no explanation."""
    if not kind.description:
        yield kind.name
    if isinstance(kind, GraphQLEnumType):
        yield from (f"{kind.name}.{name}" for name, value in kind.values.items() if not value.description)
    if isinstance(kind, WITH_FIELDS):
        for name, field in kind.fields.items():
            if not field.description:
                yield f"{kind.name}.{name}"
            arguments = getattr(field, "args", {})
            yield from (f"{kind.name}.{name}({key}:)" for key, found in arguments.items() if not found.description)
