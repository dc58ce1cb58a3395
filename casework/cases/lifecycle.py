"""The life of a case: states, triggers and the steps between them. Pure data; the profile places the guards (MODEL 4.2)."""

from collections.abc import Mapping
from dataclasses import dataclass

from casework.cases.models import CaseState, ServiceKind

S = CaseState
ENDED = frozenset({S.COMPLETED, S.TERMINATED, S.DECLINED, S.REFERRED_OUT, S.WITHDRAWN})
FINAL = frozenset({S.ARCHIVED})
UNDER_MANDATE = frozenset({ServiceKind.AGENCY})
EVERY_KIND = frozenset(ServiceKind)
WITHOUT_MANDATE = EVERY_KIND - UNDER_MANDATE
IN_HAND = frozenset({S.ACCEPTED, S.COMMISSIONED, S.PLANNED, S.PREPARING, S.FILED, S.DECIDED, S.DELIVERING})


@dataclass(frozen=True)
class Step:
    """One lawful step: from where, to where, for which kinds of service, under which permission, told as which event."""

    trigger: str
    sources: frozenset[CaseState]
    target: CaseState
    action: str
    event: str
    mutation: str
    label: str
    label_zh: str
    kinds: frozenset[ServiceKind] = EVERY_KIND
    clocks: tuple[str, ...] = ()


def _from(*states: CaseState) -> frozenset[CaseState]:
    return frozenset(states)


STEPS: tuple[Step, ...] = (
    Step("RESPOND", _from(S.RECEIVED), S.RESPONDED, "case.respond", "case.responded", "respondCase",
         "Answer the request", "响应需求", clocks=("FIRST_HUMAN_RESPONSE",)),
    Step("ANSWER", _from(S.RESPONDED), S.COMPLETED, "case.respond", "consultation.answered", "answerConsultation",
         "Close the answered consultation", "答复咨询", kinds=frozenset({ServiceKind.CONSULTATION}), clocks=("COMPLETED",)),
    Step("ACCEPT", _from(S.RESPONDED), S.ACCEPTED, "case.accept", "case.accepted", "acceptCase",
         "Accept the matter", "受理", kinds=EVERY_KIND - {ServiceKind.CONSULTATION}, clocks=("ACCEPTED",)),
    Step("DECLINE", _from(S.RECEIVED, S.RESPONDED, S.ACCEPTED), S.DECLINED, "case.decline_with_explanation",
         "case.declined", "declineCase", "Decline with an explanation", "不予办理并解释"),
    Step("REFER_OUT", _from(S.RECEIVED, S.RESPONDED), S.REFERRED_OUT, "case.refer_out", "case.referred", "referCaseOut",
         "Refer to the competent body", "引导转介"),
    Step("WITHDRAW", _from(S.RECEIVED, S.RESPONDED, S.ACCEPTED), S.WITHDRAWN, "case.withdraw", "case.withdrawn",
         "withdrawCase", "Withdraw the request", "撤回申请"),
    Step("CONVERT", _from(S.ACCEPTED), S.ACCEPTED, "case.accept", "case.converted", "convertCase",
         "Go on as another kind of service", "转换服务类型"),
    Step("COMMISSION", _from(S.ACCEPTED), S.COMMISSIONED, "mandate.sign_service_side", "mandate.signed", "commissionCase",
         "Take the commission", "受理委托", kinds=UNDER_MANDATE, clocks=("COMMISSIONED",)),
    Step("PLAN", _from(S.COMMISSIONED), S.PLANNED, "plan.write", "plan.made", "writePlan",
         "Write the service plan", "制定服务方案", kinds=UNDER_MANDATE, clocks=("PLAN_APPROVED",)),
    Step("PREPARE", _from(S.ACCEPTED), S.PREPARING, "material.review", "case.preparing", "prepareCase",
         "Start preparing", "开始办理", kinds=WITHOUT_MANDATE),
    Step("PREPARE", _from(S.COMMISSIONED, S.PLANNED), S.PREPARING, "material.review", "case.preparing", "prepareCase",
         "Start preparing", "开始办理", kinds=UNDER_MANDATE),
    Step("FILE", _from(S.PREPARING), S.FILED, "filing.submit_under_mandate", "filing.submitted", "fileCase",
         "File with the department", "递交申报", clocks=("FILED",)),
    Step("RETURN_FILING", _from(S.FILED), S.PREPARING, "filing.record_decision", "filing.returned", "returnFiling",
         "Record that the department asks for correction", "退回补正"),
    Step("DECIDE", _from(S.FILED), S.DECIDED, "filing.record_decision", "filing.decided", "recordDecision",
         "Record the department's decision", "登记审批结果", clocks=("DECIDED",)),
    Step("DECIDE_ON_SPOT", _from(S.PREPARING), S.DECIDED, "filing.record_decision", "filing.decided", "recordDecision",
         "Record the result given on the spot", "当场办结", clocks=("DECIDED",)),
    Step("DELIVER", _from(S.DECIDED), S.DELIVERING, "delivery.record", "delivery.started", "deliverResult",
         "Deliver the result", "结果交付", clocks=("RESULT_HANDED_OVER",)),
    Step("COMPLETE", _from(S.DECIDED, S.DELIVERING), S.COMPLETED, "case.complete", "case.completed", "completeCase",
         "Complete the case", "办结", clocks=("COMPLETED", "COMPLETION_SIGNED")),
    Step("TERMINATE", IN_HAND, S.TERMINATED, "termination.confirm", "case.terminated", "terminateCase",
         "End the service early", "终止服务"),
    Step("ARCHIVE", ENDED, S.ARCHIVED, "archive.seal", "case.archived", "archiveCase",
         "Seal the file", "归档", clocks=("ARCHIVED",)),
)  # fmt: skip

MUTATION_LABELS: Mapping[str, tuple[str, str]] = {step.mutation: (step.label, step.label_zh) for step in STEPS}
CANCELS_CLOCKS = frozenset({"DECLINE", "REFER_OUT", "WITHDRAW", "TERMINATE"})


def step_for(trigger: str, state: CaseState, kind: ServiceKind) -> Step | None:
    """Give the step that `trigger` takes from this state for this kind of service, if there is one."""
    for step in STEPS:
        if step.trigger == trigger and state in step.sources and kind in step.kinds:
            return step
    return None


def steps_from(state: CaseState, kind: ServiceKind) -> tuple[Step, ...]:
    """Give every step that leads on from this state; guards and permissions still have to agree."""
    return tuple(step for step in STEPS if state in step.sources and kind in step.kinds)
