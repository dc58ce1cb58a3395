"""Messages about hand-overs: receivers hear of what is offered, the leaver and the chain of roles of what stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from authz.decide import Resource
from casework.kernel.work import Work
from casework.organisation.duty_events import (
    HANDOVER_ACCEPTED,
    HANDOVER_CANCELLED,
    HANDOVER_DISPUTED,
    HANDOVER_GAP_FOUND,
    HANDOVER_LAPSED,
    HANDOVER_OFFERED,
    HANDOVER_UNPLACED,
)
from casework.organisation.models import DutyHandover
from casework.organisation.notify import Subject, notify_staff
from casework.organisation.queries import first_in_chain, staff_by_id

RECEIVERS, LEAVER, CHAIN = "RECEIVERS", "LEAVER", "CHAIN"
TEXTS: Mapping[str, tuple[tuple[str, ...], str]] = {
    HANDOVER_OFFERED: ((RECEIVERS,), "{name}的在手事项拟交接给您,请核对清单后确认或提出异议。"),
    HANDOVER_UNPLACED: ((LEAVER, CHAIN), "{name}的部分在手事项在辖区内暂无可接办人员,请协调转派。"),
    HANDOVER_ACCEPTED: ((LEAVER,), "{name}的在手事项已被接收。"),
    HANDOVER_DISPUTED: ((LEAVER, CHAIN), "{name}的在手事项交接存在异议,请协调处理。"),
    HANDOVER_CANCELLED: ((RECEIVERS,), "{name}的在手事项交接已撤回,无须确认。"),
    HANDOVER_LAPSED: ((LEAVER, CHAIN), "{name}的在手事项拟定接收人已离任,相关事项仍由其负责,请重新发起交接。"),
    HANDOVER_GAP_FOUND: ((LEAVER, CHAIN), "{name}的交接清单有遗漏,遗漏办件已由接收人接办,请协调处理。"),
}
"""Who is told what of each event of a hand-over."""


@dataclass(frozen=True)
class TellHandover:
    """Which hand-over, which event, and the people whom the event names."""

    handover_id: UUID
    event: str
    event_id: UUID
    people: Sequence[UUID]


async def tell_handover(work: Work, intent: TellHandover) -> DutyHandover:
    """Leave the people concerned a message about one event of a hand-over, once."""
    work.require("system.notify", Resource())
    handover = await work.load(DutyHandover, intent.handover_id, "hand-over", "工作交接", "handoverId")
    person = await staff_by_id(work, handover.from_staff_id)
    groups, text = TEXTS[intent.event]
    people: list[UUID] = [*intent.people] if RECEIVERS in groups else []
    if LEAVER in groups:
        people.append(person.id)
    if CHAIN in groups:
        people.extend(await first_in_chain(work, handover.unit_id, work.profile))
    for staff_id in dict.fromkeys(people):
        subject = Subject("duty_handover", handover.id)
        await notify_staff(work, staff_id, intent.event, subject, text.format(name=person.name), intent.event_id, True)
    return handover
