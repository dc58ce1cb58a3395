"""What a missed limit sets off: the city's chain of roles, the department and the people of the case are told."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID
from zoneinfo import ZoneInfo

from authz.decide import Resource
from casework.deadlines.events import EscalationUnheard
from casework.deadlines.models import Timer, TimerState
from casework.kernel.work import Work
from casework.organisation.notify import Subject, notify_staff
from casework.organisation.queries import first_in_chain
from tenants.profile import Profile
from tenants.profile import Timer as TimerSpec

ESCALATE = "ESCALATE"
"""The action that climbs the chain of roles; the others tell the people of the subject."""

Recipients = Callable[[Work, UUID, str], Awaitable[Sequence[UUID]]]
"""Names the staff to tell, given the subject's id and the action of the profile."""

_RECIPIENTS: dict[str, Recipients] = {}


@dataclass(frozen=True)
class Notice:
    """How a message is called and what it says."""

    template: str
    text_zh: str


WARN = "WARN"
"""The limit comes near; not an action that a profile names."""

NOTICES: Mapping[str, Notice] = MappingProxyType(
    {
        ESCALATE: Notice("timer.escalated", "“{limit}”于{due}到期未完成,请督促处理。"),
        "URGE_DEPARTMENT": Notice("timer.department_urged", "“{limit}”于{due}到期未办结,请尽快办理。"),
        "REMIND_CASE_WORKER": Notice("timer.case_worker_reminded", "“{limit}”于{due}到期,请跟进。"),
        WARN: Notice("timer.warned", "“{limit}”将于{due}到期,请抓紧办理。"),
        "REQUIRE_EXPLANATION": Notice(
            "timer.explanation_required", "“{limit}”于{due}到期未完成,请向服务对象说明情况并登记。"
        ),
    }
)
"""What is told for each action; RECORD_BREACH tells nobody, the record is the breach itself."""


@dataclass(frozen=True)
class Escalate:
    """The clock that ran out."""

    timer_id: UUID


def add_recipients(subject_kind: str, find: Recipients) -> None:
    """Let the room that keeps a kind of subject say who is told of its missed limits."""
    if _RECIPIENTS.setdefault(subject_kind, find) is not find:
        raise ValueError(f"the recipients of {subject_kind} are named already")


async def escalate(work: Work, intent: Escalate) -> Timer:
    """Carry out what the profile asks for when this limit is missed; each person is told once per missed limit."""
    timer = await work.load(Timer, intent.timer_id, "timer", "计时", "timerId")
    work.require("system.escalate", Resource())
    if timer.state is not TimerState.BREACHED:
        return timer
    profile = (await work.pinned(timer.revision_id)).profile
    spec = profile.timer(timer.code)
    for action in spec.on_breach:
        if action in NOTICES:
            await _tell(work, timer, profile, spec, action)
    return timer


async def warn(work: Work, intent: Escalate) -> Timer:
    """Tell the people of a subject that its limit comes near, once per clock; our own help, no text asks for it."""
    timer = await work.load(Timer, intent.timer_id, "timer", "计时", "timerId")
    work.require("system.escalate", Resource())
    if timer.state is not TimerState.WARNED:
        return timer
    profile = (await work.pinned(timer.revision_id)).profile
    await _tell(work, timer, profile, profile.timer(timer.code), WARN)
    return timer


async def _tell(work: Work, timer: Timer, profile: Profile, spec: TimerSpec, action: str) -> None:
    """Tell the people of one action; where the subject names nobody, the chain of roles hears of it."""
    people = await _people_of_subject(work, timer, action) if action != ESCALATE else ()
    people = people or await first_in_chain(work, timer.unit_id, profile)
    notice = NOTICES[action]
    text = notice.text_zh.format(limit=spec.zh, due=_local_time(timer, profile))
    subject = Subject(timer.subject_kind, timer.subject_id)
    for staff_id in people:
        await notify_staff(work, staff_id, notice.template, subject, text, timer.id, automatic=True)
    if not people:
        work.emit(EscalationUnheard(timer.id, action, profile.escalation.basis.rules).told())


async def _people_of_subject(work: Work, timer: Timer, action: str) -> tuple[UUID, ...]:
    find = _RECIPIENTS.get(timer.subject_kind)
    return tuple(await find(work, timer.subject_id, action)) if find else ()


def _local_time(timer: Timer, profile: Profile) -> str:
    if timer.due_at is None:
        return "-"
    return f"{timer.due_at.astimezone(ZoneInfo(profile.calendar.timezone)):%Y-%m-%d %H:%M}"
