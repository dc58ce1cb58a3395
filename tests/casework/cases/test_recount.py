"""Counting anew: what was written past the office is found, what was right stays, whoever works at the same time."""

import asyncio

from sqlalchemy import insert, select, text, update

from casework.cases.models import Case, CaseState, CaseTally
from casework.cases.recount import Recount, Recounted, recount_cases
from casework.kernel.ids import new_id
from tests.casework.cases.counted import Counted

WINDOW = "city.county.window."
RIGHT = Recounted(0, 0)


async def recount(town: Counted, limit: int = 500) -> Recounted:
    async with town.office.open(town.system) as work:
        return await recount_cases(work, Recount(limit))


async def copy_past_the_office(town: Counted, count: int) -> None:
    """Write cases as a bulk load does: straight into the table."""
    like = await town.receive()
    async with town.office.open(town.system) as work:
        columns = Case.__table__.columns
        row = {name: getattr(like, name) for name in columns.keys()}  # noqa: SIM118
        rows = [{**row, "id": new_id(), "case_no": f"copied-{number}"} for number in range(count)]
        await work.session.execute(insert(Case.__table__), rows)  # type: ignore[arg-type]


async def test_right_counters_are_left_alone(town: Counted) -> None:
    await town.receive()
    before = [(row.id, row.n, row.updated_at) for row in await town.town.rows(CaseTally)]
    assert await recount(town) == RIGHT
    assert [(row.id, row.n, row.updated_at) for row in await town.town.rows(CaseTally)] == before


async def test_what_was_copied_in_is_counted_once_however_often_one_counts(town: Counted) -> None:
    await copy_past_the_office(town, 5)
    assert await town.counted() == {(WINDOW, "RECEIVED", False): 1}
    assert await recount(town) == Recounted(0, 2)
    assert await town.agree() == {(WINDOW, "RECEIVED", False): 6}
    assert await recount(town) == RIGHT


async def test_four_who_count_at_the_same_moment_add_the_difference_once(town: Counted) -> None:
    await copy_past_the_office(town, 5)
    found = await asyncio.gather(*(recount(town) for _ in range(4)))
    assert sorted(each.counters for each in found) == [0, 0, 0, 2]
    assert await town.agree() == {(WINDOW, "RECEIVED", False): 6}


async def test_cases_learn_anew_how_many_of_their_clocks_ran_out(town: Counted) -> None:
    town.at("2025-03-10T10:30")
    cases = [await town.receive() for _ in range(5)]
    town.at("2025-03-10T15:00")
    for case in cases:
        await town.fire_all(case.id)
    async with town.office.open(town.system) as work:
        await work.session.execute(
            update(Case.__table__).where(Case.tenant_id == work.tenant).values(overdue_clocks=0)  # type: ignore[arg-type]
        )
    assert (await recount(town, limit=2)).cases == 2
    assert (await recount(town, limit=2)).cases == 2
    assert (await recount(town, limit=2)).cases == 1
    assert await town.agree() == {(WINDOW, "RECEIVED", True): 5}
    assert await recount(town) == RIGHT


async def test_a_writer_under_way_is_neither_waited_for_nor_counted_twice(town: Counted) -> None:
    await copy_past_the_office(town, 3)
    case = await town.receive()
    async with town.office.open(town.system) as work:
        moved = await work.load(Case, case.id, "case", "办件", lock=True)
        moved.state = CaseState.FILED
        await work.session.flush()
        async with town.office.open(town.system) as other:
            await other.session.execute(text("SET LOCAL lock_timeout = '100ms'"))
            assert (await recount_cases(other, Recount())).counters == 2
            assert await other.session.scalar(select(CaseTally.slot).where(CaseTally.slot == 1).limit(1)) == 1
    assert await town.agree() == {(WINDOW, "RECEIVED", False): 4, (WINDOW, "FILED", False): 1}
