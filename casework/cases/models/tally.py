"""The maintained counters of cases (统计)."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, Integer
from sqlalchemy.orm import Mapped, mapped_column

from casework.cases.models.case import CaseState
from casework.kernel.models import TenantRow, path_text, text_enum, unique_within_tenant, within_tenant

EVER = date.min
"""The day of the counters that leave the day out; only a few of them exist, however many cases there are."""


class CaseTally(TenantRow):
    """How many cases of a unit are in a state, overdue or not, received on a local day or `EVER`.

    What counts is the sum over the slots. A writer adds to a slot that no other writer has, so that none waits;
    a single slot may be below zero.
    """

    __tablename__ = "case_tally"

    unit_id: Mapped[UUID]
    unit_path: Mapped[str] = mapped_column(path_text())
    state: Mapped[CaseState] = mapped_column(text_enum(CaseState))
    overdue: Mapped[bool]
    day: Mapped[date]
    slot: Mapped[int] = mapped_column(Integer)
    n: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        within_tenant("unit_id", "org_unit"),
        unique_within_tenant("day", "unit_path", "state", "overdue", "slot"),
    )
