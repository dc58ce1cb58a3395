"""Pages below the root without a plan: one statement for the pages of all rows that a field is asked for at once."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from strawberry.dataloader import DataLoader
from strawberry.types.base import get_object_definition

from casework.kernel.work import Work
from schema.connections import Connection, connection_of, narrowing, ordering_of, wants_total
from schema.context import Info
from schema.cursors import KEY, Ordering, PageRequest, Slice, key_columns, page_order, page_slice, within_cursors
from schema.reading.declare import shown_type
from schema.reading.sources import Nested


async def connect_below(root: Any, info: Info, source: Nested, page: PageRequest, **given: Any) -> Connection[Any]:
    """Answer a connection below the root: a page of the rows that point to this one, as far as the caller sees them."""
    conditions = narrowing(source.rows, given)
    ordering = ordering_of(source.rows, given.get("order_by"))
    context, counts = info.context, wants_total(info)

    async def load(owners: list[UUID]) -> list[tuple[Slice, int | None]]:
        async with context.office.open(context.whose(), context.correlation_id) as work:
            of_list = [source.rows.seen(work.sight), source.owner.in_(owners), *conditions]
            pages = await read_pages(work, source, ordering, page, of_list)
            totals = await count_each(work, source, of_list) if counts else None
        return [(pages(owner), None if totals is None else totals.get(owner, 0)) for owner in owners]

    # One selection asks for the same page of every row above; its place in the answer tells it from others.
    place = tuple(key for key in info.path.as_list() if isinstance(key, str))
    loader = context.loaders.of(("page", info.path.typename, place), lambda: DataLoader(load))
    found, total = await loader.load(root.row.id)
    return connection_of(found, total, node_class(info).of)


async def read_pages(
    work: Work, source: Nested, ordering: Ordering, page: PageRequest, of_list: Sequence[ColumnElement[bool]]
) -> Any:
    """Read one page for each row above, numbering the rows of each; gives the page of a row by its id."""
    model, order = source.rows.model, page_order(ordering, backward=page.backward)
    number = func.row_number().over(partition_by=source.owner.expression, order_by=order).label("number")
    rows = select(model.id, source.owner.expression.label("owner"), number, *key_columns(ordering)).where(*of_list)
    ranked = within_cursors(rows, ordering, page).subquery("ranked")
    keys = [ranked.c[f"{KEY}{place}"] for place in range(len(ordering.columns))]
    query = (
        select(model, ranked.c.owner, *keys)
        .join(ranked, model.id == ranked.c.id)
        .where(model.tenant_id == work.tenant, ranked.c.number <= page.size + 1)
        .order_by(ranked.c.owner, ranked.c.number)
    )
    found = defaultdict(list)
    for row in (await work.session.execute(query)).all():
        found[row.owner].append(row)
    return lambda owner: page_slice(found[owner], ordering, page)


async def count_each(work: Work, source: Nested, of_list: Sequence[ColumnElement[bool]]) -> dict[UUID, int]:
    """Count the rows that point to each row above; one to which none points is missing."""
    owner = source.owner.expression
    query = select(owner, func.count()).where(*of_list).group_by(owner)
    return {row[0]: row[1] for row in (await work.session.execute(query)).all()}


def node_class(info: Info) -> Any:
    """Find the class of the objects of a connection field."""
    definition = get_object_definition(shown_type(info), strict=True)
    found: Any = definition.type_var_map["T"]
    return found.resolve_type() if hasattr(found, "resolve_type") else found
