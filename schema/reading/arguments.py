"""The arguments of a field in a plan: coerced as the specification says, with slots where values are filled in later."""

from collections.abc import Mapping
from typing import Any

from graphql import FieldNode, GraphQLField
from graphql.execution.values import VariableValues, get_argument_values
from sqlalchemy import Integer
from strawberry.types.arguments import convert_arguments

from schema.reading.binds import Binds
from schema.reading.declare import check_most
from schema.reading.selection import NotPlanned
from schema.reading.values import definition_of


class Arguments:
    """Reads the arguments of fields under the slotted variables of one plan."""

    def __init__(self, slotted: Mapping[str, Any], binds: Binds, config: Any, scalars: Mapping[Any, Any]) -> None:
        self._variables = VariableValues(sources={}, coerced=dict(slotted))
        self._binds, self._config, self._scalars = binds, config, scalars

    def of(self, field: GraphQLField, node: FieldNode) -> dict[str, Any]:
        """Give the arguments by their names in Python."""
        declared = definition_of(field)
        if not field.args:
            return {}
        given = get_argument_values(field, node, self._variables)
        return convert_arguments(given, declared.arguments, self._scalars, self._config)

    def most(self, value: Any) -> Any:
        """Give how many entries of a list are wanted."""
        return self._binds.operand(value, Integer(), check_most)


def required(value: Any, what: str) -> Any:
    """Demand an argument."""
    if value is None:
        raise NotPlanned(what)
    return value
