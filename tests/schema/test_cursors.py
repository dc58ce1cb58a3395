"""Keyset pages: put together they are the whole list, in both directions, whatever is added meanwhile."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    Column,
    Connection,
    Date,
    DateTime,
    Enum,
    Integer,
    MetaData,
    Numeric,
    Row,
    String,
    Table,
    Uuid,
    create_engine,
    insert,
    select,
)
from sqlalchemy.pool import StaticPool

from schema.cursors import (
    OrderColumn,
    Ordering,
    PageRequest,
    page_request,
    page_slice,
    page_statement,
    read_cursor,
    write_cursor,
)
from schema.errors import DoorError

LIST = Table(
    "entry",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("grp", Integer, nullable=False),
    Column("note", String, nullable=True),
)
ENGINE = create_engine("sqlite://", poolclass=StaticPool)
LIST.metadata.create_all(ENGINE)

rows = st.lists(st.tuples(st.integers(0, 3), st.sampled_from([None, "", "a", "b", "乙"])), max_size=14)
orderings = st.builds(
    lambda use_group, group_down, use_note, note_down, id_down: Ordering.by(
        *([OrderColumn("grp", LIST.c.grp, group_down)] if use_group else []),
        *([OrderColumn("note", LIST.c.note, note_down, nullable=True)] if use_note else []),
        tie_breaker=LIST.c.id,
        descending=id_down,
    ),
    *[st.booleans()] * 5,
)


def fill(connection: Connection, values: list[tuple[int, str | None]], ids: Iterator[int]) -> list[int]:
    added = [{"id": next(ids), "grp": grp, "note": note} for grp, note in values]
    if added:
        connection.execute(insert(LIST), added)
    return [row["id"] for row in added]


def whole(connection: Connection, ordering: Ordering) -> list[int]:
    order = [t.column.desc() if t.descending else t.column.asc() for c in ordering.columns for t in c.terms()]
    return list(connection.scalars(select(LIST.c.id).order_by(*order)))


def page(connection: Connection, ordering: Ordering, wanted: PageRequest) -> Any:
    found: list[Row[Any]] = list(connection.execute(page_statement(select(LIST), ordering, wanted)))
    return page_slice(found, ordering, wanted)


def shuffled_ids() -> Iterator[int]:
    """Give ids that jump, so that new rows land anywhere in the list."""
    number = 0
    while True:
        number += 1
        yield number * 7919 % 100_003


@settings(deadline=None, max_examples=120)
@given(rows, orderings, st.integers(1, 5), st.booleans(), st.lists(rows, max_size=5))
def test_pages_together_are_the_whole_list_under_inserts(
    values: list[tuple[int, str | None]],
    ordering: Ordering,
    size: int,
    backward: bool,
    later: list[list[tuple[int, str | None]]],
) -> None:
    ids = shuffled_ids()
    with ENGINE.connect() as connection:
        first_ids = set(fill(connection, values, ids))
        expected = whole(connection, ordering)
        seen: list[int] = []
        cursor, more, added = None, True, iter(later)
        while more:
            wanted = PageRequest(size, backward, None if backward else cursor, cursor if backward else None)
            found = page(connection, ordering, wanted)
            keys = [row.id for _, row in found.rows]
            seen = [*keys, *seen] if backward else [*seen, *keys]
            more = found.has_previous if backward else found.has_next
            if found.rows:
                cursor = found.rows[0 if backward else -1][0]
            assert bool(found.has_next if backward else found.has_previous) == (len(seen) > len(keys))
            fill(connection, next(added, []), ids)
        order_now = whole(connection, ordering)
        connection.rollback()
    assert [key for key in seen if key in first_ids] == expected
    assert len(seen) == len(set(seen))
    assert seen == [key for key in order_now if key in set(seen)]


@settings(deadline=None, max_examples=60)
@given(rows, orderings, st.data())
def test_between_two_cursors_lies_exactly_what_is_between(
    values: list[tuple[int, str | None]], ordering: Ordering, data: st.DataObject
) -> None:
    with ENGINE.connect() as connection:
        fill(connection, values, shuffled_ids())
        everything = page(connection, ordering, PageRequest(100)).rows
        order = [row.id for _, row in everything]
        left = data.draw(st.integers(-1, len(order) - 1))
        right = data.draw(st.integers(left + 1, len(order)))
        after = everything[left][0] if left >= 0 else None
        before = everything[right][0] if right < len(order) else None
        for backward in (False, True):
            found = page(connection, ordering, PageRequest(100, backward, after, before))
            assert [row.id for _, row in found.rows] == order[left + 1 : right]
        connection.rollback()


class Colour(StrEnum):
    RED = "red"


EVERY = Table(
    "every",
    MetaData(),
    Column("id", Uuid),
    Column("at", DateTime(timezone=True)),
    Column("day", Date),
    Column("share", Numeric),
    Column("colour", Enum(Colour)),
    Column("text", String),
)
EVERY_ORDER = Ordering.by(*(OrderColumn(c.name, c) for c in EVERY.columns if c.name != "id"), tie_breaker=EVERY.c.id)


@given(
    st.tuples(
        st.datetimes(timezones=st.just(UTC)),
        st.dates(),
        st.decimals(allow_nan=False, allow_infinity=False, places=4),
        st.just(Colour.RED),
        st.text(max_size=50),
        st.uuids(),
    )
)
def test_every_kind_of_value_survives_a_cursor(values: tuple[datetime, date, Decimal, Colour, str, UUID]) -> None:
    assert read_cursor(EVERY_ORDER, write_cursor(EVERY_ORDER, values), "after") == values


ORDER = Ordering.by(OrderColumn("grp", LIST.c.grp), tie_breaker=LIST.c.id)
GOOD = write_cursor(ORDER, (1, 2))


def forged(*body: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(list(body))).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "!!!!",
        "中文",
        GOOD[:-3],
        GOOD + "AAAA",
        "A" * 5000,
        write_cursor(Ordering.by(tie_breaker=LIST.c.id), (1,)),
        write_cursor(Ordering.by(OrderColumn("grp", LIST.c.grp, descending=True), tie_breaker=LIST.c.id), (1, 2)),
        forged(2, ORDER.seal, 1, 2),
        forged(1, "00000000", 1, 2),
        forged(1, ORDER.seal, 1),
        forged(1, ORDER.seal, 1, None),
        forged(1, ORDER.seal, 1, True),
        forged(1, ORDER.seal, 1, "2"),
        forged(1, ORDER.seal, 1, [2]),
        base64.urlsafe_b64encode(b"[" * 600).decode(),
        base64.urlsafe_b64encode(b'{"a":1}').decode(),
    ],
)
def test_a_cursor_from_elsewhere_is_refused(cursor: str) -> None:
    with pytest.raises(DoorError) as caught:
        read_cursor(ORDER, cursor, "cases.after")
    told = caught.value.extensions or {}
    assert (told["code"], told["where"]) == ("BAD_INPUT", "cases.after")


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        ((None, None, None, None), "first"),
        ((1, None, 1, None), "first"),
        ((0, None, None, None), "first"),
        ((101, None, None, None), "first"),
        ((-1, None, None, None), "first"),
        ((None, None, 0, None), "last"),
        ((None, None, 101, None), "last"),
    ],
)
def test_a_page_has_one_to_a_hundred_rows(arguments: tuple[Any, Any, Any, Any], where: str) -> None:
    with pytest.raises(DoorError) as caught:
        page_request(*arguments)
    assert (caught.value.extensions or {})["where"] == where
    assert page_request(100, "a", None, None).size == 100
    assert page_request(None, None, 1, "b").backward
