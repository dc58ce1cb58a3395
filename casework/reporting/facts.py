"""The single observations that figures are made of: one row each, with the unit it happened in and its value."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    Select,
    SQLColumnExpression,
    String,
    and_,
    case,
    cast,
    func,
    null,
    or_,
    select,
    true,
)

from casework.cases.models import Case, CaseState, CaseStep
from casework.deadlines.models import Timer, TimerState
from casework.feedback.models import Callback, CallbackState, Evaluation
from casework.feedback.plan_callbacks import REASONS, Occasion
from casework.reporting.standing import Standing

COMMON_SCALE = 5
"""Scores of every city are told on this scale."""


@dataclass(frozen=True)
class Frame:
    """Whose observations, from when until when (the end is outside), as known now, and the city's own scale of scores."""

    tenant: str
    begins: datetime
    ends: datetime
    now: datetime
    scale: int

    def covers(self, instant: SQLColumnExpression[Any]) -> ColumnElement[bool]:
        """Ask whether something happened within the period."""
        return and_(instant >= self.begins, instant < self.ends)


Facts = Callable[[Frame, Standing], Select[Any]]
"""Writes the statement that lists the observations of one figure."""


def _row(
    unit_id: SQLColumnExpression[Any],
    value: SQLColumnExpression[Any],
    state: SQLColumnExpression[Any] | None = None,
    kind: SQLColumnExpression[Any] | None = None,
) -> Select[Any]:
    nothing = cast(null(), String)
    return select(
        unit_id.label("unit_id"),
        cast(value, Float).label("value"),
        (nothing if state is None else cast(state, String)).label("state"),
        (nothing if kind is None else cast(kind, String)).label("kind"),
    )


def _one_if(condition: ColumnElement[bool]) -> ColumnElement[float]:
    return case((condition, 1.0), else_=0.0)


def received(frame: Frame, _standing: Standing) -> Select[Any]:
    """Every case received in the period, at the unit that received it, with its present state and its kind."""
    row = _row(Case.intake_unit_id, _one_if(true()), Case.state, Case.service_kind)
    return row.where(Case.tenant_id == frame.tenant, frame.covers(Case.received_at))


def completed(frame: Frame, _standing: Standing) -> Select[Any]:
    """Every case that ended normally in the period."""
    return _completed(frame, _one_if(true()))


def invited(frame: Frame, standing: Standing) -> Select[Any]:
    """Every case completed in the period of a kind that is to be evaluated: was the applicant invited?"""
    row = _completed(frame, _one_if(Case.evaluation_invited_at.is_not(None)))
    return row.where(Case.service_kind.in_(standing.kinds))


def _completed(frame: Frame, value: ColumnElement[float]) -> Select[Any]:
    ending = and_(CaseStep.tenant_id == Case.tenant_id, CaseStep.case_id == Case.id)
    return (
        _row(Case.unit_id, value)
        .join(CaseStep, ending)
        .where(
            Case.tenant_id == frame.tenant,
            CaseStep.tenant_id == frame.tenant,
            CaseStep.to_state == CaseState.COMPLETED,
            frame.covers(CaseStep.at),
        )
    )


def stopped(frame: Frame, standing: Standing) -> Select[Any]:
    """Every clock that stopped in the period: how many working minutes had it run?"""
    return _row(Timer.unit_id, Timer.elapsed_seconds / 60.0).where(
        *_clocks_of_cases(frame, standing),
        Timer.state.in_((TimerState.MET, TimerState.BREACHED, TimerState.MEASURED)),
        Timer.elapsed_seconds.is_not(None),
        frame.covers(Timer.stopped_at),
    )


def judged(frame: Frame, standing: Standing) -> Select[Any]:
    """Every limit that was kept or missed in the period: kept when the clock stopped, missed when it ran out."""
    kept = and_(Timer.state == TimerState.MET, frame.covers(Timer.stopped_at))
    missed = and_(Timer.state == TimerState.BREACHED, frame.covers(Timer.due_at))
    return _row(Timer.unit_id, _one_if(Timer.state == TimerState.MET)).where(
        *_clocks_of_cases(frame, standing), or_(kept, missed)
    )


def _clocks_of_cases(frame: Frame, standing: Standing) -> tuple[ColumnElement[bool], ...]:
    return Timer.tenant_id == frame.tenant, Timer.subject_kind == "case", Timer.code.in_(standing.clocks)


def scored(frame: Frame, _standing: Standing) -> Select[Any]:
    """Every evaluation given in the period, on the common scale."""
    score = Evaluation.score * (COMMON_SCALE / frame.scale)
    return (
        _row(Case.unit_id, score)
        .join(Evaluation, and_(Evaluation.tenant_id == Case.tenant_id, Evaluation.case_id == Case.id))
        .where(
            Case.tenant_id == frame.tenant,
            Evaluation.tenant_id == frame.tenant,
            frame.covers(Evaluation.given_at),
        )
    )


def called_back(frame: Frame, _standing: Standing) -> Select[Any]:
    """Every callback of the sample that was due in the period and by now: was it done?"""
    due = func.coalesce(Callback.due_at, Callback.planned_at)
    return _callbacks(frame, Occasion.ARCHIVED).where(
        frame.covers(due), or_(due <= frame.now, Callback.state == CallbackState.DONE)
    )


def bad_reviews(frame: Frame, _standing: Standing) -> Select[Any]:
    """Every callback that a bad review of the period called for: was it done?"""
    return _callbacks(frame, Occasion.BAD_REVIEW).where(frame.covers(Callback.planned_at))


def _callbacks(frame: Frame, occasion: Occasion) -> Select[Any]:
    return _row(Callback.unit_id, _one_if(Callback.state == CallbackState.DONE)).where(
        Callback.tenant_id == frame.tenant, Callback.reason == REASONS[occasion]
    )
