"""Tables of the deadlines room: calendar, shifts, running clocks and the breaches that nobody can delete."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.kernel.models import TenantRow, tenant_index, text_enum, unique_within_tenant, within_tenant


class TimerState(StrEnum):
    """Where a clock stands; a late stop is a BREACHED clock with its stop instant."""

    RUNNING = "RUNNING"
    WARNED = "WARNED"
    MET = "MET"
    BREACHED = "BREACHED"
    CANCELLED = "CANCELLED"
    MEASURED = "MEASURED"


class LegalStatus(StrEnum):
    """Whether a text states the limit, we set it ourselves, or it is only measured."""

    REGULATION = "REGULATION"
    OPERATIONAL = "OPERATIONAL"
    MEASURE_ONLY = "MEASURE_ONLY"


class CalendarDay(TenantRow):
    """An exception to the week: holiday or make-up working day; provisional while no official notice covers it."""

    __tablename__ = "calendar_day"

    day: Mapped[date]
    is_workday: Mapped[bool]
    note: Mapped[str | None]
    provisional: Mapped[bool]
    intervals: Mapped[list[Any] | None]

    __table_args__ = (unique_within_tenant("day"),)


class ExtraShift(TenantRow):
    """Extended-hours or weekend service of one unit; it feeds the unit's clock when it counts (TA-12-7)."""

    __tablename__ = "extra_shift"

    unit_id: Mapped[UUID]
    kind: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    counts: Mapped[bool]

    __table_args__ = (within_tenant("unit_id", "org_unit"), tenant_index("unit_id", "starts_at"))


class Timer(TenantRow):
    """A running clock of a case, leg or callback; `due_at` is None where only time is measured.

    `overdue_from` is the first instant at which the subject is overdue by this clock, fired or not; None where nothing
    is due, and as soon as nothing is waited for any more.
    """

    __tablename__ = "timer"

    code: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    revision_id: Mapped[UUID]
    started_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    warn_at: Mapped[datetime | None]
    fire_at: Mapped[datetime | None]
    clock: Mapped[str]
    duration: Mapped[str | None]
    state: Mapped[TimerState] = mapped_column(text_enum(TimerState), active_history=True)
    legal_status: Mapped[LegalStatus] = mapped_column(text_enum(LegalStatus))
    rules: Mapped[list[str]]
    provisional: Mapped[bool]
    warned_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    elapsed_seconds: Mapped[int | None] = mapped_column(BigInteger)
    proof: Mapped[list[Any] | None]
    round: Mapped[int]
    leased_until: Mapped[datetime | None]
    overdue_from: Mapped[datetime | None] = mapped_column(active_history=True)

    __table_args__ = (
        within_tenant("unit_id", "org_unit"),
        within_tenant("revision_id", "profile_revision"),
        unique_within_tenant("subject_id", "code", "round"),
        Index(
            "ix_timer_fire_overdue",
            "tenant_id",
            "fire_at",
            "overdue_from",
            postgresql_where=text("state IN ('RUNNING', 'WARNED')"),
        ),
    )


class TimerBreach(TenantRow):
    """A limit was passed: the due instant, when it was noticed, and who was told. Insert-only for the program's role."""

    __tablename__ = "timer_breach"

    timer_id: Mapped[UUID]
    due_at: Mapped[datetime]
    noticed_at: Mapped[datetime]
    legal_status: Mapped[LegalStatus] = mapped_column(text_enum(LegalStatus))
    rules: Mapped[list[str]]

    __table_args__ = (within_tenant("timer_id", "timer"), unique_within_tenant("timer_id"))
