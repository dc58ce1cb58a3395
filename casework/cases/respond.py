"""Responding: the first human contact that addresses what was asked stops the response clock (T2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from casework.cases.access import join, load_case
from casework.cases.advance import advance, facts_of
from casework.cases.issue_notice import record_notice
from casework.cases.models import Case, CaseState, ContactRecord
from casework.kernel.errors import Code, Refusal, invalid
from casework.kernel.work import Work
from casework.organisation.handover import put_in_hands

RESPOND = "case.respond"
FIRST_CONTACT = "FIRST_CONTACT"


@dataclass(frozen=True)
class RespondCase:
    """A contact with the applicant; `notice` names everything at once, when it is told in the same call (S-TA-07)."""

    case_id: UUID
    channel: str
    content: str
    addresses_content: bool = True
    notice: Mapping[str, str] = field(default_factory=dict)
    expected_version: int | None = None


async def respond_case(work: Work, intent: RespondCase) -> Case:
    """Record a person's contact with the applicant; the first one that addresses the content is the response (Q3)."""
    case = await load_case(work, intent.case_id, RESPOND, expected_version=intent.expected_version)
    if not intent.content.strip():
        raise invalid("Write down what was said.", "请记录沟通内容。", "content")
    if work.actor.staff_id is None:
        raise Refusal(
            Code.FORBIDDEN,
            "An automatic message is not a response.",
            "自动回复不构成响应。",
            rules=_response_rules(work),
        )
    work.add(
        ContactRecord(
            case_id=case.id,
            at=work.now,
            staff_id=work.actor.staff_id,
            channel=intent.channel,
            automatic=False,
            addresses_content=intent.addresses_content,
            content=intent.content,
        )
    )
    await join(work, case, work.actor.staff_id, "RESPONDER")
    if intent.notice:
        await record_notice(work, case, intent.notice)
    if case.state is CaseState.RECEIVED and intent.addresses_content:
        case.responded_at = work.now
        await _first_contact(work, case, work.actor.staff_id)
        await advance(await facts_of(work, case), "RESPOND")
    return case


async def _first_contact(work: Work, case: Case, staff_id: UUID) -> None:
    """Let whoever was asked first answer for the matter until it is handed over, where the text says so (ZZ-7.1-2)."""
    if case.owner_staff_id is None and any(each.code == FIRST_CONTACT for each in work.profile.invariants):
        await put_in_hands(work, staff_id)
        case.owner_staff_id = staff_id


def _response_rules(work: Work) -> tuple[str, ...]:
    timers = (timer for timer in work.profile.timers if timer.stops_on == "FIRST_HUMAN_RESPONSE")
    return tuple(dict.fromkeys(rule for timer in timers for rule in timer.basis.rules))
