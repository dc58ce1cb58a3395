"""Make the present state of a list public (清单公布)."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from authz.decide import Resource
from casework.catalogue.events import ListPublished
from casework.catalogue.models import CatalogueList, EntryStatus
from casework.catalogue.queries import entries
from casework.kernel.errors import invalid
from casework.kernel.work import Work, check_version
from casework.organisation.queries import unit_by_id
from tenants.duration import parse_duration
from tenants.profile import ListReview, Profile

MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True)
class PublishListInput:
    """Which list is published."""

    list_id: UUID
    expected_version: int | None = None


async def publish_list(work: Work, given: PublishListInput) -> CatalogueList:
    """Publish a list: its drafts become active, and the date of the next review is set (TA-9-3, TA-9-4)."""
    kept = await work.load(CatalogueList, given.list_id, "list", "清单", "listId", lock=True)
    unit = await unit_by_id(work, kept.unit_id)
    work.require("catalogue.publish", Resource(unit_path=unit.path), "listId")
    check_version(kept, given.expected_version)
    shown = [entry for entry in await entries(work, kept.id) if entry.status in (EntryStatus.DRAFT, EntryStatus.ACTIVE)]
    if not shown:
        raise invalid("An empty list is not published.", "清单为空,不能公布。", "listId")
    for entry in shown:
        entry.status = EntryStatus.ACTIVE
    kept.version += 1
    kept.published_at = work.now
    kept.next_review_on = next_review(work.profile.catalogue.review, work.today)
    await work.session.flush()
    due = kept.next_review_on.isoformat() if kept.next_review_on else None
    work.emit(
        ListPublished(kept.id, kept.code, kept.version, len(shown), due, list_rules(work.profile, kept.code)).told()
    )
    return kept


def list_rules(profile: Profile, code: str) -> tuple[str, ...]:
    """Name the rules that a list of the city rests on."""
    return next((rule.basis.rules for rule in profile.catalogue.lists if rule.code == code), ())


def next_review(review: ListReview, published_on: date) -> date | None:
    """Tell on which day a list published today is to be looked through again; None where no interval is set."""
    if review.interval is None:
        return None
    interval = parse_duration(review.interval)
    return months_later(published_on, interval.months) + timedelta(days=interval.days)


def months_later(day: date, months: int) -> date:
    """Go forward by whole months; a day that the month does not have becomes its last one."""
    years, month = divmod(day.month - 1 + months, MONTHS_OF_A_YEAR)
    first = date(day.year + years, month + 1, 1)
    after = date(first.year + (first.month == MONTHS_OF_A_YEAR), first.month % MONTHS_OF_A_YEAR + 1, 1)
    return first + timedelta(days=min(day.day, (after - first).days) - 1)
