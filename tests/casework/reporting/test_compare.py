"""Comparing cities of one province by what they published, through the province's own database role."""

import random
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from authz.actor import Actor, ActorKind
from casework.kernel.database import Database
from casework.kernel.errors import Code, Refusal
from casework.reporting.compare import cells, cities, compare
from casework.reporting.metrics import METRICS, Dimension
from casework.reporting.period import Period
from casework.reporting.province import open_desk
from casework.reporting.take_snapshot import TakeSnapshot, take_snapshot
from tests.casework.feedback.founding import Found
from tests.casework.feedback.town import Town, local
from tests.casework.reporting.history import live, populate

MARCH = Period(date(2025, 3, 1), date(2025, 3, 31))
SUPERVISOR = Actor(ActorKind.PROVINCE, None, "supervisor", province="37")


async def publish_march(town: Town, cases: int, seed: int = 1) -> None:
    await populate(town)
    town.clock.instant = local("2025-04-02T08:00")
    await live(town, random.Random(seed), cases).write(town)
    await town.do(town.system, take_snapshot, TakeSnapshot(MARCH))


@pytest.mark.rule("TA-15-2", "ZZ-7.1-1")
async def test_two_cities_of_the_province_side_by_side(found: Found, province: Database) -> None:
    taian, zaozhuang = await found("taian"), await found("zaozhuang")
    for town in (taian, zaozhuang):
        await publish_march(town, 120)
    mine = [zaozhuang.tenant, taian.tenant]
    async with open_desk(province, SUPERVISOR) as session:
        answer = await compare(session, "37", mine, ["response_within_limit", "median_response"], MARCH)
    limit, median = answer
    by_city = {figure.tenant: figure for figure in limit.figures}
    assert by_city[taian.tenant].value is not None
    assert by_city[taian.tenant].rules == ("TA-15-2",)
    assert (by_city[zaozhuang.tenant].value, by_city[zaozhuang.tenant].has_rule) == (None, False)
    assert (limit.comparable, median.comparable) == (False, True)
    assert [figure.tenant for figure in median.figures] == sorted(mine)


async def test_the_latest_run_of_each_city_counts(found: Found, province: Database) -> None:
    town = await found("taian")
    await publish_march(town, 40)
    town.clock.instant = local("2025-04-03T08:00")
    await live(town, random.Random(2), 80).write(town)
    rows = await town.do(town.system, take_snapshot, TakeSnapshot(MARCH))
    (latest,) = [row for row in rows if (row.metric, row.dimension) == ("cases_received", "TENANT")]
    async with open_desk(province, SUPERVISOR) as session:
        (answer,) = await compare(session, "37", [town.tenant], ["cases_received"], MARCH)
        counties = await cells(session, "37", town.tenant, "cases_received", Dimension.COUNTY, MARCH)
    (figure,) = answer.figures
    assert (figure.n, figure.computed_at) == (latest.n, local("2025-04-03T08:00"))
    assert {cell.computed_at for cell in counties} == {figure.computed_at}


async def test_cities_of_other_provinces_do_not_exist_here(found: Found, province: Database) -> None:
    neixiang, taian = await found("neixiang"), await found("taian")
    await publish_march(neixiang, 40)
    await publish_march(taian, 40)
    async with open_desk(province, SUPERVISOR) as session:
        known = {city.tenant: city for city in await cities(session, "37")}
        assert neixiang.tenant not in known
        assert known[taian.tenant].periods == (MARCH,)
        (everybody,) = await compare(session, "37", None, ["cases_received"], MARCH)
        told = {figure.tenant for figure in everybody.figures}
        assert taian.tenant in told
        assert neixiang.tenant not in told
        for foreign in (neixiang.tenant, "atlantis"):
            with pytest.raises(Refusal) as caught:
                await compare(session, "37", [foreign], ["cases_received"], MARCH)
            assert caught.value.message == "No such city in your province."
            with pytest.raises(Refusal):
                await cells(session, "37", foreign, "cases_received", Dimension.COUNTY, MARCH)


async def test_the_database_itself_shows_no_other_province_and_no_case(found: Found, province: Database) -> None:
    neixiang = await found("neixiang")
    await publish_march(neixiang, 40)
    async with open_desk(province, SUPERVISOR) as session:
        query = text("SELECT count(*) FROM metric_snapshot WHERE tenant_id = :tenant OR province_code <> '37'")
        assert await session.scalar(query, {"tenant": neixiang.tenant}) == 0
        for table in ("applicant", "service_case", "evaluation", "callback", "audit_entry", "profile_revision"):
            with pytest.raises(ProgrammingError, match="permission denied"):
                async with session.begin_nested():
                    await session.execute(text(f"SELECT 1 FROM {table}"))  # noqa: S608
        with pytest.raises(DBAPIError, match=r"permission denied|read-only"):
            await session.execute(text("DELETE FROM metric_snapshot"))


@pytest.mark.parametrize(
    "actor",
    [
        Actor.system("taian"),
        Actor(ActorKind.APPLICANT, "taian", "portal"),
        Actor(ActorKind.STAFF, "taian", "staff"),
        Actor(ActorKind.PROVINCE, "taian", "supervisor", province="37"),
        Actor(ActorKind.PROVINCE, None, "supervisor"),
    ],
)
async def test_nobody_else_sits_at_the_desk(province: Database, actor: Actor) -> None:
    with pytest.raises(Refusal) as caught:
        async with open_desk(province, actor):
            pass
    assert caught.value.code is Code.FORBIDDEN


async def test_an_unknown_metric_is_named_with_those_that_exist(province: Database) -> None:
    async with open_desk(province, SUPERVISOR) as session:
        with pytest.raises(Refusal) as caught:
            await compare(session, "37", None, ["rank"], MARCH)
    assert all(code in caught.value.message for code in METRICS)
