"""Closed sets of cases and their records, with a meaning for every member."""

from casework.cases.models import (
    CaseState,
    Decision,
    FiledBy,
    HolderKind,
    MaterialState,
    Medium,
    ServiceKind,
    SubjectType,
)
from casework.deadlines.models import TimerState
from casework.mandates.models import MandateStatus, SignatureMethod
from schema.enums import described_enum

described_enum(
    CaseState,
    "Neutral state of a case; each city shows its own stages over it (办件状态).",
    {
        "RECEIVED": "The request is recorded (已提出).",
        "RESPONDED": "A person has addressed the content (已响应).",
        "ACCEPTED": "The unit has taken the matter; the profile is pinned (已受理).",
        "COMMISSIONED": "The mandate is in force (已受理委托).",
        "PLANNED": "The service plan is given to the applicant (已定方案).",
        "PREPARING": "Papers are prepared and checked (准备材料).",
        "FILED": "Submitted to the department (已递交).",
        "DECIDED": "The department's result is known (已有结果).",
        "DELIVERING": "The result is on its way (送达中).",
        "COMPLETED": "Ended normally (已办结).",
        "TERMINATED": "Ended early with a cause (已终止).",
        "DECLINED": "Refused before acceptance with an explanation (不予办理).",
        "REFERRED_OUT": "Explained and led elsewhere (引导他处).",
        "WITHDRAWN": "Taken back by the applicant (已撤回).",
        "ARCHIVED": "The file is sealed (已归档).",
    },
)
described_enum(
    ServiceKind,
    "Kind of service (服务类型).",
    {
        "CONSULTATION": "A question is answered (咨询).",
        "ASSIST": "Help for an applicant who acts himself (帮办).",
        "AGENCY": "Acting for the applicant under a mandate (代办).",
        "BUNDLE": "Several items of several departments as one thing (一件事).",
        "ORDER": "An enterprise orders a team (点单).",
        "JOINT": "A joint team of departments (联合服务).",
    },
)
described_enum(
    SubjectType,
    "Who an applicant is before the law (主体类型).",
    {
        "NATURAL_PERSON": "A person (自然人).",
        "LEGAL_PERSON": "A company or other legal person (法人).",
        "OTHER_ORGANISATION": "Another organisation (其他组织).",
    },
)
described_enum(
    MaterialState,
    "Where a paper stands (材料状态).",
    {
        "MISSING": "Not there (缺少).",
        "PROMISED": "Promised for later (承诺后补).",
        "RECEIVED": "Received, not looked at yet (已收).",
        "REVIEWED": "Looked at and good (已初审).",
        "REJECTED": "Not the right paper (不符).",
        "SUBMITTED": "With the department (已递交).",
        "RETURNED": "Back with the applicant (已退还).",
    },
)
described_enum(Medium, "Paper or file (载体).", {"PAPER": "On paper (纸质).", "ELECTRONIC": "As a file (电子)."})
described_enum(
    HolderKind,
    "Who holds a paper (持有人类别).",
    {
        "APPLICANT": "The applicant (申请人).",
        "UNIT": "A service unit (服务机构).",
        "STAFF": "A member of staff (工作人员).",
        "CARRIER": "A carrier (承运方).",
        "DEPARTMENT": "The approval department (审批部门).",
    },
)
described_enum(
    FiledBy,
    "Whose hand filed; the filing party is always the applicant (递交人).",
    {"APPLICANT": "The applicant himself (申请人).", "AGENT": "The agent under the mandate (代办员)."},
)
described_enum(
    Decision,
    "What the department decided; the office records it and never makes it (审批结果).",
    {
        "GRANTED": "Granted (准予).",
        "REFUSED": "Refused (不予).",
        "NOT_ACCEPTED": "Not accepted (不予受理).",
        "ISSUED": "Document issued (已出证).",
    },
)
described_enum(
    TimerState,
    "Where a clock stands (计时状态).",
    {
        "RUNNING": "Running (计时中).",
        "WARNED": "Running, the warning was given (已预警).",
        "MET": "Stopped in time (按时).",
        "BREACHED": "Passed; it stays so (超时).",
        "CANCELLED": "Stopped without judgement (已取消).",
        "MEASURED": "Measured, nothing to keep (已计量).",
    },
)
described_enum(
    MandateStatus,
    "Where a mandate stands; powers live only while it is signed (委托状态).",
    {
        "DRAFT": "Draft (草稿).",
        "SIGNED": "In force (有效).",
        "REVOKED": "Revoked (已撤销).",
        "ENDED": "Ended (已结束).",
    },
)
described_enum(
    SignatureMethod,
    "How a signature was given (签署方式).",
    {
        "PAPER_SCAN": "By hand on paper, scanned (纸质扫描).",
        "E_SIGN": "Electronically (电子签名).",
        "ORAL_CONFIRMED": "Confirmed orally; carries no document (口头确认).",
    },
)
