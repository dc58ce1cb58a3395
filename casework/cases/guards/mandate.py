"""Guards of the mandate: signed forms, one agent, powers, plan, filing party."""

from casework.cases.facts import Facts
from casework.cases.guards.registry import guard
from casework.cases.models import FiledBy
from casework.kernel.errors import Code, Next
from casework.kernel.gates import Unmet
from casework.mandates.documents import SignedForm
from casework.mandates.models import MandateStatus
from tenants.profile import Gate

DRAFT = Next("draftDocument", "Fill in the form", "填写文书")
SIGN = Next("signDocument", "Sign the form", "签署文书")


def forms_named(gate: Gate) -> tuple[str, ...]:
    """The forms that a gate names."""
    return tuple(gate.params.get("forms", ()))


def _unfilled(facts: Facts, gate: Gate) -> list[str]:
    forms: dict[str, SignedForm] = facts.parts["forms"]
    return [code for code in forms_named(gate) if code not in forms or not forms[code].filled]


def _unsigned(facts: Facts, gate: Gate) -> list[str]:
    forms: dict[str, SignedForm] = facts.parts["forms"]
    return [code for code in forms_named(gate) if code not in forms or not forms[code].signed]


def _titles(facts: Facts, codes: list[str]) -> tuple[str, str]:
    titles = [facts.profile.form(code) for code in codes]
    return ", ".join(f"{form.en} ({form.id})" for form in titles), "、".join(form.zh for form in titles)


@guard("FORMS_FILLED", "forms")
def forms_filled(facts: Facts, gate: Gate) -> Unmet | None:
    """Each named form exists and its required fields are filled."""
    missing = _unfilled(facts, gate)
    if not missing:
        return None
    en, zh = _titles(facts, missing)
    return Unmet(f"Fill in first: {en}.", f"请先填写:{zh}。", lawful_next=(DRAFT,), details={"forms": missing})


@guard("FORMS_SIGNED", "forms")
def forms_signed(facts: Facts, gate: Gate) -> Unmet | None:
    """Each named form carries every required signature."""
    missing = _unsigned(facts, gate)
    if not missing:
        return None
    en, zh = _titles(facts, missing)
    forms: dict[str, SignedForm] = facts.parts["forms"]
    waiting = {code: list(forms[code].unsigned_by) if code in forms else ["not drafted"] for code in missing}
    return Unmet(
        f"Not completely signed: {en}.",
        f"尚未签署完整:{zh}。",
        Code.MANDATE_MISSING if gate.transition == "COMMISSION" else Code.GUARD_REFUSED,
        (DRAFT, SIGN),
        {"forms": missing, "waitingFor": waiting},
    )


@guard("BOTH_SIGNED", "forms")
def both_signed(facts: Facts, gate: Gate) -> Unmet | None:
    """Each named form is signed by the applicant and by the service side."""
    return forms_signed(facts, gate)


@guard("MATERIAL_HANDOVER_SIGNED", "forms")
def material_handover_signed(facts: Facts, gate: Gate) -> Unmet | None:
    """The list of papers handed over is signed."""
    return forms_signed(facts, gate)


@guard("ONE_NAMED_AGENT", "mandate")
def one_named_agent(facts: Facts, _gate: Gate) -> Unmet | None:
    """Exactly one agent acts for the applicant at a time; the table cannot hold two."""
    if facts.parts["mandate"] is not None or facts.attempt.get("agent_id") is not None:
        return None
    return Unmet("Name the agent who will act for the applicant.", "请明确唯一的代办员。")


@guard("MANDATE_IN_FORCE", "mandate")
def mandate_in_force(facts: Facts, _gate: Gate) -> Unmet | None:
    """A signed mandate covers the case and was neither ended nor revoked."""
    mandate = facts.parts["mandate"]
    if mandate is not None and mandate.status == MandateStatus.SIGNED:
        return None
    return Unmet("There is no signed mandate in force.", "没有有效的委托。", Code.MANDATE_MISSING)


@guard("POWER_HELD", "mandate")
def power_held(facts: Facts, gate: Gate) -> Unmet | None:
    """If staff file, the mandate gives them this power; the applicant himself needs none."""
    if facts.attempt.get("filed_by") != FiledBy.AGENT:
        return None
    mandate = facts.parts["mandate"]
    power = gate.params["power"]
    if mandate is not None and mandate.status == MandateStatus.SIGNED and power in mandate.powers:
        return None
    return Unmet(
        f"The mandate does not give the power {power}.",
        "委托范围不包含该项权限。",
        Code.MANDATE_EXCEEDED,
        details={"power": power},
    )


@guard("PLAN_EXISTS", "plans")
def plan_exists(facts: Facts, _gate: Gate) -> Unmet | None:
    """A service plan with milestones is made, or being made in this very step."""
    if facts.parts["plans"] or facts.attempt.get("plan"):
        return None
    return Unmet(
        "Write the service plan first.", "请先制定服务方案。",
        lawful_next=(Next("writePlan", "Write the service plan", "制定服务方案"),),
    )  # fmt: skip


@guard("APPLICANT_OF_RECORD")
def applicant_of_record(facts: Facts, _gate: Gate) -> Unmet | None:
    """The filing names the applicant, never the helper."""
    named = facts.attempt.get("applicant_of_record", facts.case.applicant_id)
    if named == facts.case.applicant_id:
        return None
    return Unmet("The applicant stays the filing party; a helper cannot be.", "申报主体应为申请人本人。")
