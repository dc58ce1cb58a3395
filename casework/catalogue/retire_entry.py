"""Take an item off a list (TA-9-4, TA-20-5)."""

from dataclasses import dataclass
from uuid import UUID

from authz.decide import Resource
from casework.catalogue.events import EntryRetired
from casework.catalogue.models import CatalogueEntry, CatalogueList, EntryStatus
from casework.catalogue.publish_list import list_rules
from casework.kernel.errors import Code, Refusal
from casework.kernel.work import Work, check_version
from casework.organisation.queries import unit_by_id


@dataclass(frozen=True)
class RetireEntryInput:
    """Which entry leaves its list."""

    entry_id: UUID
    expected_version: int | None = None


async def retire_entry(work: Work, given: RetireEntryInput) -> CatalogueEntry:
    """Retire an entry at once; cases opened while it was active keep their item."""
    entry = await work.load(CatalogueEntry, given.entry_id, "list entry", "清单条目", "entryId", lock=True)
    kept = await work.load(CatalogueList, entry.list_id, "list", "清单", "entryId")
    unit = await unit_by_id(work, kept.unit_id)
    work.require("catalogue.edit", Resource(unit_path=unit.path), "entryId")
    check_version(entry, given.expected_version)
    if entry.status is EntryStatus.RETIRED:
        raise Refusal(Code.CONFLICT, "This entry is retired already.", "该条目已退出清单。", ("entryId",))
    entry.status = EntryStatus.RETIRED
    await work.session.flush()
    work.emit(EntryRetired(entry.id, kept.id, entry.item_id, list_rules(work.profile, kept.code)).told())
    return entry
