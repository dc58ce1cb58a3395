"""Mutations of the handling: documents, commission, plan, papers, filing, decision, progress."""

from datetime import date

import strawberry

from casework.cases.commission import CommissionCase, commission_case
from casework.cases.decide import RecordDecision, ReturnFiling, record_decision, return_filing
from casework.cases.draft_document import DraftDocument, draft_document
from casework.cases.file import FileCase, file_case
from casework.cases.materials import (
    IssueGapNotice,
    RecordMaterial,
    ReviewMaterial,
    issue_gap_notice,
    record_material,
    review_material,
)
from casework.cases.models import Decision, Medium
from casework.cases.prepare import PrepareCase, prepare_case
from casework.cases.record_progress import RecordProgress, record_progress
from casework.cases.sign_document import SignDocument, sign_document
from casework.cases.write_plan import WritePlan, write_plan
from casework.mandates.models import SignatureMethod
from schema.cases.inputs import KEY, CaseActInput, PartInput, parts_of, present_case
from schema.cases.intake import CasePayload
from schema.cases.records import DocumentNode, MaterialNode
from schema.context import Info
from schema.fields import mutation
from schema.ids import row_id, row_id_or_none
from schema.perform import Payload, perform


@strawberry.type(description="What a mutation of a document answers.")
class DocumentPayload(Payload):
    """What a mutation of a document answers."""

    document: DocumentNode | None = strawberry.field(
        default=None, description="The document; null when refused (文书)."
    )


@strawberry.type(description="What a mutation of a paper answers.")
class MaterialPayload(Payload):
    """What a mutation of a paper answers."""

    material: MaterialNode | None = strawberry.field(default=None, description="The paper; null when refused (材料).")


@strawberry.input(description="A form to fill in (填写文书).")
class DraftDocumentInput(CaseActInput):
    """A form to fill in."""

    form: str = strawberry.field(description="Code of the city's form (文书代码).")
    fields: list[PartInput] = strawberry.field(description="Its fields by key (填写内容).")


@strawberry.input(description="A signature (签署).")
class SignDocumentInput:
    """A signature."""

    document_id: strawberry.ID = strawberry.field(description="Global id of the document (文书).")
    party: str = strawberry.field(description="APPLICANT, SERVICE_UNIT or CASE_WORKER (签字方).")
    signer_name: str = strawberry.field(description="Name of the person who signs (签署人).")
    method: SignatureMethod = strawberry.field(description="How (签署方式).")
    witnessed_paper: bool = strawberry.field(
        default=False, description="Staff record the scan of a paper that the applicant signed by hand (登记纸质签名)."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A commission (受理委托).")
class CommissionCaseInput(CaseActInput):
    """A commission."""

    agent_id: strawberry.ID | None = strawberry.field(
        default=None, description="The agent; the caller if absent (代办员)."
    )
    extent: str = strawberry.field(default="FULL", description="FULL or PARTIAL (全程/部分).")
    powers: list[str] = strawberry.field(
        default_factory=list, description="Powers; all of the workflow if empty (权限)."
    )


@strawberry.input(description="A milestone of a plan (进度节点).")
class MilestoneInput:
    """A milestone of a plan."""

    step: str = strawberry.field(description="What is done (内容).")
    due_on: date = strawberry.field(description="By which day (日期).")


@strawberry.input(description="A service plan (服务方案).")
class WritePlanInput(CaseActInput):
    """A service plan."""

    milestones: list[MilestoneInput] = strawberry.field(description="At least one (业务办理进度).")
    materials: list[str] = strawberry.field(default_factory=list, description="Papers (材料).")
    policies: str = strawberry.field(default="", description="Policies that matter (政策).")


@strawberry.input(description="A paper that came in (登记材料).")
class RecordMaterialInput:
    """A paper that came in."""

    case_id: strawberry.ID = strawberry.field(description="Global id of the case (办件).")
    name: str = strawberry.field(description="Name of the paper (材料名称).")
    requirement_id: strawberry.ID | None = strawberry.field(default=None, description="What it meets (材料要求).")
    medium: Medium = strawberry.field(default=Medium.PAPER, description="Paper or file (载体).")
    original: bool = strawberry.field(default=False, description="Whether it is an original (原件).")
    copies: int = strawberry.field(default=1, description="How many, 1 to 99 (份数).")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="The review of a paper (初审).")
class ReviewMaterialInput:
    """The review of a paper."""

    material_id: strawberry.ID = strawberry.field(description="Global id of the paper (材料).")
    accepted: bool = strawberry.field(description="Whether it is the right paper (相符).")
    statutory_form: bool = strawberry.field(default=True, description="Seal, signature and format in order (法定形式).")
    note: str | None = strawberry.field(default=None, description="What was found (意见).")
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="A filing (申报).")
class FileCaseInput(CaseActInput):
    """A filing."""

    receipt_no: str | None = strawberry.field(default=None, description="The department's receipt number (回执号).")


@strawberry.input(description="The department's decision (审批结果).")
class RecordDecisionInput(CaseActInput):
    """The department's decision."""

    decision: Decision = strawberry.field(description="What was decided (结果).")
    result_told: bool = strawberry.field(
        default=False, description="The applicant heard it in the same moment (已告知)."
    )


@strawberry.input(description="A filing given back (退回补正).")
class ReturnFilingInput(CaseActInput):
    """A filing given back."""

    reason: str = strawberry.field(description="Why (原因).")


@strawberry.input(description="Progress told to the applicant (进展).")
class RecordProgressInput(CaseActInput):
    """Progress told to the applicant."""

    text: str = strawberry.field(description="What has moved (内容).")


@strawberry.type
class HandlingMutation:
    """Mutations of the handling."""

    @mutation
    async def draft_document(self, info: Info, input: DraftDocumentInput) -> DocumentPayload:
        """Fill in a form of the city; every required field must be there (填写文书)."""
        return await perform(
            info, DocumentPayload, draft_document,
            lambda: DraftDocument(input.case(), input.form, parts_of(input.fields), input.expected_version),
            input.idempotency_key,
        )  # fmt: skip

    @mutation
    async def sign_document(self, info: Info, input: SignDocumentInput) -> DocumentPayload:
        """Sign a document for one's own party; staff never sign for the applicant (签署文书)."""
        return await perform(
            info, DocumentPayload, sign_document,
            lambda: SignDocument(row_id(input.document_id, "Document", "documentId"), input.party,
                                 input.signer_name, input.method, input.witnessed_paper),
            input.idempotency_key,
        )  # fmt: skip

    @mutation
    async def commission_case(self, info: Info, input: CommissionCaseInput) -> CasePayload:
        """Take the commission; one agent acts for the applicant from now on (受理委托)."""
        return await perform(
            info, CasePayload, commission_case,
            lambda: CommissionCase(input.case(), row_id_or_none(input.agent_id, "StaffMember", "agentId"),
                                   input.extent, tuple(input.powers), input.expected_version),
            input.idempotency_key, present=present_case(input),
        )  # fmt: skip

    @mutation
    async def write_plan(self, info: Info, input: WritePlanInput) -> CasePayload:
        """Write the service plan and give it to the applicant (制定服务方案)."""
        milestones = tuple({"step": each.step, "dueOn": each.due_on.isoformat()} for each in input.milestones)
        return await perform(
            info, CasePayload, write_plan,
            lambda: WritePlan(input.case(), milestones, tuple(input.materials), input.policies, input.expected_version),
            input.idempotency_key, present=present_case(input),
        )  # fmt: skip

    @mutation
    async def prepare_case(self, info: Info, input: CaseActInput) -> CasePayload:
        """Start preparing the papers (开始办理)."""
        return await perform(
            info, CasePayload, prepare_case, lambda: PrepareCase(input.case(), input.expected_version),
            input.idempotency_key, present=present_case(input),
        )  # fmt: skip

    @mutation
    async def record_material(self, info: Info, input: RecordMaterialInput) -> MaterialPayload:
        """Record a paper that came in; whoever took it holds it (登记材料)."""
        return await perform(
            info, MaterialPayload, record_material,
            lambda: RecordMaterial(row_id(input.case_id, "Case", "caseId"), input.name,
                                   row_id_or_none(input.requirement_id, "MaterialRequirement", "requirementId"),
                                   input.medium, input.original, input.copies),
            input.idempotency_key,
        )  # fmt: skip

    @mutation
    async def review_material(self, info: Info, input: ReviewMaterialInput) -> MaterialPayload:
        """Review a paper against the item and its statutory form (初审材料)."""
        return await perform(
            info, MaterialPayload, review_material,
            lambda: ReviewMaterial(row_id(input.material_id, "Material", "materialId"), input.accepted,
                                   input.statutory_form, input.note),
            input.idempotency_key,
        )  # fmt: skip

    @mutation
    async def issue_gap_notice(self, info: Info, input: CaseActInput) -> CasePayload:
        """Tell once all that is missing and how to get it (一次性告知缺少材料)."""
        return await perform(
            info, CasePayload, issue_gap_notice, lambda: IssueGapNotice(input.case(), input.expected_version),
            input.idempotency_key, present=present_case(input),
        )  # fmt: skip

    @mutation
    async def file_case(self, info: Info, input: FileCaseInput) -> CasePayload:
        """File with the department; the applicant is the filing party (递交申报)."""
        return await perform(
            info, CasePayload, file_case,
            lambda: FileCase(input.case(), input.receipt_no, expected_version=input.expected_version),
            input.idempotency_key, present=present_case(input),
        )  # fmt: skip

    @mutation
    async def return_filing(self, info: Info, input: ReturnFilingInput) -> CasePayload:
        """Record that the department asks for correction (退回补正)."""
        return await perform(
            info, CasePayload, return_filing,
            lambda: ReturnFiling(input.case(), input.reason, input.expected_version),
            input.idempotency_key, present=present_case(input),
        )  # fmt: skip

    @mutation
    async def record_decision(self, info: Info, input: RecordDecisionInput) -> CasePayload:
        """Record the department's decision, after filing or on the spot (登记审批结果)."""
        return await perform(
            info, CasePayload, record_decision,
            lambda: RecordDecision(input.case(), input.decision, input.result_told, input.expected_version),
            input.idempotency_key, present=present_case(input),
        )  # fmt: skip

    @mutation
    async def record_progress(self, info: Info, input: RecordProgressInput) -> CasePayload:
        """Tell the applicant what has moved (推送进展)."""
        return await perform(
            info, CasePayload, record_progress, lambda: RecordProgress(input.case(), input.text), input.idempotency_key
        )
