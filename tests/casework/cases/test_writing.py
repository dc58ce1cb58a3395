"""Rows are written together: as one statement, with what the ORM would keep, and never half."""

import asyncio
from contextlib import suppress
from datetime import date, timedelta
from typing import cast
from uuid import uuid4

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Integer, Table, func, select, text

from casework.cases.models import Case, ContactRecord, ServiceRequest
from casework.kernel import wire, writing
from casework.kernel.database import Line
from casework.kernel.errors import Code, Refusal
from casework.kernel.models import TenantRow
from casework.kernel.outbox import OutboxEvent
from casework.kernel.wire import KEPT_STATEMENTS, Sentence, written
from casework.kernel.writing import shape_of
from tests.casework.cases.counted import Counted
from tests.casework.deadlines.calendars import local

MORNING = "2025-03-10T09:30"
AWKWARD = ['"', "\\", "{}", ",", " ", "NULL", "受理,\n\t'", "😀"]


def request(person: object, words: str = "需求") -> ServiceRequest:
    return ServiceRequest(
        applicant_id=person, channel="PHONE", received_at=local(MORNING), text=words, oral=False, offered_by_staff=False
    )


def test_nothing_in_a_list_is_not_an_empty_text() -> None:
    assert written([None, "", "NULL"]) == b'{NULL,"","NULL"}'


async def test_all_rows_of_a_step_are_one_statement(town: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    town.at(MORNING)
    sent: list[str] = []

    def noting(connection: object, sentence: Sentence, values: list[bytes | None]) -> object:
        sent.append(sentence.text)
        return ask(connection, sentence, values)  # type: ignore[arg-type]

    ask = wire.ask
    monkeypatch.setattr(writing, "ask", noting)
    case = await town.receive()
    (only,) = sent
    for table in ("service_request", "service_case", "case_step", "timer", "outbox_event", "audit_entry"):
        assert f"INSERT INTO {table}" in only
    (kept,) = await town.town.rows(ServiceRequest, ServiceRequest.id == case.request_id)
    assert (kept.row_version, kept.created_at, kept.channel) == (1, local(MORNING), "WINDOW")


async def test_rows_read_back_as_they_were_entered(town: Counted) -> None:
    town.at(MORNING)
    case = await town.receive()
    words = "".join(AWKWARD)
    async with town.office.open(town.system) as work:
        (person,) = (await work.session.scalars(select(Case.applicant_id).where(Case.id == case.id))).all()
        entered = [work.add(request(person, f"{words}{n}")) for n in range(3)]
        work.audit("probe", "probe", case.id, before={"a": AWKWARD}, rules=tuple(AWKWARD))
        event = work.add(
            OutboxEvent(
                name="probe", aggregate="case", aggregate_id=case.id, occurred_at=work.now, actor="a",
                correlation_id="c", payload={"words": words, "n": [1, None, True]}, rules=AWKWARD, attempts=0,
                state="PENDING",
            )
        )  # fmt: skip
    ids = [row.id for row in entered]
    assert ids == sorted(ids), "ids are given in the order of entering"
    found = await town.town.rows(ServiceRequest, ServiceRequest.id.in_(ids))
    assert sorted(row.text for row in found) == [f"{words}{n}" for n in range(3)]
    (kept,) = await town.town.rows(OutboxEvent, OutboxEvent.id == event.id)
    assert (kept.payload, kept.rules) == ({"words": words, "n": [1, None, True]}, AWKWARD)
    assert kept.last_error is None
    assert kept.available_at is not None, "filled in by the database"


async def test_what_the_database_would_fill_in_is_kept_where_a_row_brings_it(town: Counted) -> None:
    town.at(MORNING)
    case = await town.receive()
    later = local("2031-01-01T09:00")
    async with town.office.open(town.system) as work:
        named, plain = (
            work.add(
                OutboxEvent(
                    name="probe", aggregate="case", aggregate_id=case.id, occurred_at=work.now, actor="a",
                    correlation_id="c", payload={}, rules=[], attempts=0, state="PENDING",
                )
            )
            for _ in range(2)
        )  # fmt: skip
        named.available_at = later
    kept = {row.id: row.available_at for row in await town.town.rows(OutboxEvent, OutboxEvent.name == "probe")}
    assert kept[named.id] == later
    assert kept[plain.id] < later


async def test_who_changes_an_older_row_is_refused_and_nothing_is_written(town: Counted) -> None:
    town.at(MORNING)
    case = await town.receive()

    async def decide_on_an_older_row() -> None:
        async with town.office.open(town.system) as work:
            mine = await work.find(Case, case.id)
            assert mine is not None
            async with town.office.open(town.system) as other:
                theirs = await other.find(Case, case.id)
                assert theirs is not None
                theirs.notices_issued = 5
            mine.notices_issued = 9
            work.audit("half.done", "case", case.id)

    with pytest.raises(Refusal) as refused:
        await decide_on_an_older_row()
    assert refused.value.code is Code.STALE_VERSION
    (kept,) = await town.town.rows(Case, Case.id == case.id)
    assert (kept.notices_issued, kept.row_version) == (5, case.row_version + 1)
    async with town.office.open(town.system) as work:
        half = text("SELECT count(*) FROM audit_entry WHERE tenant_id = :t AND action = 'half.done'")
        assert await work.session.scalar(half, {"t": work.tenant}) == 0


async def test_what_was_entered_after_a_savepoint_goes_with_it(town: Counted) -> None:
    town.at(MORNING)
    case = await town.receive()
    async with town.office.open(town.system) as work:
        before = work.add(request(case.applicant_id, "before"))
        with suppress(ZeroDivisionError):
            async with work.session.begin_nested():
                work.add(request(case.applicant_id, "inside"))
                raise ZeroDivisionError
        after = work.add(request(case.applicant_id, "after"))
    found = await town.town.rows(ServiceRequest, ServiceRequest.id != case.request_id)
    assert {row.id for row in found} == {before.id, after.id}


async def test_what_the_database_reckons_is_written_too(town: Counted) -> None:
    town.at(MORNING)
    case = await town.receive()
    (event,) = await town.town.rows(OutboxEvent, OutboxEvent.aggregate_id == case.id)
    async with town.office.open(town.system) as work:
        mine = await work.find(OutboxEvent, event.id)
        assert mine is not None
        mine.available_at = func.clock_timestamp() + timedelta(days=3)
        mine.attempts = 2
    (kept,) = await town.town.rows(OutboxEvent, OutboxEvent.id == event.id)
    assert kept.attempts == 2
    assert kept.available_at - event.available_at > timedelta(days=2)


async def test_a_text_that_cannot_be_kept_is_refused(town: Counted) -> None:
    town.at(MORNING)
    case = await town.receive()
    with pytest.raises(Refusal) as refused:
        async with town.office.open(town.system) as work:
            work.add(
                ContactRecord(
                    case_id=case.id, at=work.now, staff_id=None, channel="nul\x00", automatic=True,
                    addresses_content=False, content="",
                )
            )  # fmt: skip
    assert refused.value.code is Code.INVALID_INPUT


async def test_a_line_forgets_what_was_not_used_for_long_and_survives_rollbacks(town: Counted) -> None:
    town.at(MORNING)
    texts = [f"SELECT {number} + $1::int" for number in range(KEPT_STATEMENTS + 5)]
    questions = [Sentence(each, ("one",), {"one": 1}) for each in texts]

    async def ask(line: Line, number: int) -> None:
        [(answer,)] = await line.ask(questions[number], {})
        assert answer == str(number + 1).encode()

    for _ in range(2):
        async with town.office.open(town.system) as work:
            for number in (*range(len(questions)), 0, 1):
                await ask(work.line, number)
        with suppress(ZeroDivisionError):
            async with town.office.open(town.system) as work:
                await ask(work.line, 3)
                raise ZeroDivisionError


@given(st.lists(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=6), max_size=4))
def test_a_list_is_written_as_the_driver_reads_it(values: list[str]) -> None:
    array = psycopg.adapt.Transformer().get_loader(1009, psycopg.pq.Format.TEXT)
    assert array.load(written(values) or b"") == values


def test_values_are_written_as_postgresql_reads_them() -> None:
    assert [written(value) for value in (None, True, 7, "x", b"\x01\xff", date(2025, 3, 9))] == [
        None, b"t", b"7", b"x", b"\\x01ff", b"2025-03-09",
    ]  # fmt: skip
    number = uuid4()
    assert written([number, "a"]) == f'{{"{number}","a"}}'.encode()


def test_every_table_is_written_with_every_column() -> None:
    for mapper in TenantRow.registry.mappers:
        if not issubclass(mapper.class_, TenantRow):
            continue
        shape, table = shape_of(mapper.class_), cast("Table", mapper.local_table)
        written_out = [value.name for value in (*shape.inserted, *shape.optional)]
        assert sorted(written_out) == sorted(column.name for column in table.columns), table.name
        assert all(table.columns[value.name].server_default is not None for value in shape.optional), table.name
        assert all(isinstance(table.columns[value.name].type, Integer) for value in shape.fetched), table.name


async def test_writers_of_one_case_take_turns(town: Counted) -> None:
    town.at(MORNING)
    case = await town.receive()

    async def add() -> None:
        async with town.office.open(town.system) as work:
            mine = await work.find(Case, case.id, lock=True)
            assert mine is not None
            mine.notices_issued += 1

    await asyncio.gather(*(add() for _ in range(4)))
    (kept,) = await town.town.rows(Case, Case.id == case.id)
    assert (kept.notices_issued, kept.row_version) == (4, case.row_version + 4)
