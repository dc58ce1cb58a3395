"""Where the fields of the API come from: said once, read by the plan, by the resolver and by the guards.

A field without a source that stands in a type of rows is the column of the same name.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select
from sqlalchemy.orm import InstrumentedAttribute

from authz.masks import MaskKind
from casework.kernel.models import TenantRow
from casework.kernel.sight import Seen, Sight
from schema.cursors import OrderColumn
from schema.filters import Column as FilterColumn
from schema.filters import Operands

SOURCE = "source"
"""Under this key the metadata of a Strawberry field hold its source."""

FEW, SEVERAL, MANY = 3, 10, 100
"""How many objects a list without an end usually holds: the clocks of a case, its steps, the counters of a city."""

Attribute = InstrumentedAttribute[Any]
Narrowed = Callable[[Sight], ColumnElement[bool]]
"""A condition on the rows of a relation, such as being in force today."""


@dataclass(frozen=True)
class Renamed:
    """A column that the API knows by another name."""

    column: Attribute


@dataclass(frozen=True)
class Labelled:
    """A labelled column of aggregated rows."""

    name: str


@dataclass(frozen=True)
class One:
    """The one row that a column of this row points to; `key` may name a labelled column of an aggregate.

    `only_when` names arguments with the values under which the field is read so; with others it has its resolver.
    """

    key: Attribute | str
    only_when: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OfCaller:
    """The row of the member of staff who asks."""


@dataclass(frozen=True)
class First:
    """The first of the rows that point to this one."""

    owner: Attribute
    order: tuple[ColumnElement[Any], ...]
    where: Narrowed | None = None


@dataclass(frozen=True)
class Many:
    """All rows that point to this one, or the first of them, in an order that leaves no two rows equal.

    `usual` is how many there usually are, by which the cost is reckoned where nobody says how many are wanted.
    """

    owner: Attribute
    order: tuple[ColumnElement[Any], ...]
    usual: int = FEW


@dataclass(frozen=True)
class Computed:
    """What the office computes from columns; `stable` results depend on the columns and published revisions only."""

    compute: Callable[..., Any]
    columns: tuple[Attribute, ...]
    stable: bool = True


@dataclass(frozen=True)
class Reckoned:
    """What the office reckons from a row, from what is selected beside it, and from what is read once for all rows.

    `reckon(lens, *values)` is given the columns and then what is beside them, as PostgreSQL writes it.
    """

    reckon: Callable[..., Any]
    columns: tuple[Attribute, ...]
    beside: Callable[[Sight, FromClause], Sequence[ColumnElement[Any]]]
    shared: Mapping[str, Callable[[Sight], Select[Any]]]


@dataclass(frozen=True)
class Covered:
    """Personal data, read sealed and shown masked; `in_full` is the action under which they are shown in full."""

    column: Attribute
    kind: MaskKind
    in_full: str | None = None


Source = Renamed | Labelled | One | OfCaller | First | Many | Computed | Reckoned | Covered


@dataclass(frozen=True)
class Keyed:
    """A root field that finds one row of its type by a global id or by a column that is unique in the city.

    `columns` says which argument is which column; the argument `id` is the row's global id.
    """

    columns: Mapping[str, Attribute]


@dataclass(frozen=True)
class AnyNode:
    """A root field that finds one row, or several, of whatever type their global ids name."""

    argument: str


@dataclass(frozen=True)
class Paged:
    """A root field that gives a list page by page, or the list of a relation; what it may be narrowed and ordered by.

    `more` turns further arguments, by their names in Python, into conditions; `narrowed` leaves out rows that the
    list never holds, whoever asks.
    """

    model: type[TenantRow]
    seen: Seen
    orders: Mapping[Any, OrderColumn]
    default: Sequence[Any]
    filters: Mapping[str, FilterColumn] = field(default_factory=dict)
    more: Mapping[str, Callable[[Operands, Any], ColumnElement[bool]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Nested:
    """A relation that gives the rows which point to this one page by page: the list, and the column that points here."""

    rows: Paged
    owner: Attribute


@dataclass(frozen=True)
class Listed:
    """A root field that gives the first rows of a list without pages; `most` bounds the argument `limit`."""

    model: type[TenantRow]
    seen: Seen
    order: tuple[ColumnElement[Any], ...]
    most: int


@dataclass(frozen=True)
class Told:
    """A root field that needs no row: the office knows the answer, `tell(lens, **arguments)`."""

    tell: Callable[..., Any]


@dataclass(frozen=True)
class Grouped:
    """A root field that gives aggregated rows: `select(operands, sight, **arguments)` labels its columns.

    `order` names the labels by which the rows are ordered, `arguments` what narrows them, by its names in Python;
    `usual` is how many rows there usually are.
    """

    select: Callable[..., Select[Any]]
    order: tuple[str, ...]
    arguments: tuple[str, ...] = ()
    usual: int = MANY


@dataclass(frozen=True)
class Chosen:
    """Rows that an answer is composed of: their columns, and what chooses them and puts them into order.

    `rows(operands, place, **arguments)` is given the city or province for which it is read, or what the caller sees.
    """

    columns: tuple[Attribute, ...]
    rows: Callable[..., Select[Any]]
    order: Callable[[FromClause], Sequence[ColumnElement[Any]]]


@dataclass(frozen=True)
class Composed:
    """A root field that the office composes of several lists of rows: `compose(*lists, **arguments)`.

    What it refuses, it raises as a refusal.
    """

    lists: tuple[Chosen, ...]
    compose: Callable[..., Any]


@dataclass(frozen=True)
class Surveyed:
    """A root field that the office judges from several lists of rows: `judge(lens, *lists, **arguments)`.

    The rows of its lists are chosen for the caller: `rows(operands, sight, **arguments)`. What it refuses, it raises.
    """

    lists: tuple[Chosen, ...]
    judge: Callable[..., Any]


@dataclass(frozen=True)
class Caller:
    """A root field about the caller: an object whose fields are computed or relations of the caller."""


Root = Keyed | AnyNode | Paged | Nested | Listed | Told | Grouped | Composed | Surveyed | Caller
