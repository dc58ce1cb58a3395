"""The outline of a profile as its types draw it, laid over the data of a file that may still be wrong."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Union, get_args, get_origin

from tenants.model.node import Declares, FrozenMap, Node, OneOf, Refers, RuleNode
from tenants.problems import Path

Marker = Declares | Refers | OneOf


@dataclass(frozen=True, slots=True)
class MarkedName:
    """A name in the data that declares something, points at something, or comes from a closed list."""

    path: Path
    name: str
    marker: Marker


@dataclass(frozen=True, slots=True)
class FoundNode:
    """A mapping in the data and the class that says what may stand in it."""

    path: Path
    data: Mapping[str, Any]
    type: type[Node]

    @property
    def needs_basis(self) -> bool:
        """Whether this part of a profile must say what it rests on."""
        return issubclass(self.type, RuleNode)


@dataclass(frozen=True, slots=True)
class _Plan:
    """How to walk one kind of value: its markers, and what it is made of."""

    markers: tuple[Marker, ...] = ()
    node: type[Node] | None = None
    each: _Plan | None = None
    keys: _Plan | None = None


_NOTHING = _Plan()


@lru_cache(maxsize=1024)
def _plan(kind: Any) -> _Plan:
    origin = get_origin(kind)
    if origin is Annotated:
        inner, *notes = get_args(kind)
        return _with_markers(_plan(inner), tuple(notes))
    if origin in (Union, types.UnionType):
        return _plan(next(part for part in get_args(kind) if part is not type(None)))
    if origin is tuple:
        return _Plan(each=_plan(get_args(kind)[0]))
    if origin is FrozenMap:
        keys, values = get_args(kind)
        return _Plan(each=_plan(values), keys=_plan(keys))
    if isinstance(kind, type) and issubclass(kind, Node):
        return _Plan(node=kind)
    return _NOTHING


def _with_markers(plan: _Plan, notes: tuple[Any, ...]) -> _Plan:
    markers = tuple(note for note in notes if isinstance(note, Marker))
    return _Plan(plan.markers + markers, plan.node, plan.each, plan.keys) if markers else plan


@lru_cache(maxsize=256)
def _fields(node: type[Node]) -> dict[str, _Plan]:
    plans: dict[str, _Plan] = {}
    for name, field in node.model_fields.items():
        kind: Any = field.annotation
        plans[name] = _with_markers(_plan(kind), tuple(field.metadata))
    return plans


def walk(node: type[Node], data: Any, path: Path = ()) -> Iterator[FoundNode | MarkedName]:
    """Every node and every marked name that the data holds where the types expect them."""
    return _walk(_Plan(node=node), data, path)


def _walk(plan: _Plan, data: Any, path: Path) -> Iterator[FoundNode | MarkedName]:
    if isinstance(data, str):
        for marker in plan.markers:
            yield MarkedName(path, data, marker)
    elif isinstance(data, list):
        if plan.each is not None and plan.keys is None:
            for index, part in enumerate(data):
                yield from _walk(plan.each, part, (*path, index))
    elif isinstance(data, dict):
        yield from _walk_mapping(plan, data, path)


def _walk_mapping(plan: _Plan, data: dict[str, Any], path: Path) -> Iterator[FoundNode | MarkedName]:
    if plan.node is not None:
        yield FoundNode(path, data, plan.node)
        plans = _fields(plan.node)
        for key, part in data.items():
            if key in plans:
                yield from _walk(plans[key], part, (*path, key))
    elif plan.keys is not None and plan.each is not None:
        for key, part in data.items():
            yield from _walk(plan.keys, key, (*path, key))
            yield from _walk(plan.each, part, (*path, key))


def class_at(root: type[Node], path: Path) -> type[Node] | None:
    """The class that describes the mapping at a path, if the types know one there."""
    plan = _Plan(node=root)
    for part in path:
        if plan.node is not None:
            plan = _fields(plan.node).get(str(part), _NOTHING)
        elif plan.each is not None:
            plan = plan.each
        else:
            return None
    return plan.node
