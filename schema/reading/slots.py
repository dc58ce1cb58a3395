"""Variables as a plan sees them: what shapes the statement is part of the plan's key, the rest is filled in each time.

Enums and booleans shape the statement, and so does which parts of an input are given; texts, numbers, instants and ids
are slots. Of an id only the type that it names belongs to the key.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    is_input_type,
)
from graphql.utilities import type_from_ast
from strawberry.relay.utils import from_base64

from schema.reading.selection import NotPlanned

NOBODY = "?"
"""Stands in the key for an id that names no type."""
TAKEN_AS_GIVEN: Mapping[str, type] = {"String": str, "ID": str, "Int": int}
LARGEST_INT = 2**31
Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Slot:
    """A value that is filled in for each request: where it stands in the variables, and what becomes of it."""

    path: Path
    kind: str | None = None
    """The type that a global id names; None for everything else."""
    change: Callable[[Any], Any] | None = None

    def then(self, change: Callable[[Any], Any]) -> "Slot":
        """Give the slot whose value is changed before it is used."""
        first = self.change
        return Slot(self.path, self.kind, change if first is None else lambda value: change(first(value)))

    def value(self, variables: Mapping[str, Any]) -> Any:
        """Take the value out of the variables of a request."""
        found: Any = variables
        for step in self.path:
            found = found[step]
        return found if self.change is None else self.change(found)


@dataclass(frozen=True)
class Whole:
    """Stands inside a list for all its values, however many there are; `kinds` are the types that its ids name."""

    slot: Slot
    kinds: tuple[str, ...] = ()


Shape = Any


@dataclass(frozen=True)
class VariableForm:
    """How one variable of an operation is taken apart."""

    name: str
    kind: GraphQLInputType

    @property
    def scalar(self) -> str | None:
        """Name the scalar of the variable; None for every other type."""
        bare = _bare(self.kind)
        return bare.name if isinstance(bare, GraphQLScalarType) else None


def plain_values(variables: Sequence[VariableForm], given: Mapping[str, Any]) -> dict[str, Any] | None:
    """Coerce variables that need no coercion: texts and ids given as texts, whole numbers given as such.

    None for everything else, which the library coerces, or refuses in its own words.
    """
    found: dict[str, Any] = {}
    for form in variables:
        value = given.get(form.name)
        if value is None or type(value) is not TAKEN_AS_GIVEN.get(form.scalar or ""):
            return None
        if type(value) is int and not -LARGEST_INT <= value < LARGEST_INT:
            return None
        found[form.name] = value
    return found


def forms(schema: GraphQLSchema, operation: OperationDefinitionNode) -> tuple[VariableForm, ...]:
    """List the variables of an operation with their types."""
    found = []
    for definition in operation.variable_definitions or ():
        kind = type_from_ast(schema, definition.type)
        if not is_input_type(kind):
            raise NotPlanned("variable")
        found.append(VariableForm(definition.variable.name.value, kind))
    return tuple(found)


def shape_of(variables: Sequence[VariableForm], coerced: Mapping[str, Any]) -> Shape:
    """Give what of the variables belongs to the key of a plan."""
    return tuple((form.name, _shape(form.kind, coerced[form.name])) for form in variables if form.name in coerced)


def slotted(variables: Sequence[VariableForm], coerced: Mapping[str, Any]) -> dict[str, Any]:
    """Put slots where the values of the variables are filled in later."""
    return {
        form.name: _slotted(form.kind, coerced[form.name], (form.name,)) for form in variables if form.name in coerced
    }


def _bare(kind: GraphQLInputType) -> Any:
    return kind.of_type if isinstance(kind, GraphQLNonNull) else kind


def _fixed(kind: Any) -> bool:
    """Tell whether values of a type belong to the key."""
    return isinstance(kind, GraphQLEnumType) or getattr(kind, "name", "") == "Boolean"


def _shape(kind: GraphQLInputType, value: Any) -> Shape:
    bare = _bare(kind)
    if value is None:
        return None
    if isinstance(bare, GraphQLList):
        inner = _bare(bare.of_type)
        if isinstance(inner, (GraphQLInputObjectType, GraphQLList)) or _fixed(inner):
            return tuple(_shape(inner, each) for each in value)
        return (any(each is None for each in value), *sorted({type_named(each) for each in value if _is_id(inner)}))
    if isinstance(bare, GraphQLInputObjectType):
        return tuple((name, _shape(bare.fields[name].type, value[name])) for name in bare.fields if name in value)
    if _fixed(bare):
        return value
    return type_named(value) if _is_id(bare) else True


def _slotted(kind: GraphQLInputType, value: Any, path: Path) -> Any:
    bare = _bare(kind)
    if value is None:
        return None
    if isinstance(bare, GraphQLList):
        return _slotted_list(_bare(bare.of_type), value, path)
    if isinstance(bare, GraphQLInputObjectType):
        return {
            name: _slotted(field.type, value[name], (*path, name))
            for name, field in bare.fields.items()
            if name in value
        }
    if _fixed(bare):
        return value
    return Slot(path, type_named(value) if _is_id(bare) else None)


def _slotted_list(inner: Any, value: Sequence[Any], path: Path) -> list[Any]:
    if isinstance(inner, (GraphQLInputObjectType, GraphQLList)) or _fixed(inner):
        return [_slotted(inner, each, (*path, place)) for place, each in enumerate(value)]
    if any(each is None for each in value):
        raise NotPlanned("null in a list")
    kinds = tuple(sorted({type_named(each) for each in value})) if _is_id(inner) else ()
    return [Whole(Slot(path), kinds)]


def _is_id(kind: Any) -> bool:
    return getattr(kind, "name", "") == "ID"


def type_named(value: Any) -> str:
    """Name the type that a global id speaks of; anything else names nobody."""
    try:
        return from_base64(value)[0][:60]
    except (ValueError, TypeError, AttributeError):
        return NOBODY
