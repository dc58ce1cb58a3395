"""Papers of a case: recorded when they come, reviewed against the item, missing ones told once."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from casework.cases.access import join, load_case
from casework.cases.advance import CASE, facts_of, turn_clocks
from casework.cases.draft_document import write_form
from casework.cases.guards.material import missing_requirements
from casework.cases.models import Case, GapNotice, HolderKind, MaterialItem, MaterialState, Medium
from casework.catalogue.guides import text_told
from casework.catalogue.models import MaterialRequirement
from casework.kernel.errors import Code, Refusal, invalid, not_found
from casework.kernel.events import Event
from casework.kernel.work import Work
from tenants.profile import Profile

UPLOAD = "material.upload"
REVIEW = "material.review"
GAP = "notice.gap_issue"
GAP_FORM = "gap_notice"


@dataclass(frozen=True)
class RecordMaterial:
    """A paper that came in: which requirement it meets, on paper or as a file."""

    case_id: UUID
    name: str
    requirement_id: UUID | None = None
    medium: Medium = Medium.PAPER
    original: bool = False
    copies: int = 1


@dataclass(frozen=True)
class ReviewMaterial:
    """The result of looking at one paper."""

    material_id: UUID
    accepted: bool
    statutory_form: bool = True
    note: str | None = None


@dataclass(frozen=True)
class IssueGapNotice:
    """Tell all that is missing and how to get it."""

    case_id: UUID
    expected_version: int | None = None


async def record_material(work: Work, intent: RecordMaterial) -> MaterialItem:
    """Record a paper as received; whoever took it holds it from now on."""
    case = await load_case(work, intent.case_id, UPLOAD)
    if intent.requirement_id is not None:
        requirement = await work.load(
            MaterialRequirement, intent.requirement_id, "requirement", "材料要求", "requirementId"
        )
        if requirement.item_version_id != case.item_version_id:
            raise invalid("This item does not ask for that paper.", "该事项不要求此材料。", "requirementId")
    if not intent.name.strip() or not 1 <= intent.copies <= 99:
        raise invalid("A paper has a name and 1 to 99 copies.", "请填写材料名称和份数。", "name")
    await join(work, case, work.actor.staff_id, "HELPER")
    at_desk = work.actor.staff_id is not None and intent.medium is Medium.PAPER
    material = work.add(
        MaterialItem(
            case_id=case.id,
            requirement_id=intent.requirement_id,
            name_zh=intent.name.strip(),
            medium=intent.medium,
            original=intent.original,
            copies=intent.copies,
            state=MaterialState.RECEIVED,
            holder_kind=HolderKind.UNIT if at_desk else HolderKind.APPLICANT,
            holder_id=case.unit_id if at_desk else case.applicant_id,
        )
    )
    await work.session.flush()
    work.emit(Event("material.received", CASE, case.id, {"materialId": str(material.id)}))
    return material


async def review_material(work: Work, intent: ReviewMaterial) -> MaterialItem:
    """Review one paper against the item and its statutory form (TA-18-7, TA-18-8)."""
    hidden = not_found("paper", "材料", ("materialId",), intent.material_id)
    material = await work.find(MaterialItem, intent.material_id, lock=True)
    if material is None:
        raise hidden
    case = await load_case(work, material.case_id, REVIEW, lock=False, hidden=hidden)
    if material.state not in {MaterialState.RECEIVED, MaterialState.REVIEWED, MaterialState.REJECTED}:
        raise Refusal(Code.ILLEGAL_TRANSITION, "This paper is not here to be reviewed.", "该材料不在可初审状态。")
    material.state = MaterialState.REVIEWED if intent.accepted else MaterialState.REJECTED
    material.statutory_form = intent.statutory_form
    material.review_note = intent.note
    material.guide_version_id = await text_told(work, case.unit_path, case.item_version_id)
    work.emit(Event("material.reviewed", CASE, case.id, {"materialId": str(material.id), "accepted": intent.accepted}))
    await work.session.flush()
    return material


async def issue_gap_notice(work: Work, intent: IssueGapNotice) -> Case:
    """Tell once all that is missing and how to get it; a second notice is kept as a defect (ZZ-7.2-2, PX-B-4.2-3)."""
    case = await load_case(work, intent.case_id, GAP, expected_version=intent.expected_version)
    facts = await facts_of(work, case)
    await facts.gather(frozenset({"materials", "requirements"}))
    missing = missing_requirements(facts)
    if not missing:
        raise invalid("Nothing is missing.", "材料齐全,无须告知。", "caseId")
    defect = case.gap_notices_issued > 0
    items = [{"missing": row.name_zh, "way": row.way_to_obtain_zh} for row in missing]
    work.add(GapNotice(case_id=case.id, issued_at=work.now, issued_by=work.actor.staff_id, items=items, defect=defect))
    case.gap_notices_issued += 1
    await join(work, case, work.actor.staff_id, "HELPER")
    work.emit(Event("notice.gap_issued", CASE, case.id, {"count": case.gap_notices_issued, "defect": defect}))
    await work.session.flush()
    await _as_form(work, case, facts.profile, items)
    await turn_clocks(facts, "GAP_NOTICE")
    return case


async def _as_form(work: Work, case: Case, profile: Profile, items: list[dict[str, str]]) -> None:
    """Where the city has a form for the notice, the notice is that form, filled in."""
    form = next((form for form in profile.forms if form.id == GAP_FORM), None)
    if form is not None:
        missing = "、".join(item["missing"] for item in items)
        way = ";".join(item["way"] for item in items)
        await write_form(work, case, form, {"missing": missing, "way": way})


async def materials_of(work: Work, case_id: UUID) -> list[MaterialItem]:
    """The papers of a case, oldest first."""
    query = (
        select(MaterialItem)
        .where(MaterialItem.tenant_id == work.tenant, MaterialItem.case_id == case_id)
        .order_by(MaterialItem.id)
    )
    return list((await work.session.scalars(query)).all())
