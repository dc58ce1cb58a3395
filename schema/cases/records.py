"""What hangs on a case: papers, documents, notices, filings, deliveries, steps and clocks."""

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from strawberry import relay

from casework.cases.models import (
    CaseState,
    CaseStep,
    Decision,
    Delivery,
    ExplanationNotice,
    FiledBy,
    Filing,
    GapNotice,
    HolderKind,
    MaterialItem,
    MaterialState,
    Medium,
    OneTimeNotice,
)
from casework.cases.queries import of_visible_case
from casework.deadlines.models import LegalStatus, Timer, TimerState
from casework.mandates.models import Document, Mandate, MandateStatus, Signature, SignatureMethod
from schema.cases.clocks import CountedWindow, reading_of, windows_of
from schema.guides.types import GuideVersionView
from schema.reading.declare import computed, many, one
from schema.reading.lens import Lens
from schema.refusals import RuleReference
from schema.regulation import rule_of, rules_of
from schema.shown import Shown, shows


@shows(
    MaterialItem,
    name="Material",
    description="One paper or file of a case and who holds it now (材料).",
    seen=of_visible_case(MaterialItem.case_id),
    noted="read_material_item",
)
class MaterialNode(Shown, relay.Node):
    """One paper or file of a case."""

    id: relay.NodeID[UUID]
    name_zh: str = strawberry.field(description="Name of the paper (材料名称).")
    medium: Medium = strawberry.field(description="Paper or file (载体).")
    original: bool = strawberry.field(description="Whether it is an original (原件).")
    copies: int = strawberry.field(description="How many (份数).")
    state: MaterialState = strawberry.field(description="Where it stands (状态).")
    statutory_form: bool | None = strawberry.field(description="In statutory form; null before review (法定形式).")
    review_note: str | None = strawberry.field(description="What the review found (初审意见).")
    holder_kind: HolderKind = strawberry.field(description="Who holds it now (持有人).")

    reviewed_against: GuideVersionView | None = one(
        MaterialItem.guide_version_id,
        "The text of the guide or handbook that it was reviewed against; null before, or where none tells the item (初审依据).",
    )


@shows(Signature, name="Signature", description="One party's signature under a document (签字).")
class SignatureView(Shown):
    """One party's signature."""

    party: str = strawberry.field(description="APPLICANT, SERVICE_UNIT or CASE_WORKER (签字方).")
    method: SignatureMethod = strawberry.field(description="How it was given (签署方式).")
    signed_at: datetime = strawberry.field(description="When (签署时间).")


@shows(
    Document,
    name="Document",
    description="A filled form of a case with its signatures (文书).",
    seen=of_visible_case(Document.case_id),
    noted="read_document",
)
class DocumentNode(Shown, relay.Node):
    """A filled form of a case."""

    id: relay.NodeID[UUID]
    form_code: str = strawberry.field(description="Code of the city's form (文书代码).")
    edition: int = strawberry.field(description="Which edition of this form in this case, from 1 (版次).")
    complete_at: datetime | None = strawberry.field(description="When the last required party signed (签署完成时间).")

    signatures: list[SignatureView] = many(
        Signature.document_id, Signature.id.expression, description="The signatures under it, oldest first (签字)."
    )


@shows(Mandate, name="Mandate", description="Authority to act for the applicant (委托).")
class MandateView(Shown):
    """Authority to act for the applicant."""

    extent: str = strawberry.field(description="FULL or PARTIAL (全程/部分).")
    powers: list[str] = strawberry.field(description="Powers by the city's codes (委托范围).")
    status: MandateStatus = strawberry.field(description="Where it stands (状态).")
    signed_at: datetime | None = strawberry.field(description="When it came into force (签订时间).")
    ended_at: datetime | None = strawberry.field(description="When it ended or was revoked (结束时间).")


@strawberry.type(description="One part of a notice or form (要素).")
class Part:
    """One part of a notice or form."""

    key: str = strawberry.field(description="Key of the city's form (要素代码).")
    value: str = strawberry.field(description="What it says (内容).")


def parts_of(_lens: Lens, parts: dict[str, Any]) -> list[Part]:
    """Show the parts of a notice by their keys."""
    return [Part(key=key, value=str(value)) for key, value in parts.items()]


@shows(OneTimeNotice, name="OneTimeNotice", description="The notice that tells everything at once (一次性告知).")
class NoticeView(Shown):
    """The notice that tells everything at once."""

    issued_at: datetime = strawberry.field(description="When it was issued (告知时间).")

    parts: list[Part] = computed(
        parts_of,
        OneTimeNotice.parts,
        stable=False,
        description="Its parts by the keys of the city's form (告知要素).",
    )


@strawberry.type(description="A paper that is missing and the way to get it (缺少材料).")
class Gap:
    """A paper that is missing and the way to get it."""

    missing: str = strawberry.field(description="Name of the paper (缺少材料).")
    way: str = strawberry.field(description="How one gets it (补齐途径).")


def gaps_of(_lens: Lens, items: list[Any]) -> list[Gap]:
    """Show the missing papers of a gap notice."""
    return [Gap(missing=entry["missing"], way=entry["way"]) for entry in items]


@shows(GapNotice, name="GapNotice", description="What is missing and how to get it (补齐告知).")
class GapNoticeView(Shown):
    """What is missing and how to get it."""

    issued_at: datetime = strawberry.field(description="When it was issued (告知时间).")
    defect: bool = strawberry.field(description="True for a second notice: a defect of the first (再次告知).")

    items: list[Gap] = computed(
        gaps_of,
        GapNotice.items,
        stable=False,
        description="Each missing paper with the way to get it (缺少材料及途径).",
    )


@shows(Filing, name="Filing", description="Submission to the approval department (申报).")
class FilingView(Shown):
    """Submission to the approval department."""

    filed_by: FiledBy = strawberry.field(description="Whose hand filed (递交人).")
    receipt_no: str | None = strawberry.field(description="The department's receipt number (受理回执号).")
    filed_at: datetime = strawberry.field(description="When (申报时间).")
    returned_at: datetime | None = strawberry.field(description="When it was given back for correction (退回时间).")
    decision: Decision | None = strawberry.field(description="What the department decided; null while open (审批结果).")
    decided_at: datetime | None = strawberry.field(description="When it decided (决定时间).")


@shows(Delivery, name="Delivery", description="How the result reaches the applicant (结果交付).")
class DeliveryView(Shown):
    """How the result reaches the applicant."""

    method: str = strawberry.field(description="Way of delivery by the city's codes (送达方式).")
    chosen_by_applicant: bool = strawberry.field(description="Whether the applicant chose it (申请人选择).")
    started_at: datetime = strawberry.field(description="When it was handed over or sent (交付时间).")
    confirmed_at: datetime | None = strawberry.field(
        description="When the applicant confirmed; null while open (签收时间)."
    )


@shows(
    ExplanationNotice, name="Explanation", description="Why something was missed, declined or lies elsewhere (解释)."
)
class ExplanationView(Shown):
    """Why something was missed, declined or lies elsewhere."""

    ground: str = strawberry.field(description="Ground (事由).")
    given_at: datetime = strawberry.field(description="When it was given (告知时间).")
    medium: str = strawberry.field(description="ORAL, WRITTEN or ELECTRONIC (形式).")


@shows(CaseStep, name="CaseStep", description="One step of a case's life (办理轨迹).")
class StepView(Shown):
    """One step of a case's life."""

    at: datetime = strawberry.field(description="When (时间).")
    trigger: str = strawberry.field(description="Which step, such as ACCEPT (动作).")
    from_state: CaseState | None = strawberry.field(description="State before; null for the first step (原状态).")
    to_state: CaseState = strawberry.field(description="State after (新状态).")
    stage: str = strawberry.field(description="The city's stage after it (环节).")


def met_at_of(_lens: Lens, state: TimerState, stopped_at: datetime | None) -> datetime | None:
    """Tell when a clock was stopped in time."""
    return stopped_at if state is TimerState.MET else None


def breached_at_of(_lens: Lens, state: TimerState, due_at: datetime | None) -> datetime | None:
    """Tell the due instant that was passed."""
    return due_at if state is TimerState.BREACHED else None


@shows(Timer, name="Timer", description="A clock of a case: limit, state, and the proof of what it counted (计时器).")
class TimerView(Shown):
    """A clock of a case."""

    code: str = strawberry.field(description="Code of the timer in the city's profile (计时项).")
    round: int = strawberry.field(description="Which run of a repeating clock, from 1 (轮次).")
    started_at: datetime = strawberry.field(description="When it started (开始).")
    due_at: datetime | None = strawberry.field(description="Until when; null where only time is measured (期限).")
    state: TimerState = strawberry.field(description="Where it stands (状态).")
    legal_status: LegalStatus = strawberry.field(description="Whether a text states the limit (性质).")
    provisional: bool = strawberry.field(description="True while no official notice covers a year it counts (暂定).")
    warned_at: datetime | None = strawberry.field(description="When the warning was due and given (预警时间).")
    stopped_at: datetime | None = strawberry.field(description="When it was stopped (停止时间).")

    met_at: datetime | None = computed(
        met_at_of,
        Timer.state,
        Timer.stopped_at,
        description="When it was stopped in time; null otherwise (按时完成时间).",
    )
    breached_at: datetime | None = computed(
        breached_at_of,
        Timer.state,
        Timer.due_at,
        description="The due instant that was passed; null when it was not (超时时间).",
    )
    rules: list[RuleReference] = computed(
        rules_of, Timer.rules, description="The rules it rests on; empty for our own targets (依据)."
    )
    rule: RuleReference | None = computed(
        rule_of, Timer.rules, description="The first rule it rests on; null for our own targets (依据)."
    )

    elapsed_working_seconds: int = reading_of(
        lambda reading: reading.elapsed_seconds, "Working time between start and stop, due or now, in seconds (用时)."
    )
    remaining_working_seconds: int | None = reading_of(
        lambda reading: reading.remaining_seconds,
        "Working time left, in seconds; null when nothing runs out (剩余时间).",
    )
    late_working_seconds: int = reading_of(
        lambda reading: reading.late_seconds,
        "By how much working time the limit was passed, in seconds; 0 when it was kept (超时时长).",
    )
    proof: list[CountedWindow] = reading_of(
        windows_of, "The stretches of time that it counted, so that anybody can add them up (计时证明)."
    )
