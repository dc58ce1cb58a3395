"""Performing a callback: what came of the call, tried again when nobody answered (TA-15-13, TA-26-4)."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from casework.feedback.assign_callback import OPEN, over, refuse_handler
from casework.feedback.clocks import DONE, end_clocks, turn_clocks
from casework.feedback.events import CallbackTried
from casework.feedback.models import Callback, CallbackState
from casework.feedback.queries import load_callback
from casework.kernel.errors import Code, Refusal, invalid
from casework.kernel.work import Work

PERFORM = "callback.perform"
MAX_COMMENT = 2000
TRIES = 3
"""How many calls must have found nobody before a callback is given up; no text names a number."""


class CallOutcome(StrEnum):
    """What came of a call."""

    REACHED = "REACHED"
    UNREACHED = "UNREACHED"
    REFUSED = "REFUSED"
    GAVE_UP = "GAVE_UP"


NEXT_STATE = {
    CallOutcome.REACHED: CallbackState.DONE,
    CallOutcome.REFUSED: CallbackState.DONE,
    CallOutcome.UNREACHED: CallbackState.UNREACHED,
    CallOutcome.GAVE_UP: CallbackState.GAVE_UP,
}
EVENTS = {
    CallbackState.DONE: "callback.done",
    CallbackState.UNREACHED: "callback.unreached",
    CallbackState.GAVE_UP: "callback.gave_up",
}


@dataclass(frozen=True)
class PerformCallback:
    """One call: what came of it, how satisfied the applicant is, and what was said (for GAVE_UP the reason)."""

    callback_id: UUID
    outcome: CallOutcome
    satisfaction: int | None = None
    comment: str | None = None
    expected_version: int | None = None


async def perform_callback(work: Work, intent: PerformCallback) -> Callback:
    """Record one call of the assignee; reached or refused it is done, given up it stays visible."""
    callback, case = await load_callback(work, intent.callback_id, PERFORM, expected_version=intent.expected_version)
    if callback.state not in OPEN:
        raise over(callback)
    if work.actor.staff_id is not None:
        await refuse_handler(work, case, work.actor.staff_id, "callbackId")
    _check(intent, callback, (await work.pinned(case.revision_id)).profile.evaluation.scale.value)
    _record(work, callback, intent)
    await work.session.flush()
    if callback.state is CallbackState.DONE:
        await turn_clocks(work, callback, case, DONE)
    if callback.state not in OPEN:
        await end_clocks(work, callback)
    work.emit(CallbackTried(callback, EVENTS[callback.state]).told())
    return callback


def _record(work: Work, callback: Callback, intent: PerformCallback) -> None:
    callback.state = NEXT_STATE[intent.outcome]
    callback.outcome = intent.outcome.value
    if intent.outcome is not CallOutcome.GAVE_UP:
        callback.attempts += 1
    if callback.state is CallbackState.DONE:
        callback.done_at = work.now
        callback.satisfaction = intent.satisfaction
    if intent.comment and intent.comment.strip():
        callback.comment = intent.comment.strip()


def _check(intent: PerformCallback, callback: Callback, scale: int) -> None:
    if intent.comment and len(intent.comment) > MAX_COMMENT:
        raise invalid(f"A comment has at most {MAX_COMMENT} characters.", "备注过长。", "comment")
    if intent.satisfaction is not None:
        if intent.outcome is not CallOutcome.REACHED:
            raise invalid(
                "Only a call that reached the applicant has a score.", "未接通的回访不能评分。", "satisfaction"
            )
        if not 1 <= intent.satisfaction <= scale:
            raise invalid(f"The score goes from 1 to {scale}.", f"满意度应为1至{scale}分。", "satisfaction")
    if intent.outcome is CallOutcome.GAVE_UP:
        _check_giving_up(intent, callback)


def _check_giving_up(intent: PerformCallback, callback: Callback) -> None:
    """Give up only after enough calls that found nobody, and say why."""
    if callback.attempts < TRIES:
        raise Refusal(
            Code.GUARD_REFUSED,
            f"A callback is given up after {TRIES} calls that found nobody; there were {callback.attempts}.",
            f"未接通满{TRIES}次后方可放弃回访,目前{callback.attempts}次。",
            ("outcome",),
            rules=tuple(callback.rules),
            guard="ENOUGH_TRIES",
            details={"attempts": callback.attempts, "needed": TRIES},
        )
    if not (intent.comment or "").strip():
        raise invalid("Say why the callback is given up.", "请说明放弃回访的原因。", "comment")
