"""The staffing duty judged without a database: every band, every city, and what holds for any numbers."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.organisation.cures import CureKind
from casework.organisation.models import Engagement
from casework.organisation.requirements import Requirement, Span, banded, requirements
from casework.organisation.staffing import Aspect, Finding, Held, Place, Verdict, judged, report, totals, verdict_of
from tests.casework.cities import shipped

UNIT = UUID(int=1)
FULL, PART, BESIDE = Engagement.FULL_TIME, Engagement.PART_TIME, Engagement.CONCURRENT


def place(unit_type: str, tier: str, headcount: int | None = None) -> Place:
    return Place(UNIT, "U", "某机构", unit_type, tier, "U.", headcount)


def wanted(city: str, code: str, role: str | None = None) -> Requirement:
    found = [each for each in requirements(shipped(city)) if each.code == code and role in (None, each.role_code)]
    assert len(found) == 1
    return found[0]


def people(role: str, count: int, engagement: Engagement = FULL, *, first: int = 0, counts: bool = True) -> list[Held]:
    return [Held(UNIT, UUID(int=100 + first + number), role, engagement, None, counts) for number in range(count)]


def window(headcount: int | None, helpers: int, tier: str = "CITY") -> Finding:
    code = f"{tier.lower()}-window-bands"
    (found,) = judged(
        place("settled_department", tier, headcount), wanted("taian", code), people("dept_helper", helpers, PART)
    )
    return found


BANDS = [
    (2, 0, Verdict.SHORT, (1, 1, None), ["TA-6-5"]),
    (2, 1, Verdict.MET, (1, 1, None), ["TA-6-5"]),
    (3, 0, Verdict.SHORT, (1, None, 2), ["TA-6-5", "TA-6-6"]),
    (3, 1, Verdict.UNDEFINED, (1, None, 2), ["TA-6-5", "TA-6-6"]),
    (3, 2, Verdict.UNDEFINED, (1, None, 2), ["TA-6-5", "TA-6-6"]),
    (4, 1, Verdict.SHORT, (2, 2, None), ["TA-6-6"]),
    (9, 2, Verdict.MET, (2, 2, None), ["TA-6-6"]),
    (9, 3, Verdict.OVER, (2, 2, None), ["TA-6-6"]),
    (10, 1, Verdict.SHORT, (2, None, 3), ["TA-6-6", "TA-6-7"]),
    (10, 2, Verdict.UNDEFINED, (2, None, 3), ["TA-6-6", "TA-6-7"]),
    (11, 2, Verdict.SHORT, (3, 4, None), ["TA-6-7"]),
    (12, 4, Verdict.MET, (3, 4, None), ["TA-6-7"]),
    (12, 5, Verdict.OVER, (3, 4, None), ["TA-6-7"]),
]


@pytest.mark.rule("TA-6-5", "TA-6-6", "TA-6-7")
@pytest.mark.parametrize(("headcount", "helpers", "verdict", "span", "rules"), BANDS)
def test_each_band_of_a_window(
    headcount: int, helpers: int, verdict: Verdict, span: tuple[int, int | None, int | None], rules: list[str]
) -> None:
    found = window(headcount, helpers)
    assert found.span is not None
    assert (found.verdict, (found.span.least, found.span.most, found.span.advised)) == (verdict, span)
    assert list(found.rules) == rules
    assert found.stated is (verdict is not Verdict.UNDEFINED)


@pytest.mark.rule("TA-6-6", "TA-6-7")
def test_where_the_text_is_undefined_the_upper_band_is_advice() -> None:
    (cure,) = window(10, 2).cures
    assert (cure.kind, cure.count, cure.advice) == (CureKind.APPOINT, 1, True)
    assert cure.text_zh.startswith("建议增配1名")
    assert window(10, 3).cures == ()
    (cure,) = window(11, 2).cures
    assert (cure.count, cure.advice, cure.engagement) == (1, False, PART)


def test_a_window_of_unknown_size_is_undefined() -> None:
    found = window(None, 2)
    assert (found.verdict, found.span) == (Verdict.UNDEFINED, None)
    assert [cure.kind for cure in found.cures] == [CureKind.RECORD_HEADCOUNT]


@pytest.mark.rule("TA-6-14")
def test_a_county_is_advised_by_reference_to_the_city() -> None:
    short = window(4, 1, "COUNTY")
    assert (short.verdict, short.stated, short.cures[0].advice) == (Verdict.ADVISORY, False, True)
    assert list(short.rules) == ["TA-6-14", "TA-6-6"]
    assert window(4, 2, "COUNTY").verdict is Verdict.MET


@pytest.mark.rule("TA-6-3", "TA-4-1")
def test_full_time_posts_are_not_filled_part_time() -> None:
    liaisons = [*people("liaison", 4), *people("liaison", 1, PART, first=4)]
    (found,) = judged(place("city_service_unit", "CITY"), wanted("taian", "city-liaison"), liaisons)
    assert (found.verdict, found.actual) == (Verdict.SHORT, 4)
    assert [(cure.kind, cure.count, cure.engagement) for cure in found.cures] == [(CureKind.CHANGE_ENGAGEMENT, 1, FULL)]


@pytest.mark.rule("TA-6-20")
def test_a_townships_chief_helper_is_the_head_of_the_centre() -> None:
    town, chief = place("township_window", "TOWNSHIP"), wanted("taian", "township-chief")
    number, post = judged(town, chief, people("chief_helper", 1))
    assert (number.verdict, post.verdict, post.aspect) == (Verdict.MET, Verdict.NOT_MET, Aspect.POST)
    assert "便民服务中心负责人" in post.cures[0].text_zh
    head = Held(UNIT, UUID(int=9), "chief_helper", FULL, "便民服务中心负责人")
    assert [found.verdict for found in judged(town, chief, [head])] == [Verdict.MET, Verdict.MET]
    assert [found.verdict for found in judged(town, chief, [])] == [Verdict.SHORT]


@pytest.mark.rule("TA-6-26", "PX-B-5.1-1")
@pytest.mark.parametrize(
    ("city", "code", "unit_type", "tier"),
    [
        ("taian", "village-full-time", "village_station", "VILLAGE"),
        ("pingxiang", "centre-specialists", "city_centre", "CITY"),
        ("chaonan", "presence", "village_station", "VILLAGE"),
    ],
)
def test_a_number_that_no_text_states_is_no_breach(city: str, code: str, unit_type: str, tier: str) -> None:
    (found,) = judged(place(unit_type, tier), wanted(city, code), [])
    assert (found.verdict, found.stated, found.wanted.least) == (Verdict.SHORT, False, 1)


@pytest.mark.rule("ZZ-3-1", "ZZ-F1-2")
def test_zaozhuangs_body_counts_and_its_remark_wants_both_positions() -> None:
    desk = [place("settled_department", "VENUE")]
    verdicts = {
        (found.wanted.code, found.wanted.role_code): (found.verdict, found.actual)
        for found in report(shipped("zaozhuang"), desk, people("specialist", 3))
    }
    assert verdicts == {
        ("dept-specialists", "specialist"): (Verdict.MET, 3),
        ("dept-positions", "coordination_specialist"): (Verdict.SHORT, 0),
        ("dept-positions", "specialist"): (Verdict.MET, 3),
    }
    pair = [*people("specialist", 1), *people("coordination_specialist", 1, first=1)]
    assert totals(report(shipped("zaozhuang"), desk, pair))[Verdict.MET] == 3


@pytest.mark.rule("PX-B-5.1-8", "PX-B-5.1-6")
@pytest.mark.parametrize(
    ("count", "verdict"), [(0, Verdict.SHORT), (1, Verdict.MET), (2, Verdict.MET), (3, Verdict.OVER)]
)
def test_pingxiangs_departments_have_one_or_two(count: int, verdict: Verdict) -> None:
    desk = place("settled_department", "COUNTY")
    (found,) = judged(desk, wanted("pingxiang", "dept-specialists"), people("dept_specialist", count))
    assert (found.verdict, found.stated) == (verdict, True)
    assert (found.cures == ()) is (count > 0)


@pytest.mark.rule("NX-1-1", "NX-1-2", "NX-1-3", "NX-1-4", "NX-1-5", "NX-1-6", "NX-A4-2")
@pytest.mark.parametrize(
    ("code", "unit_type", "tier", "role", "most"),
    [
        ("township-supervisor", "township", "TOWNSHIP", "service_supervisor", 1),
        ("village-grid", "village", "VILLAGE", "grid_agent", None),
        ("group-grid", "group", "GROUP", "grid_agent", 1),
        ("dept-helper", "functional_department", "COUNTY", "dept_helper", 1),
        ("dept-supervisor", "functional_department", "COUNTY", "service_supervisor", 1),
    ],
)
def test_neixiangs_numbers(code: str, unit_type: str, tier: str, role: str, most: int | None) -> None:
    unit, requirement = place(unit_type, tier), wanted("neixiang", code)
    verdicts = [judged(unit, requirement, people(role, count))[0].verdict for count in (0, 1, 2)]
    assert verdicts == [Verdict.SHORT, Verdict.MET, Verdict.OVER if most else Verdict.MET]


@pytest.mark.rule("NX-1-1")
def test_neixiangs_agent_is_the_project_officer_in_one_person() -> None:
    town, agent = place("township", "TOWNSHIP"), wanted("neixiang", "township-agent")
    one = [*people("grassroots_agent", 1), *people("project_officer", 1, BESIDE)]
    assert [found.verdict for found in judged(town, agent, one)] == [Verdict.MET, Verdict.MET]
    two = [*people("grassroots_agent", 1), *people("project_officer", 1, first=1)]
    number, same = judged(town, agent, two)
    assert (number.verdict, same.verdict, same.aspect) == (Verdict.MET, Verdict.NOT_MET, Aspect.SAME_PERSON)
    assert [(cure.kind, cure.role_code) for cure in same.cures] == [(CureKind.APPOINT_SAME_PERSON, "project_officer")]


def test_one_person_with_two_counting_posts_is_one() -> None:
    desk = place("settled_department", "VENUE")
    both = [*people("specialist", 1), *people("coordination_specialist", 1)]
    (found,) = judged(desk, wanted("zaozhuang", "dept-specialists"), both)
    assert (found.verdict, found.actual) == (Verdict.SHORT, 1)


NUMBERS = st.integers(0, 40)


@settings(max_examples=150)
@given(NUMBERS, NUMBERS)
def test_any_window_has_a_span_and_a_breach_needs_a_rule(headcount: int, helpers: int) -> None:
    rule = wanted("taian", "city-window-bands").numbers
    span = banded(rule, headcount)
    assert span is not None
    found = window(headcount, helpers)
    assert (found.verdict is Verdict.SHORT) == (helpers < span.least)
    assert bool(found.rules)
    assert span.defined is (headcount not in (3, 10))


@settings(max_examples=150)
@given(NUMBERS, NUMBERS, st.none() | NUMBERS, st.none() | NUMBERS, st.booleans(), st.booleans())
def test_more_people_never_make_it_shorter(
    actual: int, least: int, above: int | None, advised: int | None, defined: bool, binding: bool
) -> None:
    span = Span(least, None if above is None else least + above, advised, defined)
    order = [verdict_of(number, span, binding) for number in range(actual, actual + 3)]
    lacking = [verdict in (Verdict.SHORT, Verdict.ADVISORY) for verdict in order]
    assert lacking == sorted(lacking, reverse=True)
    assert (Verdict.SHORT in order) <= binding


@settings(max_examples=100)
@given(st.integers(1, 12), st.integers(0, 6), st.integers(0, 6), st.integers(0, 6))
def test_the_cures_of_a_shortfall_cure_it(headcount: int, right: int, waiting: int, full: int) -> None:
    held = [
        *people("dept_helper", right, PART),
        *people("dept_helper", waiting, PART, first=20, counts=False),
        *people("dept_helper", full, FULL, first=40),
    ]
    (found,) = judged(place("settled_department", "CITY", headcount), wanted("taian", "city-window-bands"), held)
    if found.verdict is Verdict.SHORT:
        assert found.span is not None
        assert found.actual + gained(found) == max(found.span.least, found.span.advised or 0)
        cured = [*people("dept_helper", found.actual + gained(found), PART)]
        (after,) = judged(found.place, found.wanted, cured)
        assert after.verdict in (Verdict.MET, Verdict.UNDEFINED)


def gained(found: Finding) -> int:
    return sum(cure.count for cure in found.cures)
