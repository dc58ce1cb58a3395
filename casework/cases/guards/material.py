"""Guards of the papers: complete, reviewed, in statutory form, handed back."""

from casework.cases.facts import Facts
from casework.cases.guards.mandate import forms_named, forms_signed
from casework.cases.guards.registry import guard
from casework.cases.models import HolderKind, MaterialItem, MaterialState, Medium
from casework.catalogue.models import MaterialRequirement
from casework.kernel.errors import Code, Next
from casework.kernel.gates import Unmet
from tenants.profile import Gate

PRESENT = frozenset({MaterialState.RECEIVED, MaterialState.REVIEWED, MaterialState.SUBMITTED})
RECORD = Next("recordMaterial", "Record a paper", "登记材料")
REVIEW = Next("reviewMaterial", "Review the papers", "初审材料")
GAP = Next("issueGapNotice", "Tell what is missing and how to get it", "一次性告知缺少材料及补齐途径")


def missing_requirements(facts: Facts, *, deferrable: bool = False) -> list[MaterialRequirement]:
    """The papers that the item asks for and the case does not have."""
    materials: list[MaterialItem] = facts.parts["materials"]
    present = {row.requirement_id for row in materials if row.state in PRESENT}
    promised = {row.requirement_id for row in materials if row.state == MaterialState.PROMISED}
    requirements: list[MaterialRequirement] = facts.parts["requirements"]
    return [
        row
        for row in requirements
        if row.id not in present and not (deferrable and row.deferrable and row.id in promised)
    ]


@guard("MATERIALS_COMPLETE", "materials", "requirements")
def materials_complete(facts: Facts, gate: Gate) -> Unmet | None:
    """Every required paper is there."""
    missing = missing_requirements(facts, deferrable=bool(gate.params.get("deferrable")))
    if not missing:
        return None
    names = "、".join(row.name_zh for row in missing)
    return Unmet(
        f"{len(missing)} required paper(s) are missing: {names}.",
        f"缺少材料:{names}。",
        Code.MATERIALS_INCOMPLETE,
        (GAP, RECORD),
        {"missing": [{"name": row.name_zh, "way": row.way_to_obtain_zh} for row in missing]},
    )


@guard("PRELIMINARY_REVIEW_DONE", "materials")
def preliminary_review(facts: Facts, _gate: Gate) -> Unmet | None:
    """Every paper was reviewed against the guide."""
    waiting = [row.name_zh for row in facts.parts["materials"] if row.state == MaterialState.RECEIVED]
    if not waiting:
        return None
    return Unmet(
        f"Not reviewed yet: {'、'.join(waiting)}.", f"尚未初审:{'、'.join(waiting)}。",
        lawful_next=(REVIEW,), details={"unreviewed": waiting},
    )  # fmt: skip


@guard("STATUTORY_FORM", "materials")
def statutory_form(facts: Facts, _gate: Gate) -> Unmet | None:
    """Every paper present has its statutory form: seal, signature, format."""
    faulty = [row for row in facts.parts["materials"] if row.state in PRESENT and row.statutory_form is False]
    if not faulty:
        return None
    names = "、".join(row.name_zh for row in faulty)
    return Unmet(
        f"Not in statutory form: {names}.",
        f"不符合法定形式:{names}。",
        Code.MATERIALS_INCOMPLETE,
        (REVIEW,),
        {"faulty": [{"name": row.name_zh, "note": row.review_note} for row in faulty]},
    )


def _originals_out(facts: Facts) -> list[str]:
    return [
        row.name_zh
        for row in facts.parts["materials"]
        if row.medium == Medium.PAPER
        and row.original
        and row.state in PRESENT
        and row.holder_kind in {HolderKind.UNIT, HolderKind.STAFF, HolderKind.CARRIER}
    ]


@guard("PAPERS_RETURNED", "materials")
def papers_returned(facts: Facts, _gate: Gate) -> Unmet | None:
    """Every original of the applicant is back in his hands."""
    kept = _originals_out(facts)
    if not kept:
        return None
    return Unmet(
        f"Return these originals first: {'、'.join(kept)}.", f"请先退还原件:{'、'.join(kept)}。",
        Code.CUSTODY_BROKEN, (Next("handOverPapers", "Hand the papers back", "退还材料"),), {"kept": kept},
    )  # fmt: skip


@guard("PAPERS_SETTLED", "materials")
def papers_settled(facts: Facts, gate: Gate) -> Unmet | None:
    """No original is left in the office's hands."""
    return papers_returned(facts, gate)


@guard("HANDOVER_RECORD", "forms", "deliveries", "materials")
def handover_record(facts: Facts, gate: Gate) -> Unmet | None:
    """The papers were handed over to the persons concerned, on record."""
    if forms_named(gate):
        return forms_signed(facts, gate)
    if facts.parts["deliveries"]:
        return None
    return Unmet("Record the handover of papers and results first.", "请先办理材料和结果的交接手续。")
