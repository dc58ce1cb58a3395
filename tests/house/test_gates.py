"""What a profile may name, the office can do: no guard, condition or event in a city's text is without its code."""

import ast
from collections.abc import Iterator

import pytest

from casework.cases.guards import GUARDS, registry
from casework.cases.lifecycle import STEPS
from casework.catalogue.guide_text import PUBLISHING_GUARDS
from casework.feedback.assign_callback import NOT_THE_HANDLER
from casework.organisation.handover import LEAVING_GUARDS
from casework.relays import guards as relay_guards
from tenants.loader import load_profile, shipped_profiles
from tenants.profile import Profile
from tenants.vocabulary import CONDITIONS, OFFICE_TRANSITIONS, TRANSITIONS
from tests.house.tree import calls, nothing, sources

PROFILES = {path.stem: load_profile(path) for path in shipped_profiles()}
HIGHER_ROOMS = (relay_guards,)
"""Rooms above the cases enter what they know when they are imported, as the program does."""

LEADS_TO_JUDGEMENT = frozenset({"judge", "check_step", "advance", "_end"})
"""Calls that hand a transition on to the judgement of its gates."""

WITHOUT_A_VERB = frozenset({"ISSUE_FEE_NOTICE", "SCHEDULE_VISIT", "RESOLVE_COMPLAINT", "CLOSE_COMPLAINT"})
"""What cities place gates at and nobody can do yet; an entry goes when its verb comes."""


def guards_without_code(profile: Profile) -> Iterator[str]:
    for name, flow in profile.workflows.items():
        for gate in flow.gates:
            if gate.guard not in GUARDS:
                yield f"{profile.tenant}: {gate.guard} at {gate.transition} of {name}"


@pytest.mark.parametrize("city", PROFILES)
def test_every_guard_that_a_city_places_has_its_code(city: str) -> None:
    nothing(guards_without_code(PROFILES[city]))


def test_every_condition_of_a_gate_has_its_code() -> None:
    assert set(registry.CONDITIONS) == set(CONDITIONS)
    assert registry.CONDITION_NEEDS.keys() <= registry.CONDITIONS.keys()


def judged() -> frozenset[str]:
    """The transitions that some verb hands to the judgement of the gates."""
    handed = (
        part.value
        for source in sources("casework")
        for call in calls(source.tree)
        if ast.unparse(call.func).rpartition(".")[2] in LEADS_TO_JUDGEMENT
        for argument in call.args
        for part in ast.walk(argument)
        if isinstance(part, ast.Constant)
    )
    return frozenset(handed) & TRANSITIONS.keys()


def test_every_gate_stands_where_a_verb_comes_by() -> None:
    """A gate at a transition that no verb hands to the judges would be law on paper only."""
    placed = {
        gate.transition for profile in PROFILES.values() for flow in profile.workflows.values() for gate in flow.gates
    }
    nothing(placed - judged())
    nothing({step.trigger for step in STEPS} - judged())


@pytest.mark.parametrize("city", PROFILES)
def test_every_guard_outside_the_path_of_a_case_has_its_code(city: str) -> None:
    nothing(office_guards_without_code(PROFILES[city]))


def office_guards_without_code(profile: Profile) -> Iterator[str]:
    coded = {
        "HANDLE_LEG": GUARDS,
        "END_ROLE": LEAVING_GUARDS,
        "PERFORM_CALLBACK": {NOT_THE_HANDLER},
        "PUBLISH_GUIDE": PUBLISHING_GUARDS,
    }
    for gate in profile.gates:
        if gate.transition not in WITHOUT_A_VERB and gate.guard not in coded[gate.transition]:
            yield f"{profile.tenant}: {gate.guard} at {gate.transition}"


def test_the_office_judges_what_it_does_and_lists_what_it_cannot_do_yet() -> None:
    done = set(OFFICE_TRANSITIONS) - WITHOUT_A_VERB
    named = {
        part.value for source in sources("casework") for part in ast.walk(source.tree) if isinstance(part, ast.Constant)
    }
    nothing(done - named)
    nothing(WITHOUT_A_VERB & named)


def test_the_guard_sees_a_gate_without_code(monkeypatch: pytest.MonkeyPatch) -> None:
    profile = next(iter(PROFILES.values()))
    placed = next(gate.guard for flow in profile.workflows.values() for gate in flow.gates)
    monkeypatch.delitem(GUARDS, placed)
    assert list(guards_without_code(profile))


def test_the_guard_sees_an_office_gate_without_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(GUARDS, "FALLBACK_OWNER_SET")
    assert list(office_guards_without_code(PROFILES["chaonan"])) == ["chaonan: FALLBACK_OWNER_SET at HANDLE_LEG"]
