"""Mutations of the working calendar: extra shifts and exceptional days."""

from datetime import date, datetime
from uuid import UUID

import strawberry
from strawberry import relay

from casework.deadlines.add_shift import AddShift, add_shift
from casework.deadlines.models import CalendarDay, ExtraShift
from casework.deadlines.set_calendar_day import SetCalendarDay, set_calendar_day
from schema.cases.inputs import KEY, VERSION
from schema.context import Info
from schema.fields import mutation
from schema.ids import row_id
from schema.perform import Payload, perform
from schema.shown import Shown, shows, to_all_in_city


@shows(
    ExtraShift,
    name="ExtraShift",
    description="Service of a unit outside office hours (延时/周末班次).",
    seen=to_all_in_city(ExtraShift),
)
class ShiftNode(Shown, relay.Node):
    """Service of a unit outside office hours."""

    id: relay.NodeID[UUID]
    kind: str = strawberry.field(description="Kind by the city's codes (班次类型).")
    starts_at: datetime = strawberry.field(description="Start (开始).")
    ends_at: datetime = strawberry.field(description="End (结束).")
    counts: bool = strawberry.field(description="Whether clocks in working time run meanwhile (计入工时).")


@shows(
    CalendarDay,
    name="CalendarDay",
    description="An exception to the week (工作日历).",
    seen=to_all_in_city(CalendarDay),
)
class DayNode(Shown, relay.Node):
    """An exception to the week."""

    id: relay.NodeID[UUID]
    day: date = strawberry.field(description="The day (日期).")
    is_workday: bool = strawberry.field(description="Whether offices work (是否工作日).")
    note: str | None = strawberry.field(description="Why (备注).")
    provisional: bool = strawberry.field(description="True while no official notice says so (暂定).")


@strawberry.type(description="What addShift answers.")
class AddShiftPayload(Payload):
    """What addShift answers."""

    shift: ShiftNode | None = strawberry.field(default=None, description="The shift; null when refused (班次).")


@strawberry.type(description="What setCalendarDay answers.")
class SetCalendarDayPayload(Payload):
    """What setCalendarDay answers."""

    calendar_day: DayNode | None = strawberry.field(default=None, description="The day; null when refused (日历日).")


@strawberry.input(description="An extra shift (延时/周末班次).")
class AddShiftInput:
    """An extra shift."""

    unit_id: strawberry.ID = strawberry.field(description="Global id of the unit (机构).")
    kind: str = strawberry.field(description="Kind by the city's codes, such as WEEKEND (班次类型).")
    starts_at: datetime = strawberry.field(description="Start (开始).")
    ends_at: datetime = strawberry.field(description="End (结束).")
    counts: bool | None = strawberry.field(
        default=None, description="Whether clocks run; the profile decides if absent."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.input(description="An exceptional day (例外日).")
class SetCalendarDayInput:
    """An exceptional day."""

    day: date = strawberry.field(description="The day (日期).")
    is_workday: bool = strawberry.field(description="Whether offices work (是否工作日).")
    note: str | None = strawberry.field(default=None, description="Why (备注).")
    provisional: bool = strawberry.field(default=False, description="No official notice says so yet (暂定).")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: str | None = strawberry.field(default=None, description=KEY)


@strawberry.type
class DeadlineMutation:
    """Mutations of the working calendar."""

    @mutation
    async def add_shift(self, info: Info, input: AddShiftInput) -> AddShiftPayload:
        """Add extended hours or a weekend shift to a unit; clocks that run across it are reckoned anew (增加班次)."""
        return await perform(
            info, AddShiftPayload, add_shift,
            lambda: AddShift(row_id(input.unit_id, "Unit", "unitId"), input.kind, input.starts_at, input.ends_at,
                             input.counts),
            input.idempotency_key,
        )  # fmt: skip

    @mutation
    async def set_calendar_day(self, info: Info, input: SetCalendarDayInput) -> SetCalendarDayPayload:
        """Make a day a holiday or a working day; running clocks are reckoned anew, finished ones never (设置日历日)."""
        return await perform(
            info, SetCalendarDayPayload, set_calendar_day,
            lambda: SetCalendarDay(input.day, input.is_workday, input.note, input.provisional,
                                   expected_version=input.expected_version),
            input.idempotency_key,
        )  # fmt: skip
