"""A made-up month in the life of a city, written down directly, and the same figures counted by hand from the rows."""

import random
import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from casework.cases.models import Case, CaseState, CaseStep, ServiceKind, ServiceRequest
from casework.deadlines.models import LegalStatus, Timer, TimerState
from casework.feedback.models import Callback, CallbackState, Evaluation
from casework.reporting.atlas import Atlas
from casework.reporting.metrics import METRICS, Dimension, Figure
from casework.reporting.publish import WHOLE, CellKey, Counted
from tests.casework.feedback.town import Town, local

BEGINS, ENDS = local("2025-03-01T00:00"), local("2025-04-01T00:00")
EDGES = (BEGINS, BEGINS - timedelta(microseconds=1), ENDS, ENDS - timedelta(microseconds=1))
TYPES = {"TOWNSHIP": "township_window", "VILLAGE": "village_station"}
KINDS = (ServiceKind.ASSIST, ServiceKind.ASSIST, ServiceKind.AGENCY)


async def populate(town: Town) -> None:
    """Add a second county, townships and villages."""
    await town.unit("county2", "city", division_code="370911", unit_type="county_service_unit", tier="COUNTY")
    for county, codes in (("county", ("370902002", "370902003")), ("county2", ("370911001", "370911002"))):
        for code in codes:
            await town.unit(code, county, division_code=code, unit_type=TYPES["TOWNSHIP"], tier="TOWNSHIP")
            village = f"{code}001"
            await town.unit(village, code, division_code=village, unit_type=TYPES["VILLAGE"], tier="VILLAGE")


@dataclass
class History:
    """Everything that was written."""

    requests: list[ServiceRequest] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    steps: list[CaseStep] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)
    evaluations: list[Evaluation] = field(default_factory=list)
    callbacks: list[Callback] = field(default_factory=list)

    async def write(self, town: Town) -> None:
        rows: tuple[list[Any], ...] = (
            self.requests,
            self.cases,
            self.steps,
            self.timers,
            self.evaluations,
            self.callbacks,
        )
        for kind in rows:
            await town.add_all(kind)


def live(town: Town, chance: random.Random, cases: int) -> History:
    """Let so many cases happen in the weeks around March, most of them in a few units."""
    history = History()
    names = list(town.units)
    weights = [9 if i % 3 == 0 else 1 for i in range(len(names))]
    for _ in range(cases):
        received = (
            chance.choice(EDGES) if chance.random() < 0.05 else BEGINS + timedelta(hours=chance.uniform(-200, 900))
        )
        intake, unit = chance.choices(names, weights, k=2)
        kind = chance.choice(KINDS)
        request, case = town.case(
            unit,
            received_at=received,
            intake_unit_id=town.units[intake].id,
            service_kind=kind,
            workflow=kind.lower(),
            state=chance.choice(list(CaseState)),
            evaluation_invited_at=received if chance.random() < 0.7 else None,
        )
        history.requests.append(request)
        history.cases.append(case)
        _handle(town, chance, history, case, received)
    return history


def _handle(town: Town, chance: random.Random, history: History, case: Case, received: datetime) -> None:
    if chance.random() < 0.6:
        history.steps.append(town.step(case, CaseState.COMPLETED, received + timedelta(days=chance.randint(0, 9))))
    history.steps.append(town.step(case, CaseState.ACCEPTED, received))
    for code in (
        "assist_response" if case.service_kind is ServiceKind.ASSIST else "agency_response",
        "committed_limit",
    ):
        history.timers.append(clock(town, chance, case, code, received))
    if chance.random() < 0.4:
        history.evaluations.append(review(case, chance.randint(1, 5), received + timedelta(days=chance.randint(0, 9))))
    if chance.random() < 0.3:
        history.callbacks.append(call(chance, case, received))


def clock(town: Town, chance: random.Random, case: Case, code: str, started: datetime) -> Timer:
    """A clock in any state it may be in."""
    state = chance.choice(list(TimerState))
    stopped = started + timedelta(minutes=chance.randint(1, 3000))
    is_stopped = state in (TimerState.MET, TimerState.MEASURED) or (
        state is TimerState.BREACHED and chance.random() < 0.7
    )
    return Timer(
        code=code,
        subject_kind="case",
        subject_id=case.id,
        unit_id=case.intake_unit_id,
        revision_id=town.revision_id,
        started_at=started,
        due_at=started + timedelta(minutes=600),
        clock="WORKING_TIME",
        duration="PT2H",
        state=state,
        legal_status=LegalStatus.REGULATION,
        rules=[],
        provisional=False,
        stopped_at=stopped if is_stopped else None,
        elapsed_seconds=chance.randint(1, 40_000) if is_stopped else None,
        round=1,
    )


def review(case: Case, score: int, given_at: datetime) -> Evaluation:
    return Evaluation(
        case_id=case.id, source="PORTAL", score=score, comment=None, given_at=given_at, bad=score < 3,
        after_archive=False,
    )  # fmt: skip


def call(chance: random.Random, case: Case, planned: datetime) -> Callback:
    return Callback(
        case_id=case.id,
        unit_id=case.unit_id,
        unit_path=case.unit_path,
        reason=chance.choice(("PERIODIC", "BAD_REVIEW")),
        state=chance.choice(list(CallbackState)),
        planned_at=planned,
        due_at=planned + timedelta(days=chance.randint(0, 40)) if chance.random() < 0.8 else None,
        attempts=0,
        rules=[],
    )


Observation = tuple[Any, float, str | None, str | None]


def by_hand(history: History, metric: str, now: datetime) -> list[Observation]:
    """The observations of a metric of Taian, picked out of the rows one by one."""
    return list(HANDS[metric](history, now))


def within(instant: datetime | None) -> bool:
    return instant is not None and BEGINS <= instant < ENDS


def _received(history: History, _now: datetime) -> Iterable[Observation]:
    for case in history.cases:
        if within(case.received_at):
            yield case.intake_unit_id, 1.0, case.state.value, case.service_kind.value


def _completed(history: History, _now: datetime) -> Iterable[Observation]:
    for case in _ended(history):
        yield case.unit_id, 1.0, None, None


def _invited(history: History, _now: datetime) -> Iterable[Observation]:
    for case in _ended(history):
        if case.service_kind is ServiceKind.ASSIST:
            yield case.unit_id, float(case.evaluation_invited_at is not None), None, None


def _ended(history: History) -> Iterable[Case]:
    cases = {case.id: case for case in history.cases}
    for step in history.steps:
        if step.to_state is CaseState.COMPLETED and within(step.at):
            yield cases[step.case_id]


def _responses(history: History, _now: datetime) -> Iterable[Observation]:
    for timer in history.timers:
        if timer.code.endswith("_response") and timer.elapsed_seconds is not None and within(timer.stopped_at):
            yield timer.unit_id, timer.elapsed_seconds / 60, None, None


def _kept(code: str) -> Callable[[History, datetime], Iterable[Observation]]:
    def kept(history: History, _now: datetime) -> Iterable[Observation]:
        for timer in history.timers:
            if timer.code != code:
                continue
            if timer.state is TimerState.MET and within(timer.stopped_at):
                yield timer.unit_id, 1.0, None, None
            if timer.state is TimerState.BREACHED and within(timer.due_at):
                yield timer.unit_id, 0.0, None, None

    return kept


def _scores(history: History, _now: datetime) -> Iterable[Observation]:
    units = {case.id: case.unit_id for case in history.cases}
    for evaluation in history.evaluations:
        if within(evaluation.given_at):
            yield units[evaluation.case_id], float(evaluation.score), None, None


def _calls(history: History, now: datetime) -> Iterable[Observation]:
    for callback in history.callbacks:
        due = callback.due_at or callback.planned_at
        done = callback.state is CallbackState.DONE
        if callback.reason == "PERIODIC" and within(due) and (due <= now or done):
            yield callback.unit_id, float(done), None, None


HANDS: dict[str, Callable[[History, datetime], Iterable[Observation]]] = {
    "cases_received": _received,
    "cases_completed": _completed,
    "median_response": _responses,
    "response_within_limit": _kept("assist_response"),
    "within_committed_limit": _kept("committed_limit"),
    "evaluation_invited": _invited,
    "satisfaction": _scores,
    "callback_coverage": _calls,
}
"""The metrics that a city like Taian has."""


def counted_by_hand(metric: str, observed: list[Observation], atlas: Atlas) -> dict[CellKey, Counted]:
    """Sort observations into cells and make one number of each."""
    places = {place.unit_id: place for place in atlas.places}
    cells: dict[CellKey, list[float]] = {(Dimension.TENANT, WHOLE): []}
    for unit_id, value, state, kind in observed:
        place = places[unit_id]
        told = {Dimension.TENANT: WHOLE, Dimension.STATE: state, Dimension.KIND: kind}
        told |= {each: place.cell(each) for each in (Dimension.COUNTY, Dimension.TOWNSHIP, Dimension.UNIT_TYPE)}
        for dimension, cell in told.items():
            if cell is not None:
                cells.setdefault((dimension, cell), []).append(value)
    return {cell: Counted(len(values), _one(METRICS[metric].figure, values)) for cell, values in cells.items()}


def _one(figure: Figure, values: list[float]) -> float | None:
    if figure is Figure.COUNT:
        return float(len(values))
    if not values:
        return None
    return statistics.median(values) if figure is Figure.MEDIAN else statistics.fmean(values)
