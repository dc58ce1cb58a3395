"""Writes, for what is selected of rows, the expressions of the statement and the program that assembles the answer."""

from collections.abc import Sequence
from itertools import count
from typing import Any

from graphql import FieldNode, GraphQLField, GraphQLNonNull, GraphQLObjectType, is_non_null_type
from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by

from authz.masks import mask_text
from casework.kernel.sight import Sight
from casework.kernel.vault import SealedText
from schema.reading.arguments import Arguments
from schema.reading.binds import Binds
from schema.reading.columns import frozen, reader_of, remembering, shown_as_kept, under_revision, unsealing
from schema.reading.frames import Frame, Scope, flat
from schema.reading.origins import declared_source, object_type, showing_of
from schema.reading.selection import NotPlanned, Selection
from schema.reading.sources import (
    Attribute,
    Computed,
    Covered,
    First,
    Labelled,
    Many,
    OfCaller,
    One,
    Reckoned,
    Renamed,
    Source,
)
from schema.reading.values import global_ids, promised, shaping

Rows = tuple[Frame, list[ColumnElement[Any]], list[ColumnElement[bool]]]
"""The rows of a scope, with what they are ordered by and the conditions on them."""


class Writer:
    """One statement in the making."""

    def __init__(self, selection: Selection, binds: Binds, sight: Sight, arguments: Arguments) -> None:
        self.selection, self.binds, self.sight, self.arguments = selection, binds, sight, arguments
        self.names: dict[str, Any] = {"promised": promised}
        self._aliases, self._constants = count(1), count(1)

    def constant(self, value: Any) -> str:
        """Name a function that the assembling program calls."""
        name = f"k{next(self._constants)}"
        self.names[name] = value
        return name

    def next_name(self) -> str:
        """Give a new name for a row of the statement."""
        return f"t{next(self._aliases)}"

    def alias(self, model: Any) -> Any:
        """Take a table once more."""
        return model.__table__.alias(self.next_name())

    def object(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode], frame: Frame) -> str:
        """Write the program that assembles one object of a row."""
        parts = (
            f"{key!r}:{self.field(kind, asked, frame)}" for key, asked in self.selection.below(kind, nodes).items()
        )
        return "{" + ",".join(parts) + "}"

    def field(self, kind: GraphQLObjectType, asked: Sequence[FieldNode], frame: Frame) -> str:
        """Write the program that gives the value of one field."""
        name = asked[0].name.value
        if name == "__typename":
            return repr(kind.name)
        field = kind.fields[name]
        match self.source(kind, name, field, asked[0]):
            case Renamed(column):
                return self._leaf(field, column, frame)
            case Labelled(label):
                return self._value(label, frame)
            case "id":
                return f"{self.constant(global_ids(kind.name))}({self._value('id', frame)})"
            case One() | OfCaller() as source:
                return self._one(field, asked, source, frame)
            case First() as source:
                return self._first(field, asked, source, frame)
            case Many() as source:
                return self._many(field, asked, source, frame)
            case Computed() as source:
                return self._computed(field, asked, source, frame)
            case Reckoned() as source:
                return self._reckoned(field, asked, source, frame)
            case Covered() as source:
                return self._covered(field, source, frame)
        raise NotPlanned(f"{kind.name}.{name}")

    def source(self, kind: GraphQLObjectType, name: str, field: GraphQLField, node: FieldNode) -> Source | str | None:
        """Find where a field comes from, as it is asked."""
        source = declared_source(kind, name)
        if isinstance(source, One) and source.only_when:
            given = self.arguments.of(field, node)
            if any(given.get(name) != value for name, value in source.only_when.items()):
                raise NotPlanned(name)
        return source

    def needed(self, kind: GraphQLObjectType, nodes: Sequence[FieldNode]) -> set[str]:
        """Name the columns of a row that what is selected of it needs, so that nothing else is read."""
        found = {"tenant_id", "id"}
        for asked in self.selection.below(kind, nodes).values():
            name = asked[0].name.value
            if name == "__typename":
                continue
            match self.source(kind, name, kind.fields[name], asked[0]):
                case Renamed(column) | Covered(column):
                    found.add(column.key)
                case One(key):
                    found.add(key if isinstance(key, str) else key.key)
                case Computed(columns=columns) | Reckoned(columns=columns):
                    found.update(column.key for column in columns)
        return found

    def _value(self, name: str, frame: Frame) -> str:
        return frame.scope.place(frame.column(name))

    def _leaf(self, field: GraphQLField, column: Attribute, frame: Frame) -> str:
        value = self._value(column.key, frame)
        if not shown_as_kept(column, field.type):
            reader = unsealing(column.type) if isinstance(column.type, SealedText) else reader_of(column)
            written = shaping(self.selection, field.type, ())

            def show(kept: Any) -> Any:
                return written(None if kept is None else reader(kept) if reader else kept)

            return f"{self.constant(show)}({value})"
        return f"promised({value})" if is_non_null_type(field.type) and column.expression.nullable else value

    def _one(self, field: GraphQLField, asked: Sequence[FieldNode], source: One | OfCaller, frame: Frame) -> str:
        kind = object_type(field.type)
        joined = self.joined(kind, source, frame)
        return self._if_there(field, joined, self.object(kind, asked, joined))

    def joined(self, kind: GraphQLObjectType, source: One | OfCaller, frame: Frame) -> Frame:
        """Join the one row that a row points to; once for all fields that lead to it."""
        model = showing_of(kind).model
        key = None if isinstance(source, OfCaller) else source.key if isinstance(source.key, str) else source.key.key
        joined = frame.joined.get((key, model))
        if joined is None:
            joined = Frame(frame.scope, self.alias(model))
            row_id = joined.column("id")
            points = self.sight.is_me(row_id) if key is None else row_id == frame.column(key)
            frame.scope.join(joined, (joined.column("tenant_id") == self.binds.tenant) & points)
            frame.joined[key, model] = joined
        return joined

    def _if_there(self, field: GraphQLField, joined: Frame, written: str) -> str:
        missing = "promised(None)" if is_non_null_type(field.type) else "None"
        return f"({missing} if {self._value('id', joined)} is None else {written})"

    def _rows(self, source: First | Many, frame: Frame, columns: set[str], most: Any) -> Any:
        """Take the first rows that point to a row, with the columns that are needed of them."""
        model = source.owner.class_
        inner = Frame(frame.scope, self.alias(model), model.__table__)
        conditions = [
            inner.column("tenant_id") == self.binds.tenant,
            inner.column(source.owner.key) == frame.column("id"),
        ]
        if isinstance(source, First) and source.where is not None:
            conditions.append(inner.adapted(source.where(self.sight)))
        order = [inner.adapted(each) for each in source.order]
        ranks = [order_key(each).label(f"rank{number}") for number, each in enumerate(order)]
        chosen = select(*(inner.column(name) for name in sorted(columns)), *ranks).where(*conditions)
        return chosen.order_by(*order).limit(most).correlate(*frame.scope.above, *frame.scope.sources)

    def _first(self, field: GraphQLField, asked: Sequence[FieldNode], source: First, frame: Frame) -> str:
        kind = object_type(field.type)
        joined = self.first(kind, asked, source, frame)
        return self._if_there(field, joined, self.object(kind, asked, joined))

    def first(self, kind: GraphQLObjectType, asked: Sequence[FieldNode], source: First, frame: Frame) -> Frame:
        """Join the first of the rows that point to a row."""
        rows = self._rows(source, frame, self.needed(kind, asked), 1)
        return frame.scope.join(Frame(frame.scope, rows.lateral(self.next_name())), true())

    def _many(self, field: GraphQLField, asked: Sequence[FieldNode], source: Many, frame: Frame) -> str:
        kind = object_type(field.type)
        inner, order, conditions = self.many(field, asked, source, frame)
        scope, written = inner.scope, self.object(kind, asked, inner)
        place = frame.scope.place(self.gathered(scope, order, conditions).scalar_subquery())
        return f"[{written} for {scope.name} in {self.each(scope, place)} or ()]"

    def many(self, field: GraphQLField, asked: Sequence[FieldNode], source: Many, frame: Frame) -> Rows:
        """Take the rows that point to a row into a scope of their own."""
        kind = object_type(field.type)
        scope = Scope(frame.scope.depth + 1, above=[*frame.scope.above, *frame.scope.sources])
        most = self.arguments.of(field, asked[0]).get("first")
        if most is None:
            model = source.owner.class_
            inner = scope.start(self.alias(model), model.__table__)
            order = [inner.adapted(each) for each in source.order]
            conditions = [
                inner.column("tenant_id") == self.binds.tenant,
                inner.column(source.owner.key) == frame.column("id"),
            ]
        else:
            rows = self._rows(source, frame, self.needed(kind, asked), self.arguments.most(most))
            inner = scope.start(rows.subquery(self.next_name()))
            order = [
                inner.column(f"rank{number}").desc() if descends(each) else inner.column(f"rank{number}")
                for number, each in enumerate(source.order)
            ]
            conditions = []
        return inner, order, conditions

    def gathered(
        self, scope: Scope, order: Sequence[ColumnElement[Any]], conditions: Sequence[ColumnElement[bool]]
    ) -> Select[Any]:
        """Gather the arrays of a scope into one."""
        array: Any = scope.array()
        together = func.json_agg(aggregate_order_by(array, *order) if order else array)
        return select(together).select_from(scope.origin).where(*conditions).correlate(*scope.above)

    def each(self, scope: Scope, place: str) -> str:
        """Write how the program goes through the arrays of a scope."""
        return f"map({self.constant(flat)}, {place} or ())" if scope.is_long else place

    def _computed(self, field: GraphQLField, asked: Sequence[FieldNode], source: Computed, frame: Frame) -> str:
        readers = [reader_of(column) for column in source.columns]
        shape = shaping(self.selection, field.type, asked)

        def run(lens: Any, *kept: Any) -> Any:
            values = (
                value if reader is None or value is None else reader(value)
                for reader, value in zip(readers, kept, strict=True)
            )
            return shape(source.compute(lens, *values))

        values = "".join(f",{self._value(column.key, frame)}" for column in source.columns)
        return f"{self.constant(remembering(run, under_revision) if source.stable else run)}(lens{values})"

    def _reckoned(self, field: GraphQLField, asked: Sequence[FieldNode], source: Reckoned, frame: Frame) -> str:
        for name, read in source.shared.items():
            if name not in self.binds.shared:
                self.binds.shared[name] = read(self.sight)
        shape = shaping(self.selection, field.type, asked)
        readers = [reader_of(column) for column in source.columns]

        def run(lens: Any, *kept: Any) -> Any:
            held = zip(readers, kept, strict=False)
            values = [value if reader is None or value is None else reader(value) for reader, value in held]
            return shape(source.reckon(lens, *values, *kept[len(readers) :]))

        if source.beside not in frame.beside:
            frame.beside[source.beside] = source.beside(self.sight, frame.source)
        places = [self._value(column.key, frame) for column in source.columns]
        places += [frame.scope.place(value) for value in frame.beside[source.beside]]
        return f"{self.constant(run)}(lens,{','.join(places)})"

    def _covered(self, field: GraphQLField, source: Covered, frame: Frame) -> str:
        if not isinstance(source.column.type, SealedText):
            raise NotPlanned("covered")
        unseal, needed = unsealing(source.column.type), isinstance(field.type, GraphQLNonNull)

        def cover(kept: Any) -> Any:
            shown = None if kept is None else mask_text(unseal(kept), source.kind)
            return promised(shown) if needed else shown

        return f"{self.constant(remembering(cover, frozen))}({self._value(source.column.key, frame)})"


def order_key(expression: Any) -> Any:
    """Give what is ordered by, without the direction."""
    return getattr(expression, "element", expression)


def descends(expression: Any) -> bool:
    """Tell whether an order goes down."""
    return getattr(getattr(expression, "modifier", None), "__name__", "") == "desc_op"
