"""One operation planned: a statement for all of its root fields that can be planned, and what is left for the executor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graphql import FieldNode, FragmentDefinitionNode, GraphQLError, GraphQLSchema, OperationDefinitionNode
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from authz.actor import Actor
from authz.table import PermissionTable
from casework.kernel.errors import Refusal
from casework.kernel.lanes import Statement
from casework.kernel.sight import Sight
from schema.reading.arguments import Arguments
from schema.reading.binds import Binds, Filling, Getter, written
from schema.reading.composed import composed, surveyed
from schema.reading.lens import Lens
from schema.reading.lists import paged
from schema.reading.nested import NestingWriter
from schema.reading.nodes import any_node
from schema.reading.roots import Asked, Assemble, RootPlan, Vain, caller, grouped, keyed, listed, tell
from schema.reading.selection import Collected, NotPlanned, Selection
from schema.reading.sources import (
    SOURCE,
    AnyNode,
    Caller,
    Composed,
    Grouped,
    Keyed,
    Listed,
    Paged,
    Root,
    Surveyed,
    Told,
)
from schema.reading.values import definition_of

UNPLANNABLE = (NotPlanned, Refusal, GraphQLError, SQLAlchemyError, KeyError, ValueError, TypeError)
"""What stops a plan: the standard executor then answers, or says what is wrong with the input."""


@dataclass(frozen=True)
class Part:
    """One planned root field of a plan; `reads` says whether a column of the statement is its own."""

    reads: bool
    assemble: Assemble
    vain: Vain | None


@dataclass(frozen=True)
class Plan:
    """How an operation is answered under one shape of variables and one form of outlook.

    `keys` are all response keys of the answer, in their order; `rest` is what the standard executor answers.
    """

    keys: tuple[str, ...]
    parts: Mapping[str, Part]
    rest: Mapping[str, Sequence[FieldNode]]
    statement: Statement | None
    getters: tuple[Getter, ...]
    shared: tuple[str, ...]
    """What the last columns of the statement are, which belong to no root field."""
    checks: tuple[Getter, ...] = ()
    """Ways to values that are not sent, but are refused where they are wrong."""

    @cached_property
    def may_be_vain(self) -> bool:
        """Tell whether some id may find nothing."""
        return any(part.vain is not None for part in self.parts.values())

    def values(self, filling: Filling) -> list[bytes | None]:
        """Fill the places of the statement; raises NotPlanned where the input is wrong."""
        try:
            for check in self.checks:
                check(filling)
            return [written(getter(filling)) for getter in self.getters]
        except UNPLANNABLE as error:
            raise NotPlanned("values") from error

    def assemble(self, columns: Sequence[bytes | None], lens: Lens, filling: Filling) -> dict[str, Any]:
        """Assemble the planned part of the answer."""
        if self.shared:
            lens.shared.update(zip(self.shared, columns[len(columns) - len(self.shared) :], strict=True))
        given = iter(columns)
        return {
            key: part.assemble(next(given) if part.reads else None, lens, filling) for key, part in self.parts.items()
        }


@dataclass(frozen=True)
class Planner:
    """Plans the operations of one schema."""

    schema: GraphQLSchema
    config: Any
    scalars: Mapping[Any, Any]

    def plan(
        self,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDefinitionNode],
        coerced: Mapping[str, Any],
        slotted: Mapping[str, Any],
        table: PermissionTable,
        actor: Actor,
    ) -> Plan:
        """Plan one operation; what cannot be planned is named in `rest`."""
        kind = self.schema.query_type
        if kind is None:
            raise NotPlanned("query")
        selection = Selection(self.schema, fragments, coerced)
        selected = selection.root(kind, operation.selection_set)
        binds = Binds()
        sight = Sight(table, actor, binds.tenant, binds.now, binds.today, binds.timezone, binds.of_caller)
        making = _Making(self, selection, binds, sight, Arguments(slotted, binds, self.config, self.scalars))
        return making.plan(selected, kind.name)


@dataclass(frozen=True)
class _Making:
    planner: Planner
    selection: Selection
    binds: Binds
    sight: Sight
    arguments: Arguments

    def plan(self, selected: Collected, kind: str) -> Plan:
        roots: dict[str, RootPlan] = {}
        rest: dict[str, Sequence[FieldNode]] = {}
        for key, nodes in selected.items():
            if nodes[0].name.value == "__typename":
                roots[key] = RootPlan(None, lambda _raw, _lens, _filling: kind)
                continue
            try:
                roots[key] = self.root(nodes)
            except UNPLANNABLE:
                rest[key] = nodes
        columns = [root.column.scalar_subquery() for root in roots.values() if root.column is not None]
        columns += [read.scalar_subquery() for read in self.binds.shared.values()]
        text, getters = self.binds.compile(select(*columns)) if columns else ("", ())
        parts = {key: Part(root.column is not None, root.assemble, root.vain) for key, root in roots.items()}
        return Plan(
            tuple(selected),
            parts,
            rest,
            Statement(text.encode()) if columns else None,
            getters,
            tuple(self.binds.shared),
            self.binds.unplaced,
        )

    def root(self, nodes: Sequence[FieldNode]) -> RootPlan:
        """Plan one root field."""
        query = self.planner.schema.query_type
        if query is None:
            raise NotPlanned("query")
        field = query.fields[nodes[0].name.value]
        source: Root | None = definition_of(field).metadata.get(SOURCE)
        asked = Asked(field, nodes, self.arguments.of(field, nodes[0]))
        writer = NestingWriter(self.selection, self.binds, self.sight, self.arguments)
        match source:
            case Told():
                return tell(source, asked, writer)
            case Caller():
                return caller(asked, writer)
            case Keyed():
                return keyed(source, asked, writer)
            case AnyNode():
                return any_node(source, asked, writer)
            case Paged():
                return paged(source, asked, writer)
            case Listed():
                return listed(source, asked, writer)
            case Grouped():
                return grouped(source, asked, writer)
            case Composed():
                return composed(source, asked, writer)
            case Surveyed():
                return surveyed(source, asked, writer)
        raise NotPlanned(nodes[0].name.value)
