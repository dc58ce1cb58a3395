"""The duty to have teams judged without a database: what is missing, what is enough, and what binds nobody."""

from uuid import UUID

import pytest

from casework.organisation.staffing import Place, Verdict
from casework.teams.duty import Belonging, Standing, TeamFinding, report
from casework.teams.kinds import demanded, serves_one, span_of, stated
from casework.teams.models import MemberSource
from tests.casework.cities import shipped

UNIT, TEAM = UUID(int=1), UUID(int=2)


def place(unit_type: str, tier: str = "CITY") -> Place:
    return Place(UNIT, "U", "某机构", unit_type, tier, "U.", None)


def members(count: int, source: MemberSource = MemberSource.OWN) -> list[Belonging]:
    return [Belonging(TEAM, UUID(int=100 + number), source) for number in range(count)]


def judged(city: str, unit_type: str, code: str, belonging: list[Belonging], subject: str = "") -> TeamFinding:
    team = Standing(TEAM, UNIT, code, "某队", subject)
    found = [each for each in report(shipped(city), [place(unit_type)], [team], belonging) if each.kind.code == code]
    assert len(found) == 1
    return found[0]


@pytest.mark.rule("TA-6-16")
@pytest.mark.parametrize(
    ("count", "verdict"), [(0, Verdict.SHORT), (4, Verdict.SHORT), (5, Verdict.MET), (50, Verdict.MET)]
)
def test_a_three_key_team_has_five_at_least(count: int, verdict: Verdict) -> None:
    found = judged("taian", "county_service_unit", "THREE_KEY", members(count))
    assert (found.verdict, found.actual, found.is_breach) == (verdict, count, True)


@pytest.mark.rule("PX-B-5.1-3")
@pytest.mark.parametrize(
    ("count", "verdict"), [(1, Verdict.SHORT), (2, Verdict.MET), (4, Verdict.MET), (5, Verdict.OVER)]
)
def test_a_zone_team_has_two_to_four(count: int, verdict: Verdict) -> None:
    assert judged("pingxiang", "city_centre", "TAX", members(count)).verdict is verdict


@pytest.mark.rule("PX-B-5.1-2")
def test_what_a_unit_must_have_and_has_not_is_found() -> None:
    found = report(shipped("pingxiang"), [place("city_centre")], [], [])
    assert [each.kind.zh for each in found] == ["社保", "医保", "不动产", "税务", "公积金", "综合"]
    assert {(each.team, each.verdict, each.actual) for each in found} == {(None, Verdict.SHORT, 0)}
    assert report(shipped("pingxiang"), [place("township_hall", "TOWNSHIP")], [], []) == []


@pytest.mark.rule("PX-B-5.1-5")
def test_what_a_text_only_permits_is_never_missing() -> None:
    assert report(shipped("pingxiang"), [place("county_centre", "COUNTY")], [], []) == []
    found = judged("pingxiang", "county_centre", "COUNTY_TEAMS", [], "社保")
    assert (found.verdict, found.is_breach) == (Verdict.ADVISORY, False)


@pytest.mark.rule("PX-B-5.1-4")
def test_members_from_elsewhere_are_counted_apart() -> None:
    mixed = [*members(2, MemberSource.VOLUNTEER), Belonging(TEAM, UUID(int=7), MemberSource.PARTNER)]
    found = judged("pingxiang", "city_centre", "TAX", mixed)
    assert (found.others, found.verdict, dict(found.sources)) == (
        1, Verdict.MET, {MemberSource.VOLUNTEER: 2, MemberSource.PARTNER: 1},
    )  # fmt: skip
    assert judged("taian", "city_service_unit", "THREE_KEY", mixed).others == 0, "a text that names no sources"


def test_a_team_that_serves_somebody_waits_for_him() -> None:
    kinds = {kind.code: kind for kind in shipped("taian").teams}
    assert {code for code, kind in kinds.items() if demanded(kind, "city_service_unit")} == {"THREE_KEY"}
    assert {code for code, kind in kinds.items() if serves_one(kind)} == set(kinds) - {"THREE_KEY"}
    found = judged("taian", "city_service_unit", "PROFESSIONAL", [], "某项目")
    assert (found.verdict, found.is_breach, found.span.least) == (Verdict.SHORT, False, 1), "a default number"


def test_a_team_of_a_kind_that_the_text_no_longer_knows_is_not_judged() -> None:
    team = Standing(TEAM, UNIT, "GONE", "旧队", "")
    assert report(shipped("zaozhuang"), [place("citizen_centre", "VENUE")], [team], members(3)) == []


@pytest.mark.parametrize("city", ["taian", "pingxiang", "neixiang"])
def test_every_kind_of_every_city_has_a_span(city: str) -> None:
    for kind in shipped(city).teams:
        span = span_of(kind)
        assert span.least >= 1
        assert span.most is None or span.most >= span.least
        assert not stated(kind) or kind.min is not None
