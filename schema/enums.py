"""Closed sets of the office as GraphQL enums, with a meaning for every member."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar, cast

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

E = TypeVar("E", bound=StrEnum)


def described_enum(kind: type[E], description: str, meanings: Mapping[str, str], *, name: str | None = None) -> type[E]:
    """Show a closed set of the office in the schema; every member needs its meaning."""
    names = set(kind.__members__)
    if names != set(meanings):
        raise ValueError(f"{kind.__name__}: meanings and members differ in {sorted(names ^ set(meanings))}")
    strawberry.enum(kind, name=name, description=description)
    definition = cast("StrawberryEnumDefinition", vars(kind)["__strawberry_definition__"])
    for value in definition.values:
        value.description = meanings[value.name]
    return kind
