"""Taking a step: the one path by which a case changes its state."""

from collections.abc import Mapping
from typing import Any

from casework.cases import guards
from casework.cases.counting import SUBJECT
from casework.cases.facts import Facts
from casework.cases.lifecycle import CANCELS_CLOCKS, Step, step_for, steps_from
from casework.cases.models import Case, CaseStep
from casework.deadlines.clocks import Subject, cancel, react
from casework.kernel.errors import Code, Next, Refusal
from casework.kernel.events import Event
from casework.kernel.gates import all_as_one
from casework.kernel.work import Work
from tenants.vocabulary import OPENED_BY_GATE

CASE = SUBJECT


async def facts_of(work: Work, case: Case, **attempt: Any) -> Facts:
    """Open the facts of a case under the profile that judges it."""
    regulation = await work.pinned(case.revision_id)
    return Facts(work, case, regulation.profile, attempt)


def lawful_step(facts: Facts, trigger: str) -> Step:
    """Give the step, or refuse with what is lawful from here."""
    case = facts.case
    step = step_for(trigger, case.state, case.service_kind)
    if step is not None and opened(facts, trigger):
        return step
    onward = tuple(
        Next(option.mutation, option.label, option.label_zh)
        for option in steps_from(case.state, case.service_kind)
        if opened(facts, option.trigger)
    )
    raise Refusal(
        Code.ILLEGAL_TRANSITION,
        f"This {case.service_kind} case is in state {case.state}; {trigger} is not possible now.",
        "当前状态下不能进行该操作。",
        ("caseId",),
        rules=facts.workflow.basis.rules,
        lawful_next=onward,
        details={"state": case.state.value, "trigger": trigger},
    )


def opened(facts: Facts, trigger: str) -> bool:
    """Some steps exist only where the profile places a gate for them."""
    return trigger not in OPENED_BY_GATE or bool(facts.workflow.gates_at(trigger))


async def check_step(facts: Facts, trigger: str) -> Step:
    """Give the step if the lifecycle knows it and every guard agrees; refuse otherwise, naming all that is in the way."""
    step = lawful_step(facts, trigger)
    refusals = await guards.judge(facts, trigger)
    if refusals:
        raise all_as_one(refusals)
    return step


async def check_office_step(facts: Facts, transition: str) -> None:
    """Refuse something outside the path of a case, such as the start of a leg, when a guard of the city is against it."""
    refusals = await guards.judge_office(facts, transition)
    if refusals:
        raise all_as_one(refusals)


async def advance(facts: Facts, trigger: str, payload: Mapping[str, Any] | None = None) -> Step:
    """Check a step and take it: state, timeline, clocks and event in one transaction."""
    step = await check_step(facts, trigger)
    case, work = facts.case, facts.work
    before = case.state
    case.state = step.target
    record_step(facts, step.trigger, before)
    if trigger in CANCELS_CLOCKS:
        await cancel(work, CASE, case.id)
    await turn_clocks(facts, *step.clocks)
    rules = tuple(dict.fromkeys(rule for gate in facts.workflow.gates_at(trigger) for rule in gate.basis.rules))
    work.emit(
        Event(
            step.event,
            CASE,
            case.id,
            {"from": before.value, "to": step.target.value, "unitId": str(case.unit_id), **(payload or {})},
            rules,
        )
    )
    return step


def record_step(facts: Facts, trigger: str, before: Any) -> None:
    """Write one line of the case's timeline."""
    case, work = facts.case, facts.work
    stage = facts.workflow.stage_at(case.state)
    work.add(
        CaseStep(
            case_id=case.id,
            at=work.now,
            trigger=trigger,
            from_state=before,
            to_state=case.state,
            stage=stage.id if stage else "-",
            actor=work.actor.key,
            staff_id=work.actor.staff_id,
            rules=list(stage.basis.rules) if stage else [],
        )
    )


async def turn_clocks(facts: Facts, *triggers: str, new: bool = False) -> None:
    """Start and stop the clocks that the profile ties to these moments."""
    if not triggers:
        return
    case = facts.case
    await facts.gather(frozenset({"item_version"}))
    version = facts.parts["item_version"]
    revision_id = case.revision_id or facts.work.regulation.revision_id
    subject = Subject(
        kind=CASE,
        id=case.id,
        unit_id=case.intake_unit_id,
        revision_id=revision_id,
        workflow=case.workflow,
        triage_class=case.triage_class,
        limit_value=version.limit_value if version else None,
        limit_unit=version.limit_unit if version else None,
        agreed_at=facts.attempt.get("agreed_at"),
        new=new,
    )
    await react(facts.work, subject, *triggers)
