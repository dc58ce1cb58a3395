"""Keys, values and the legal basis: each kind of mistake is found with its line, and told what would be right."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenants.loader import PROFILES, Problem, ProfileInvalid, dump, load_profile, parse_profile
from tenants.rules import RULES

Breaker = Callable[[str, str, str], tuple[tuple[Problem, ...], int, int]]
TAIAN = (PROFILES / "taian.yaml").read_text(encoding="utf-8")

WRONG_VALUES = {
    # what: (after this text, right, wrong, key, message, what would be right); found on the line of the value
    "unknown key": ("names:", "en: Taian", "em: x, en: Taian", "names.em", "unknown key 'em'", "en"),
    "unknown key at the top": ("revision", "\n\n", "\nteirs: []\n\n", "teirs", "unknown key 'teirs'", "tiers"),
    "no number": ("tiers:\n", "order: 1", "order: first", "tiers[0].order", "wrong kind", "a whole number"),
    "no list": ("unit_types:\n", "[CITY]", "CITY", "unit_types[0].tiers", "wrong kind", "a list"),
    "no mapping": ("names:", "{zh: 泰安市, en: Taian}", "Taian", "names", "wrong kind", "a mapping"),
    "not true or false": ("calendar:", "days: true", "days: so", "calendar.makeup_workdays", "kind", "true or false"),
    "no date": ("validity:", "2024-08-28", "28.8.2024", "validity.valid_from", "wrong kind", "2024-08-28"),
    "no text": ("validity:", "renewal: silent", "renewal: 5", "validity.renewal", "wrong kind", "text"),
    "no choice": ("validity:", "TRIAL\n", "TRAIL\n", "validity.kind", "'TRAIL' is not possible", "TRIAL"),
    "duplicate key": ("revision", ": 1\n", ": 1\nrevision: 2\n", "revision", "stands twice", "the one on line 9"),
    "bad duration": ("id: assist_response", "PT2H", "2 hours", "timers[0].duration", "not a length of time", ""),
    "bad warning": ("id: assist_response", "PT1H30M", "PT90", "timers[0].warn_at[0]", "not a length of time", ""),
    "weekday": ("calendar:", "TUE", "TEU", "calendar.working_days[1]", "unknown weekday 'TEU'", "TUE"),
    "time zone": ("calendar:", "Shanghai", "Shangai", "calendar.timezone", "unknown time zone", "Asia/Shanghai"),
    "office hours": ("calendar:", "13:30", "11:30", "calendar.office_hours[1]", "do not follow", "in order"),
    "ends too early": ("validity:", "valid_to: 2025", "valid_to: 2023", "validity.valid_to", "ends before", "or later"),
    "tenant code": ("tenant:", "taian", "Tai An", "tenant", "should match pattern", ""),
    "unknown rule": (
        "  agency:\n    zh",
        "TA-16-2 ",
        "TA-16-99 ",
        "workflows.agency.powers[0].cite",
        "unknown",
        "TA-16-",
    ),
    "other tenant": ("Art.12(4)]", "TA-12-11", "ZZ-2-3", "teams[2].cite[0]", "rule of another tenant", "TA-"),
    "other article": (
        "  agency:\n    zh",
        "Art.16]",
        "Art.17]",
        "workflows.agency.powers[0].cite",
        "does not",
        "Art.16]",
    ),
    "attribute": ("id: township-full", "[min]", "[mim]", "staffing[13].default_fields[0]", "no attribute", "min"),
}

WRONG_PARTS = {
    # the same, but what is missing or contradicts itself is found where the part begins
    "missing key": ("- id: demand_callback", "    zh: 诉求定期回访\n", "", "timers[7].zh", "is missing", "zh: …"),
    "trial without end": ("validity:", "  valid_to: 2025-08-28\n", "", "validity", "needs its last day", "valid_to"),
    "no basis": (
        "mail_confirmation:",
        "default: true",
        "default: false",
        "delivery.mail_confirmation",
        "neither",
        "why",
    ),
    "cited and default": (
        "root:",
        "CITY,",
        "CITY, default: true, why: x,",
        "root",
        "marked as a default",
        "leaves open",
    ),
    "default without why": ("calendar:", "why: The", "why: '' # The", "calendar", "without a reason", "why: what"),
    "law from nowhere": ("- id: agency_response", "OPERATIONAL", "REGULATION", "timers[1]", "a default cannot", "OPER"),
    "no limit": (
        "- id: assist_response",
        "    duration: PT2H\n",
        "",
        "timers[0]",
        "neither a duration",
        "MEASURE_ONLY",
    ),
    "two numbers": (
        "- {id: city-chief",
        "exact: 2,",
        "exact: 2, min: 1,",
        "staffing[1]",
        "exact number and a",
        "exact",
    ),
    "no range": (
        "- id: city-window-bands",
        "role:",
        "min: 3\n    max: 1\n    role:",
        "staffing[3]",
        "at least 3",
        "min <=",
    ),
}


def the_one(problems: tuple[Problem, ...], key: str, message: str, expected: str) -> Problem:
    assert len(problems) == 1, "\n".join(str(problem) for problem in problems)
    (problem,) = problems
    assert problem.key.startswith(key)
    assert message in problem.message
    assert expected in problem.expected
    return problem


@pytest.mark.parametrize("what", WRONG_VALUES)
def test_a_wrong_value_is_found_on_its_line(what: str, broken: Breaker) -> None:
    anchor, right, wrong, key, message, expected = WRONG_VALUES[what]
    problems, line, _ = broken(anchor, right, wrong)
    assert the_one(problems, key, message, expected).line == line


@pytest.mark.parametrize("what", WRONG_PARTS)
def test_a_wrong_part_is_found_where_it_begins(what: str, broken: Breaker) -> None:
    anchor, right, wrong, key, message, expected = WRONG_PARTS[what]
    problems, _, line = broken(anchor, right, wrong)
    assert the_one(problems, key, message, expected).line == line


def test_a_rule_that_nothing_cites_is_named() -> None:
    with pytest.raises(ProfileInvalid) as caught:
        parse_profile(TAIAN.replace('"TA-9-4 [000, Art.9]"', '"TA-9-3 [000, Art.9]"'), "city.yaml")
    problem = the_one(
        caught.value.problems, "(whole file)", "no part of the profile cites TA-9-4 [000, Art.9]", "The list is"
    )
    assert problem.line == 1


def test_a_citation_may_leave_the_article_to_the_register() -> None:
    profile = parse_profile(TAIAN.replace('["TA-15-2 [000, Art.15(1)]"]', "[TA-15-2]"), "city.yaml")
    assert profile == load_profile(PROFILES / "taian.yaml")


def test_all_mistakes_of_a_file_are_reported_at_once_in_order() -> None:
    text = TAIAN.replace("timezone: Asia/Shanghai", "timezone: Mars").replace("order: 2", "order: second")
    text = text.replace("guard: ONE_NAMED_AGENT", "guard: ONE_AGENT").replace("revision: 1", "revision: 1\nrevision: 1")
    with pytest.raises(ProfileInvalid) as caught:
        parse_profile(text, "city.yaml")
    problems = caught.value.problems
    assert [problem.key for problem in problems] == [
        "revision",
        "calendar.timezone",
        "tiers[1].order",
        "workflows.agency.gates[8].guard",
    ]
    assert list(problems) == sorted(problems, key=lambda problem: problem.line)
    assert str(caught.value).splitlines()[2] == (
        "city.yaml:95: tiers[1].order: 'second' is of the wrong kind - expected: a whole number"
    )


def test_a_city_with_its_own_register_needs_no_code() -> None:
    rules = {rule.id.replace("TA-", "QQ-"): rule for rule in RULES.values() if rule.tenant == "TA"}
    rules = {new: type(rule)(**{**_fields(rule), "id": new}) for new, rule in rules.items()}
    text = TAIAN.replace("tenant: taian", "tenant: newtown").replace("rule_prefix: TA", "rule_prefix: QQ")
    profile = parse_profile(
        re.sub(r'"?\bTA-(?=\d)', lambda found: found[0].replace("TA", "QQ"), text), "newtown.yaml", rules
    )
    assert profile.timer("assist_response").basis.rules == ("QQ-15-2",)


def _fields(rule: Any) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in type(rule).__dataclass_fields__}


def places(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    entries = document.items() if isinstance(document, dict) else enumerate(document)
    found = []
    for key, part in entries:
        found.append((*path, key))
        if isinstance(part, dict | list):
            found.extend(places(part, (*path, key)))
    return found


def problems_in(text: str) -> tuple[Problem, ...]:
    try:
        parse_profile(text, "city.json")
    except ProfileInvalid as error:
        return error.problems
    return ()


ZAOZHUANG = json.dumps(dump(load_profile(PROFILES / "zaozhuang.yaml")), ensure_ascii=False)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(places(json.loads(ZAOZHUANG))), ANYTHING)
def test_whatever_stands_anywhere_is_accepted_or_explained(place: tuple[Any, ...], value: Any) -> None:
    document = json.loads(ZAOZHUANG)
    part = document
    for key in place[:-1]:
        part = part[key]
    part[place[-1]] = value
    text = json.dumps(document, ensure_ascii=True, indent=0)
    assert all(problem.message and 1 <= problem.line <= text.count("\n") + 1 for problem in problems_in(text))
