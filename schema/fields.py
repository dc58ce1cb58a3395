"""Decorators for fields and mutations: the docstring of the resolver is what callers read about it."""

from collections.abc import Callable, Mapping
from inspect import getdoc
from typing import Any, TypeVar, cast

import strawberry

from schema.reading.sources import SOURCE, Root

F = TypeVar("F", bound=Callable[..., Any])
PUBLIC: Mapping[str, Any] = {"public": True}


def _described(resolver: Callable[..., Any]) -> str:
    text = getdoc(resolver)
    if not text:
        raise ValueError(f"{resolver.__qualname__} has no docstring for its readers")
    return " ".join(text.split())


def field(resolver: F) -> F:
    """Make a field of a resolver."""
    return cast("F", strawberry.field(resolver, description=_described(resolver)))


def planned_field(source: Root) -> Callable[[F], F]:
    """Make a root field of a resolver and say where its answer comes from, so that it can be planned."""

    def make(resolver: F) -> F:
        return cast("F", strawberry.field(resolver, description=_described(resolver), metadata={SOURCE: source}))

    return make


def public_field(source: Root | None = None) -> Callable[[F], F]:
    """Make a field that callers without a token may read; with a source it is planned for those who have one."""
    metadata = PUBLIC if source is None else {**PUBLIC, SOURCE: source}

    def make(resolver: F) -> F:
        return cast("F", strawberry.field(resolver, description=_described(resolver), metadata=metadata))

    return make


def mutation(resolver: F) -> F:
    """Make a mutation of a resolver."""
    return cast("F", strawberry.mutation(resolver, description=_described(resolver)))


def is_public(metadata: Mapping[Any, Any]) -> bool:
    """Ask whether a field was made public."""
    return metadata.get("public") is True
