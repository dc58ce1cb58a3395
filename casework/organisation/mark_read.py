"""Note that a message was read by the one it was meant for."""

from dataclasses import dataclass
from uuid import UUID

from casework.kernel.errors import not_found
from casework.kernel.work import Work
from casework.organisation.models import Notification, Recipient


@dataclass(frozen=True)
class MarkReadInput:
    """Which message was read."""

    notification_id: UUID


async def mark_read(work: Work, given: MarkReadInput) -> Notification:
    """Note the first time a message was read; to everybody but its recipient it does not exist.

    A message belongs to one person whatever that person's roles are, so being the recipient is the permission.
    """
    message = await work.load(Notification, given.notification_id, "notification", "通知", "notificationId", lock=True)
    reader = {Recipient.STAFF: work.actor.staff_id, Recipient.APPLICANT: work.actor.applicant_id}
    if reader[message.recipient_kind] != message.recipient_id:
        raise not_found("notification", "通知", ("notificationId",), given.notification_id)
    if message.read_at is None:
        message.read_at = work.now
        await work.session.flush()
    return message
