"""No mutation changes anything unasked: its verb puts the question to `authz.decide` on every way that comes back."""

import ast
from collections.abc import Iterator
from types import FunctionType

import pytest
import strawberry
from strawberry.types.base import get_object_definition

from casework.kernel.work import Work
from schema.perform import perform
from schema.roots import Mutation
from tests.house.asking import ASKS, Asking, resolve, syntax_of
from tests.house.tree import functions, nothing, sources


def resolvers(root: type) -> Iterator[tuple[str, FunctionType]]:
    """List the fields of a root type with the functions behind them."""
    for field in get_object_definition(root, strict=True).fields:
        assert field.base_resolver is not None, field.python_name
        yield field.python_name, field.base_resolver.wrapped_func


def verbs_of(resolver: FunctionType) -> list[object]:
    """Give the verbs that a mutation hands to `perform`."""
    names = resolver.__globals__
    called = (node for node in ast.walk(syntax_of(resolver)) if isinstance(node, ast.Call))
    return [resolve(call.args[2], names) for call in called if resolve(call.func, names) is perform]


MUTATIONS = dict(resolvers(Mutation))


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_performs_one_verb_that_always_asks(name: str) -> None:
    (verb,) = verbs_of(MUTATIONS[name])
    assert isinstance(verb, FunctionType)
    assert verb.__module__.startswith("casework.")
    assert Asking().always(verb), f"{verb.__module__}.{verb.__name__} may come back without having asked"


def test_only_work_has_methods_that_ask() -> None:
    """The guard takes every `.require(` and `.decide(` for the question, so nothing else may be named so."""
    methods = (
        f"{source.path}: {method.name}"
        for source in sources("casework", "schema")
        for holder in ast.walk(source.tree)
        if isinstance(holder, ast.ClassDef) and holder.name != Work.__name__
        for method in functions(holder)
        if method.name in ASKS
    )
    nothing(methods)


async def unasked(work: Work) -> None:
    work.audit("x", "y", "z")


async def asked_in_a_branch(work: Work, sure: bool) -> None:
    if sure:
        work.require("x", None)  # type: ignore[arg-type]


async def asked_too_late(work: Work, done: bool) -> None:
    if done:
        return
    work.require("x", None)  # type: ignore[arg-type]


async def asked_perhaps(work: Work, sure: bool) -> None:
    if sure and work.decide("x", None).allowed:  # type: ignore[arg-type]
        return
    raise ValueError


async def asked_for_each(work: Work, keys: list[int]) -> None:
    for _ in keys:
        work.require("x", None)  # type: ignore[arg-type]


async def asked(work: Work) -> None:
    work.require("x", None)  # type: ignore[arg-type]


async def asked_below(work: Work, done: bool) -> bool:
    if done:
        raise ValueError
    await asked(work)
    return done


@pytest.mark.parametrize("verb", [unasked, asked_in_a_branch, asked_too_late, asked_perhaps, asked_for_each])
def test_the_guard_sees_a_verb_that_may_not_have_asked(verb: FunctionType) -> None:
    assert not Asking().always(verb)


def test_the_guard_follows_a_verb_to_where_it_asks() -> None:
    assert Asking().always(asked)
    assert Asking().always(asked_below)


def test_the_guard_finds_the_verb_of_a_mutation() -> None:
    @strawberry.type
    class Careless:
        @strawberry.mutation
        async def act(self, info: strawberry.Info) -> int:
            """Act."""
            return await perform(info, None, unasked, lambda: None, None)  # type: ignore[arg-type, return-value]

    ((_, resolver),) = resolvers(Careless)
    assert verbs_of(resolver) == [unasked]
