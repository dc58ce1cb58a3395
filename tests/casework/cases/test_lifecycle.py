"""The life of a case as pure data: where steps lead, and that every city's case can reach its archive."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.cases.lifecycle import ENDED, IN_HAND, STEPS, step_for, steps_from
from casework.cases.models import CaseState, ServiceKind
from tenants.loader import load_profile, shipped_profiles
from tenants.profile import Profile
from tenants.vocabulary import OPENED_BY_GATE, STATES, TRANSITIONS

KINDS = st.sampled_from(ServiceKind)
PROFILES = [load_profile(path) for path in shipped_profiles()]
WORKFLOWS = [(profile, name) for profile in PROFILES for name in profile.workflows]


def test_states_and_triggers_are_those_of_the_profiles() -> None:
    assert {state.value for state in CaseState} == set(STATES)
    assert {step.trigger for step in STEPS} | {"CREATE", "TRIAGE"} == set(TRANSITIONS)


@given(state=st.sampled_from(CaseState), kind=KINDS)
def test_a_trigger_leads_to_one_place_at_most(state: CaseState, kind: ServiceKind) -> None:
    onward = steps_from(state, kind)
    assert len({step.trigger for step in onward}) == len(onward)
    for step in onward:
        assert step_for(step.trigger, state, kind) is step


@given(kind=KINDS)
def test_nothing_leads_out_of_the_archive(kind: ServiceKind) -> None:
    assert steps_from(CaseState.ARCHIVED, kind) == ()


@given(kind=KINDS, choices=st.lists(st.integers(min_value=0, max_value=20), max_size=40))
def test_a_random_walk_ends_once_and_never_comes_back(kind: ServiceKind, choices: list[int]) -> None:
    state, ended = CaseState.RECEIVED, False
    for choice in choices:
        onward = steps_from(state, kind)
        if not onward:
            break
        state = onward[choice % len(onward)].target
        assert not (ended and state in IN_HAND), "what has ended is not taken in hand again"
        ended = ended or state in ENDED
    assert state is CaseState.ARCHIVED or steps_from(state, kind), "no case is stuck"


@given(kind=KINDS)
def test_an_agent_never_acts_before_the_commission(kind: ServiceKind) -> None:
    prepares = {step.trigger for step in steps_from(CaseState.ACCEPTED, kind)}
    assert ("PREPARE" in prepares) is (kind is not ServiceKind.AGENCY)


@pytest.mark.parametrize(("profile", "name"), WORKFLOWS, ids=lambda each: getattr(each, "tenant", each))
def test_every_workflow_of_every_city_reaches_the_archive(profile: Profile, name: str) -> None:
    workflow = profile.workflows[name]
    kind = ServiceKind(workflow.service_kind)
    reached, waiting = {CaseState.RECEIVED}, [CaseState.RECEIVED]
    while waiting:
        for step in steps_from(waiting.pop(), kind):
            closed = step.trigger in OPENED_BY_GATE and not workflow.gates_at(step.trigger)
            if not closed and step.target not in reached:
                reached.add(step.target)
                waiting.append(step.target)
    assert CaseState.COMPLETED in reached
    assert CaseState.ARCHIVED in reached
    for state in reached:
        assert workflow.stage_at(state.value) is not None, f"{profile.tenant}.{name} shows no stage for {state}"
