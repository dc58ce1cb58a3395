"""Declaring fields: each says where it comes from, and gets the resolver that reads it so without a plan."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import strawberry
from sqlalchemy import ColumnElement

from authz.masks import MaskKind, mask_text
from schema.context import Info
from schema.errors import bad_input
from schema.reading.lens import Lens, NotOnShelf
from schema.reading.sources import (
    FEW,
    SOURCE,
    Attribute,
    Computed,
    Covered,
    First,
    Many,
    Narrowed,
    OfCaller,
    One,
    Renamed,
    Source,
)
from schema.rows import by_id, by_owner, lenses, regulations

Resolver = Callable[..., Any]
Most = Annotated[int | None, strawberry.argument(description="Only the first so many, 1 to 100; all if absent (条数).")]
LONGEST_LIST = 100


def field_of(source: Source, resolver: Resolver, description: str) -> Any:
    """Make a field that carries its source."""
    return strawberry.field(resolver=resolver, description=description, metadata={SOURCE: source})


def shown_type(info: Info) -> Any:
    """Find the class of the objects that a field gives, inside whatever wraps it."""
    found: Any = info._field.type
    while hasattr(found, "of_type"):
        found = found.of_type
    return found.resolve_type() if hasattr(found, "resolve_type") else found


def column(attribute: Attribute, description: str) -> Any:
    """Declare a column that the API knows by another name."""

    def resolve(root: Any) -> Any:
        return getattr(root.row, attribute.key)

    return field_of(Renamed(attribute), resolve, description)


def one(key: Attribute | str, description: str) -> Any:
    """Declare the one row that a column points to, or a labelled column of figures."""
    name = key if isinstance(key, str) else key.key

    async def resolve(root: Any, info: Info) -> Any:
        found = getattr(root.row, name)
        kind = shown_type(info)
        return None if found is None else kind.maybe(await by_id(info.context, kind.showing.model).load(found))

    return field_of(One(key), resolve, description)


def one_unless_asked(key: Attribute, only_when: Mapping[str, Any], resolver: Resolver, description: str) -> Any:
    """Declare the one row that a column points to, with a resolver of its own for other arguments."""
    return field_of(One(key, only_when), resolver, description)


def of_caller(description: str) -> Any:
    """Declare the caller's own entry in the register of staff."""

    async def resolve(root: Any, info: Info) -> Any:
        staff_id = info.context.whose().staff_id
        kind = shown_type(info)
        return None if staff_id is None else kind.maybe(await by_id(info.context, kind.showing.model).load(staff_id))

    return field_of(OfCaller(), resolve, description)


def first(owner: Attribute, *order: ColumnElement[Any], description: str, where: Narrowed | None = None) -> Any:
    """Declare the first of the rows that point here."""
    source = First(owner, order, where)

    async def resolve(root: Any, info: Info) -> Any:
        rows = await by_owner(info.context, source).load(root.row.id)
        return shown_type(info).of(rows[0]) if rows else None

    return field_of(source, resolve, description)


def many(owner: Attribute, *order: ColumnElement[Any], description: str, usual: int = FEW) -> Any:
    """Declare the rows that point here, and how many they usually are; callers may ask for the first of them only."""
    source = Many(owner, order, usual)

    async def resolve(root: Any, info: Info, first: Most = None) -> Any:
        rows = await by_owner(info.context, source).load(root.row.id)
        return shown_type(info).every(rows if first is None else rows[: check_most(first)])

    return field_of(source, resolve, description)


def computed(compute: Callable[..., Any], *columns: Attribute, description: str, stable: bool = True) -> Any:
    """Declare what `compute(lens, *values of the columns)` gives."""
    source = Computed(compute, columns, stable)

    async def resolve(root: Any, info: Info) -> Any:
        values = [getattr(root.row, attribute.key) for attribute in columns]
        lens = await lenses(info.context).load(None)
        while True:
            try:
                return compute(lens, *values)
            except NotOnShelf as missing:
                await fetch(info, lens, missing)

    return field_of(source, resolve, description)


async def fetch(info: Info, lens: Lens, missing: NotOnShelf) -> None:
    """Put a revision within reach of the lens."""
    lens.fetched[missing.revision_id] = await regulations(info.context).load(missing.revision_id)


def covered(attribute: Attribute, kind: MaskKind, description: str, *, in_full: str | None = None) -> Any:
    """Declare personal data: masked, unless the object is shown in full, which the action `in_full` allows."""

    def resolve(root: Any) -> Any:
        value = getattr(root.row, attribute.key)
        return value if root.in_full else mask_text(value, kind)

    return field_of(Covered(attribute, kind, in_full), resolve, description)


def covered_names(names: tuple[str, ...], description: str) -> Any:
    """Declare the list of the fields that are shown masked."""

    def resolve(root: Any) -> list[str]:
        return [] if root.in_full else list(names)

    def masked(_lens: Lens) -> list[str]:
        return list(names)

    return field_of(Computed(masked, ()), resolve, description)


def check_most(most: int) -> int:
    """Check how many entries of a list are asked for."""
    if not 1 <= most <= LONGEST_LIST:
        raise bad_input(f"first must be from 1 to {LONGEST_LIST}.", f"first的取值须为1至{LONGEST_LIST}。", "first")
    return most
