"""Relay connections: the types of a paged list, and the one way in which the rooms fill them."""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, Generic, TypeVar

import strawberry
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from strawberry.relay import PageInfo

from schema.context import Info
from schema.cursors import Ordering, PageRequest, Slice, page_slice, page_statement
from schema.errors import bad_input
from schema.fields import field
from schema.filters import Operands, Themselves, condition
from schema.reading.sources import Listed, Paged

T = TypeVar("T")


@strawberry.type(description="One entry of a paged list: the object and its place in the list.")
class Edge(Generic[T]):
    """One entry of a paged list."""

    cursor: str = strawberry.field(description="Opaque place in the list, for `after` and `before`; survives new rows.")
    node: T = strawberry.field(description="The object.")


@strawberry.type(description="One page of a list; ask with `first` and `after`, or `last` and `before` (分页列表).")
class Connection(Generic[T]):
    """One page of a list."""

    edges: list[Edge[T]] = strawberry.field(description="The entries of this page, in the order of the list.")
    page_info: PageInfo = strawberry.field(description="Whether there are more pages, and the cursors at both ends.")
    total: strawberry.Private[int | None] = None

    @field
    def nodes(self) -> list[T]:
        """The objects of this page, for callers who need no cursors."""
        return [edge.node for edge in self.edges]

    @field
    def total_count(self) -> int:
        """How many objects the whole list has; counted only when asked for (总数)."""
        if self.total is None:
            raise LookupError("the list was not counted")
        return self.total


def wants_total(info: Info) -> bool:
    """Ask whether the caller selected `totalCount` of the connection that is being resolved."""
    pending: list[Any] = [part for selected in info.selected_fields for part in selected.selections]
    while pending:
        part = pending.pop()
        if getattr(part, "name", None) == "totalCount":
            return True
        if not hasattr(part, "arguments"):
            pending.extend(part.selections)
    return False


async def count_rows(session: AsyncSession, statement: Select[Any], ordering: Ordering) -> int:
    """Count all rows of a list, whatever the page."""
    key = ordering.columns[-1].column
    rows = statement.with_only_columns(key, maintain_column_froms=True).order_by(None).subquery()
    return int(await session.scalar(select(func.count()).select_from(rows)) or 0)


async def read_page(session: AsyncSession, statement: Select[Any], ordering: Ordering, page: PageRequest) -> Slice:
    """Read one page of a list."""
    found = await session.execute(page_statement(statement, ordering, page))
    return page_slice(found.all(), ordering, page)


def connection_of(found: Slice, total: int | None, show: Callable[[Any], T]) -> Connection[T]:
    """Build the connection of a page; `show` makes the GraphQL object of a row."""
    edges = [Edge(cursor=cursor, node=show(row[0])) for cursor, row in found.rows]
    page_info = PageInfo(
        has_next_page=found.has_next,
        has_previous_page=found.has_previous,
        start_cursor=edges[0].cursor if edges else None,
        end_cursor=edges[-1].cursor if edges else None,
    )
    return Connection(edges=edges, page_info=page_info, total=total)


async def connect(
    info: Info, source: Paged, page: PageRequest, show: Callable[[Any], T], **given: Any
) -> Connection[T]:
    """Answer a connection field in one Work: a page of everything that the caller may see of the list."""
    context = info.context
    narrowed = narrowing(source, given, Themselves(context.whose().tenant))
    ordering = ordering_of(source, given.get("order_by"))
    async with context.office.open(context.whose(), context.correlation_id) as work:
        statement = select(source.model).where(source.seen(work.sight), *narrowed)
        total = await count_rows(work.session, statement, ordering) if wants_total(info) else None
        found = await read_page(work.session, statement, ordering, page)
        return connection_of(found, total, show)


async def read_list(info: Info, source: Listed, limit: int) -> Sequence[Any]:
    """Read the first rows of a list without pages; a limit outside its bounds is moved to the nearest bound."""
    context = info.context
    async with context.office.open(context.whose(), context.correlation_id) as work:
        query = select(source.model).where(source.seen(work.sight)).order_by(*source.order)
        return (await work.session.scalars(query.limit(max(1, min(limit, source.most))))).all()


def narrowing(source: Paged, given: Mapping[str, Any], by: Operands | None = None) -> list[ColumnElement[bool]]:
    """Turn what a caller narrows a list by into conditions."""
    operands = by or Themselves()
    found = [condition(given.get("filter"), source.filters, operands=operands)]
    for name, narrow in source.more.items():
        if given.get(name) is not None:
            found.append(narrow(operands, given[name]))
    return found


def ordering_of(source: Paged, choices: Sequence[Enum] | None) -> Ordering:
    """Turn the `orderBy` of a caller into an ordering; naming the same column twice is refused."""
    chosen = list(choices or source.default)
    named = [source.orders[choice] for choice in chosen]
    if len({column.name for column in named}) != len(named):
        raise bad_input("orderBy names the same column twice.", "orderBy中同一列出现了两次。", "orderBy")
    last = named[-1].descending if named else False
    return Ordering.by(*named, tie_breaker=source.model.id.expression, descending=last)
