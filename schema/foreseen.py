"""What is known of a document before anybody asks it: its cost, and what of it is answered by a plan.

A plan depends on which variables are given and on who asks. Here required variables get values of their types, the others
none, and the caller is described by whoever wants to know.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    OperationType,
    get_variable_values,
)
from strawberry.relay.utils import to_base64

from authz.actor import Actor
from authz.table import PermissionTable
from schema.build import DoorSchema
from schema.documents import Operation, Prepared
from schema.reading.plan import UNPLANNABLE, Plan
from schema.reading.slots import forms, slotted

SAMPLES = {
    "Int": 1,
    "Float": 1.0,
    "Boolean": True,
    "DateTime": "2024-09-03T10:30:00+08:00",
    "LocalDate": "2024-09-03",
    "Date": "2024-09-03",
    "Duration": "PT1H",
    "PhoneNumber": "13800000000",
    "Sha256": "0" * 64,
    "Id": "018f0000-0000-7000-8000-000000000000",
}


@dataclass(frozen=True)
class Foreseen:
    """One operation: its kind, the cost with its smallest and its default pages, and the root fields no plan answers."""

    name: str
    kind: str
    least: int
    usual: int
    unplanned: tuple[str, ...] | None
    """None for a mutation, which is never planned."""


def foresee(schema: DoorSchema, prepared: Prepared, table: PermissionTable, actor: Actor) -> Iterator[Foreseen]:
    """Tell of every operation of a document what it costs and what of it is planned."""
    for operation in prepared.operations:
        smallest = {node.variable.name.value: 1 for node in prepared.node(operation).variable_definitions or ()}
        yield Foreseen(
            operation.name or "(unnamed)",
            operation.kind.value,
            prepared.reckoned(operation, smallest),
            prepared.reckoned(operation, {}),
            unplanned(schema, prepared, operation, table, actor) if operation.kind is OperationType.QUERY else None,
        )


def unplanned(
    schema: DoorSchema, prepared: Prepared, operation: Operation, table: PermissionTable, actor: Actor
) -> tuple[str, ...]:
    """Name the root fields that are left to the standard executor; an id is tried as that of every type."""
    everything = tuple(sorted(operation.root_fields))
    best = everything
    for kind in ("", *node_kinds(schema._schema)):
        try:
            plan = planned_as(schema, prepared, operation, table, actor, kind)
        except UNPLANNABLE:
            continue
        left = tuple(nodes[0].name.value for nodes in plan.rest.values())
        best = min(best, left, key=len)
        if not left:
            break
    return best


def planned_as(
    schema: DoorSchema, prepared: Prepared, operation: Operation, table: PermissionTable, actor: Actor, kind: str
) -> Plan:
    """Plan an operation with sample values, ids being those of a type."""
    inner = schema._schema
    node = prepared.node(operation)
    variables = forms(inner, node)
    given = {form.name: sample(form.kind, kind) for form in variables if isinstance(form.kind, GraphQLNonNull)}
    found = get_variable_values(inner, node.variable_definitions or (), given)
    if isinstance(found, list):
        raise found[0]
    values = slotted(variables, found.coerced)
    return schema.planner.plan(node, prepared.tree.fragments, found.coerced, values, table, actor)


def node_kinds(schema: GraphQLSchema) -> list[str]:
    """List the types that have global ids."""
    node = schema.get_type("Node")
    return sorted(kind.name for kind in schema.get_implementations(node).objects) if node else []  # type: ignore[arg-type]


def sample(kind: GraphQLInputType, id_kind: str) -> Any:
    """Make a value of a type."""
    bare: Any = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if isinstance(bare, GraphQLList):
        return [sample(bare.of_type, id_kind)]
    if isinstance(bare, GraphQLEnumType):
        return next(iter(bare.values))
    if isinstance(bare, GraphQLInputObjectType):
        required = {name: field for name, field in bare.fields.items() if isinstance(field.type, GraphQLNonNull)}
        return {name: sample(field.type, id_kind) for name, field in required.items()}
    if bare.name == "ID":
        return to_base64(id_kind, SAMPLES["Id"]) if id_kind else "x"
    return SAMPLES.get(bare.name, "x")
