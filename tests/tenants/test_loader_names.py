"""Names, workflows and gates: a name that leads nowhere is found with its line, and the nearest right one told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tenants.guards import GUARDS
from tenants.loader import PROFILES, Problem, Profile, ProfileInvalid, parse_profile
from tenants.vocabulary import OFFICE_TRANSITIONS, TRANSITIONS

Breaker = Callable[[str, str, str], tuple[tuple[Problem, ...], int, int]]
TAIAN = (PROFILES / "taian.yaml").read_text(encoding="utf-8")
GATES = "workflows.agency.gates"
STAGES = "workflows.assist.stages"

NAMES = {
    # what: (after this text, right, wrong, key, message, what would be right)
    "role": ("code: helper", "[guide]", "[giude]", "roles[6].inherits[0]", "unknown role 'giude'", "guide"),
    "neutral role": ("code: helper", "CASE_WORKER", "CASEWORKER", "roles[6].neutral[0]", "neutral role", "CASE_WORKER"),
    "tier": ("unit_types:\n", "[CITY]", "[CITTY]", "unit_types[0].tiers[0]", "unknown tier 'CITTY'", "CITY"),
    "unit type": ("root:", "city_service", "city_servce", "root.unit_type", "unknown unit_type", "city_service_unit"),
    "unit kind": (
        "unit_types:\n",
        "SERVICE_UNIT",
        "SERVICES",
        "unit_types[0].kind",
        "unknown unit kind",
        "SERVICE_UNIT",
    ),
    "form": (
        "id: A1",
        "one_time_notice",
        "one_time_notise",
        f"{STAGES}[0].produces[0]",
        "unknown form",
        "one_time_notice",
    ),
    "timer": ("id: A1", "[assist_r", "[asist_r", f"{STAGES}[0].timers[0]", "unknown timer", "assist_response"),
    "actor": ("id: A1", "helper]", "helpr]", f"{STAGES}[0].actors[1]", "unknown role or team", "helper"),
    "state": ("id: A2", "FILED]", "FILED, FYLED]", f"{STAGES}[1].states[2]", "unknown state 'FYLED'", "FILED"),
    "workflow": ("- code: TAILORED", "order", "ordre", "modes[4].workflow", "unknown workflow 'ordre'", "order"),
    "stage of a form": ("- id: service_plan", "B2", "B9", "forms[3].stage", "unknown stage 'B9'", "B1"),
    "starts on": ("- id: plan_milestones", "PLAN_AP", "PLAN_OP", "timers[4].starts_on", "timer event", "PLAN_APPROVED"),
    "stops on": ("- id: committed_limit", "DECIDED", "DECIDET", "timers[2].stops_on", "timer event", "DECIDED"),
    "on breach": (
        "- id: committed_limit",
        "URGE_D",
        "URG_D",
        "timers[2].on_breach[1]",
        "breach action",
        "URGE_DEPARTMENT",
    ),
    "clock": ("- id: assist_response", "WORKING_T", "WORK_T", "timers[0].clock", "unknown clock", "WORKING_TIME"),
    "service kind": (
        "  assist:",
        "kind: ASSIST",
        "kind: ASIST",
        "workflows.assist.service_kind",
        "service kind",
        "ASSIST",
    ),
    "list purpose": ("lists:", "AGENCY", "AGENCIES", "catalogue.lists[0].purpose", "unknown list purpose", "AGENCY"),
    "scope rule": (
        "agency_scope:",
        "LISTED_",
        "LIST_",
        "catalogue.agency_scope.rule",
        "scope rule",
        "LISTED_ITEMS_ONLY",
    ),
    "escalation": (
        "escalation:",
        "chief_helper",
        "chief",
        "escalation.chain[0]",
        "unknown role 'chief'",
        "chief_helper",
    ),
    "callback event": (
        "callback:",
        "ASSIST_A",
        "ASIST_A",
        "callback.triggers[0].on",
        "callback event",
        "ASSIST_ARCHIVED",
    ),
    "guard": ("  agency:\n", "ONE_NAMED_AGENT", "ONE_NAMED_AGNET", f"{GATES}[8].guard", "guard", "ONE_NAMED_AGENT"),
    "transition": ("  agency:\n", "DELIVER,", "DELIVR,", f"{GATES}[19].transition", "transition 'DELIVR'", "DELIVER"),
    "office transition": ("\ngates:", "PUBLISH_GUIDE", "FILE", "gates[0].transition", "FILE does not happen", "one of"),
    "case transition": ("  agency:\n", "DELIVER,", "END_ROLE,", f"{GATES}[19].transition", "does not happen", "one of"),
    "parameter": (
        "  agency:\n",
        "{list: A",
        "{lists: 1, list: A",
        f"{GATES}[6].params.lists",
        "takes no parameter",
        "list",
    ),
    "gate's list": (
        "  agency:\n",
        "{list: AGENCY}",
        "{list: AGENT}",
        f"{GATES}[6].params.list",
        "list purpose",
        "AGENCY",
    ),
    "gate's form": (
        "guard: ARCHIVE_CONTENTS, params: {forms: [agency",
        "[agency_file]",
        "[agency_fiel]",
        f"{GATES}[26].params.forms[0]",
        "form",
        "agency_file",
    ),
    "gate's forms": (
        "guard: ARCHIVE_CONTENTS, params: {forms: [agency",
        "[agency_file]",
        "[]",
        f"{GATES}[26].params.forms[0]",
        "unknown form",
        "agency_file",
    ),
    "condition": (
        "guard: ARCHIVE_CONTENTS, params: {forms: [agency",
        "MANDATED",
        "MANDATE",
        f"{GATES}[26].params.when",
        "unknown condition",
        "MANDATED",
    ),
    "power": ("  agency:\n", "power: PROXY_F", "power: PROXY_P", f"{GATES}[16].params.power", "power", "PROXY_FILING"),
    "delivery": (
        "  agency:\n",
        "delivery: MAIL",
        "delivery: MALE",
        f"{GATES}[21].params.when_delivery",
        "method",
        "MAIL",
    ),
}


@pytest.mark.parametrize("what", NAMES)
def test_a_name_that_leads_nowhere_is_found_on_its_line(what: str, broken: Breaker) -> None:
    anchor, right, wrong, key, message, expected = NAMES[what]
    problems, line, _ = broken(anchor, right, wrong)
    problem = next(problem for problem in problems if problem.key == key)
    assert problem.line == line
    assert message in problem.message
    assert expected in problem.expected


def problems_with(*edits: tuple[str, str]) -> list[str]:
    text = TAIAN
    for right, wrong in edits:
        assert right in text
        text = text.replace(right, wrong, 1)
    with pytest.raises(ProfileInvalid) as caught:
        parse_profile(text, "city.yaml")
    return [f"{problem.key}: {problem.message}" for problem in caught.value.problems]


def test_a_state_without_a_stage_is_named() -> None:
    assert problems_with(("states: [COMPLETED, TERMINATED, ARCHIVED]", "states: [COMPLETED, ARCHIVED]")) == [
        "workflows.agency.stages: no stage covers TERMINATED"
    ]


def test_a_transition_that_a_gate_opens_needs_a_stage() -> None:
    gate = "- {transition: PLAN, guard: PLAN_EXISTS"
    opened = '- {transition: DECLINE, guard: GROUND_IN_LIST, cite: ["TA-9-2 [000, Art.9]"]}\n      ' + gate
    assert problems_with((gate, opened)) == ["workflows.agency.stages: no stage covers DECLINED"]


def test_a_name_is_declared_once() -> None:
    found = problems_with(("{code: COUNTY, zh: 县级", "{code: CITY, zh: 县级"))
    assert "tiers[1].code: the tier 'CITY' is declared twice" in found


def test_a_stage_stands_once_in_its_workflow() -> None:
    assert "workflows.assist.stages[1].id: the stage 'A1' stands twice" in problems_with(("- id: A2", "- id: A1"))


def test_a_guard_without_its_parameter_is_refused() -> None:
    assert problems_with((", params: {list: AGENCY}", "")) == [
        "workflows.agency.gates[6].params: the guard needs the parameter 'list'"
    ]


def test_the_same_gate_does_not_stand_twice() -> None:
    gate = '- {transition: COMMISSION, guard: ONE_NAMED_AGENT, cite: ["TA-18-3 [000, Art.18(1)]"]}\n'
    assert problems_with((gate, gate + "      " + gate)) == ["workflows.agency.gates[9]: the same gate stands twice"]


def test_complete_papers_are_asked_for_where_the_workflow_says() -> None:
    assert problems_with(("materials_gate: BEFORE_FILING", "materials_gate: BEFORE_MANDATE")) == [
        "workflows.agency.materials_gate: a gate at FILE asks for complete papers",
        "workflows.agency.materials_gate: no gate asks for complete papers at COMMISSION",
    ]


def test_a_conversion_needs_a_gate_and_a_workflow_to_go_on_with() -> None:
    assert problems_with(("    converts_to: [agency]\n", ""), ("converts_to]", "extent]"))[-1:] == [
        "workflows.assist: a gate for CONVERT, but no workflow to go on with"
    ]


def test_one_workflow_is_the_default_for_a_kind_of_service() -> None:
    found = problems_with(("default_for: ORDER", "default_for: AGENCY"))
    assert found == ["workflows.order.default_for: 'agency' is already the default for AGENCY"]
    assert "workflows: no workflow is the default for ASSIST" in problems_with(
        ("default_for: ASSIST", "default_for: ORDER")
    )


def test_roles_do_not_inherit_in_a_circle() -> None:
    guide = 'tiers: [CITY, COUNTY, TOWNSHIP, VILLAGE]\n    cite: ["TA-5-1 '
    found = problems_with((guide, guide.replace("\n", "\n    inherits: [helper]\n")))
    assert "roles[6].inherits: the role 'helper' inherits from itself" in found


def test_every_name_the_profiles_use_is_of_the_closed_lists(profile: Profile) -> None:
    for flow in profile.workflows.values():
        assert {gate.transition for gate in flow.gates} <= TRANSITIONS.keys()
    gates = [*profile.gates, *(gate for flow in profile.workflows.values() for gate in flow.gates)]
    assert {gate.guard for gate in gates} <= GUARDS.keys()
    assert {gate.transition for gate in profile.gates} <= OFFICE_TRANSITIONS.keys()


def test_every_guard_is_placed_by_some_city(profiles: dict[str, Profile]) -> None:
    used = {
        gate.guard
        for profile in profiles.values()
        for gate in (*profile.gates, *(gate for flow in profile.workflows.values() for gate in flow.gates))
    }
    assert GUARDS.keys() - used == set()
