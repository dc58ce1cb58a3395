"""How guards are judged: the profile places them at a step, this registry knows what each one asks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from casework.cases.facts import Facts
from casework.cases.models import CaseState
from casework.kernel.errors import Refusal
from casework.kernel.gates import Unmet, refusal_of
from tenants.profile import Gate

Check = Callable[[Facts, Gate], Unmet | None]


@dataclass(frozen=True)
class Guard:
    """One guard: which parts of the case it reads, and its judgement."""

    needs: frozenset[str]
    check: Check


GUARDS: dict[str, Guard] = {}


def guard(name: str, *needs: str) -> Callable[[Check], Check]:
    """Enter a judgement under the name that profiles use for it."""

    def enter(check: Check) -> Check:
        GUARDS[name] = Guard(frozenset(needs), check)
        return check

    return enter


def _on_spot(facts: Facts) -> bool:
    return facts.case.filed_at is None


def _same_day_missed(facts: Facts) -> bool:
    same_day = {timer.id for timer in facts.profile.timers if timer.duration == "SAME_DAY"}
    return bool(same_day & facts.parts["breached"])


CONDITIONS: Mapping[str, Callable[[Facts], bool]] = {
    "ON_SPOT": _on_spot,
    "NOT_ON_SPOT": lambda facts: not _on_spot(facts),
    "SAME_DAY_MISSED": _same_day_missed,
    "MANDATED": lambda facts: facts.parts["mandate"] is not None,
    "SERVICE_ENDED": lambda facts: facts.case.state in {CaseState.COMPLETED, CaseState.TERMINATED},
}


CONDITION_NEEDS: Mapping[str, frozenset[str]] = {
    "SAME_DAY_MISSED": frozenset({"breached"}),
    "MANDATED": frozenset({"mandate"}),
}


def applies(gate: Gate, facts: Facts) -> bool:
    """Say whether a gate concerns this case at all: its condition, its way of delivery, its triage class."""
    when = gate.params.get("when")
    if when is not None and not CONDITIONS[when](facts):
        return False
    triage = gate.params.get("when_triage")
    if triage is not None and facts.case.triage_class != triage:
        return False
    delivery = gate.params.get("when_delivery")
    return delivery is None or delivery_method(facts) == delivery


def delivery_method(facts: Facts) -> str | None:
    """The way of delivery in question: the one attempted now, or the latest recorded."""
    attempted = facts.attempt.get("delivery_method")
    if attempted is not None:
        return str(attempted)
    deliveries = facts.parts.get("deliveries") or []
    return deliveries[-1].method if deliveries else None


def needs_of(gates: tuple[Gate, ...]) -> frozenset[str]:
    """Name the parts of a case that these gates read."""
    names: set[str] = set()
    for gate in gates:
        names |= GUARDS[gate.guard].needs
        names |= CONDITION_NEEDS.get(str(gate.params.get("when")), frozenset())
        if gate.params.get("when_delivery") is not None:
            names.add("deliveries")
    return frozenset(names)


async def judge(facts: Facts, trigger: str) -> tuple[Refusal, ...]:
    """Judge every guard that the profile places before a step; an empty answer lets the step pass."""
    return await _judge_gates(facts, facts.workflow.gates_at(trigger))


async def judge_office(facts: Facts, transition: str) -> tuple[Refusal, ...]:
    """Judge the guards before something that happens to a case outside its own path, such as the start of a leg."""
    return await _judge_gates(facts, facts.profile.gates_at(transition))


async def _judge_gates(facts: Facts, gates: tuple[Gate, ...]) -> tuple[Refusal, ...]:
    await facts.gather(needs_of(gates))
    judged = ((gate, GUARDS[gate.guard].check(facts, gate)) for gate in gates if applies(gate, facts))
    return tuple(refusal_of(gate, unmet) for gate, unmet in judged if unmet is not None)
