"""Tell somebody something: leave a message for a member of staff or an applicant, once per cause.

It is a step inside other deeds and never a deed of its own: what causes the message has been allowed before, so no
permission is asked here, and no door calls it.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from casework.kernel.ids import new_id
from casework.kernel.work import Work
from casework.organisation.events import NotificationSent
from casework.organisation.models import Notification, Recipient


@dataclass(frozen=True)
class Subject:
    """What a message is about: the table's singular name and the row's id, such as ("case", …)."""

    kind: str
    id: UUID


async def notify_staff(
    work: Work, staff_id: UUID, template: str, subject: Subject, text_zh: str, cause_id: UUID | None, automatic: bool
) -> Notification:
    """Leave a message for a member of staff; the same template for the same cause is left once."""
    return await _leave(work, Recipient.STAFF, staff_id, template, subject, text_zh, cause_id, automatic)


async def notify_applicant(
    work: Work,
    applicant_id: UUID,
    template: str,
    subject: Subject,
    text_zh: str,
    cause_id: UUID | None,
    automatic: bool,
) -> Notification:
    """Leave a message for an applicant; an automatic one never counts as a response (S-TA-07)."""
    return await _leave(work, Recipient.APPLICANT, applicant_id, template, subject, text_zh, cause_id, automatic)


async def _leave(
    work: Work,
    kind: Recipient,
    recipient_id: UUID,
    template: str,
    subject: Subject,
    text_zh: str,
    cause_id: UUID | None,
    automatic: bool,
) -> Notification:
    # The database decides who was first: a job that runs twice at once leaves one message all the same.
    adding = (
        insert(Notification)
        .values(
            tenant_id=work.tenant,
            id=new_id(),
            recipient_kind=kind,
            recipient_id=recipient_id,
            template=template,
            subject_kind=subject.kind,
            subject_id=subject.id,
            text_zh=text_zh,
            automatic=automatic,
            sent_at=work.now,
            cause_id=cause_id,
            created_at=work.now,
            updated_at=work.now,
            row_version=1,
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "template", "cause_id", "recipient_id"])
        .returning(Notification)
    )
    left = (await work.session.scalars(adding)).one_or_none()
    if left is None:
        return await _left_before(work, recipient_id, template, cause_id)
    work.emit(NotificationSent(left.id, template, kind.value, recipient_id, subject.kind, subject.id, automatic).told())
    return left


async def _left_before(work: Work, recipient_id: UUID, template: str, cause_id: UUID | None) -> Notification:
    query = select(Notification).where(
        Notification.tenant_id == work.tenant,
        Notification.recipient_id == recipient_id,
        Notification.template == template,
        Notification.cause_id == cause_id,
    )
    return (await work.session.scalars(query)).one()
