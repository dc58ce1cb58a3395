"""The counters are read by unit, by day and by whoever reaches the unit."""

from dataclasses import replace
from datetime import date

import pytest

from casework.cases.tally import Days, visible_tally
from tests.casework.cases.counted import Counted
from tests.casework.feedback.town import local

WINDOW, SECOND = "city.county.window.", "city.county.window2."
CHINA = "Asia/Shanghai"


async def test_a_subtree_is_counted_by_itself(town: Counted) -> None:
    await town.receive("window")
    await town.receive("window2")
    assert await town.counted(below=SECOND) == {(SECOND, "RECEIVED", False): 1}
    assert (await town.counted(below="city.county.")).total() == 2


@pytest.mark.parametrize(
    ("first", "last", "n"),
    [
        (None, None, 3),
        (None, date(2025, 3, 10), 1),
        (date(2025, 3, 11), None, 2),
        (date(2025, 3, 11), date(2025, 3, 11), 1),
        (date(2025, 3, 13), None, 0),
    ],
)
async def test_days_are_those_of_the_city_and_both_ends_belong(
    town: Counted, first: date | None, last: date | None, n: int
) -> None:
    for when in ("2025-03-10T23:59", "2025-03-11T00:01", "2025-03-12T10:00"):
        town.at(when)
        await town.receive()
    assert (await town.counted(days=Days(first, last, CHINA))).total() == n


async def test_a_clock_that_is_about_to_be_fired_moves_a_case_on_its_own_day_only(town: Counted) -> None:
    town.at("2025-03-10T10:30")
    await town.receive()
    late = local("2025-03-10T15:00")
    monday, tuesday = (Days(day, day, CHINA) for day in (date(2025, 3, 10), date(2025, 3, 11)))
    assert await town.counted(late, days=monday) == {(WINDOW, "RECEIVED", True): 1}
    assert await town.counted(late, days=tuesday) == {}
    assert await town.counted(late, below=SECOND) == {}


async def test_who_reaches_a_unit_sees_its_figures_and_nobody_else_does(town: Counted) -> None:
    case = await town.receive("window")
    await town.receive("window2")
    participant = replace(await town.town.staff("window", "helper"), roles=())
    await town.town.took_part(case, participant)
    people = {
        **town.people,
        "above": await town.town.staff("county", "chief_helper"),
        "participant": participant,
    }
    seen = {}
    for name, actor in people.items():
        async with town.office.open(actor) as work:
            seen[name] = {row.unit_path for row in await work.session.execute(visible_tally(work.sight))}
    assert seen == {
        "citizen": set(),
        "participant": set(),
        "window": {WINDOW},
        "window2": {SECOND},
        "above": {WINDOW, SECOND},
    }
