"""What happens in the catalogue, in the past tense."""

from dataclasses import dataclass
from uuid import UUID

from casework.kernel.events import Event


@dataclass(frozen=True)
class ItemListed:
    """An item was proposed for a list of a unit; it counts once the list is published."""

    entry_id: UUID
    list_id: UUID
    item_id: UUID
    rules: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {"listId": str(self.list_id), "itemId": str(self.item_id)}
        return Event("catalogue.item_listed", "catalogue_entry", self.entry_id, facts, self.rules)


@dataclass(frozen=True)
class ListPublished:
    """A unit made a version of its list public (TA-9-3)."""

    list_id: UUID
    code: str
    version: int
    entries: int
    next_review_on: str | None
    rules: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {
            "code": self.code,
            "version": self.version,
            "entries": self.entries,
            "nextReviewOn": self.next_review_on,
        }
        return Event("catalogue.published", "catalogue_list", self.list_id, facts, self.rules)


@dataclass(frozen=True)
class EntryRetired:
    """An item left a list."""

    entry_id: UUID
    list_id: UUID
    item_id: UUID
    rules: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {"listId": str(self.list_id), "itemId": str(self.item_id)}
        return Event("catalogue.entry_retired", "catalogue_entry", self.entry_id, facts, self.rules)


@dataclass(frozen=True)
class ItemEntered:
    """An item came into the catalogue of the city."""

    item_id: UUID
    code: str

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        return Event("catalogue.item_entered", "service_item", self.item_id, {"code": self.code, "version": 1})


@dataclass(frozen=True)
class ItemChanged:
    """What the catalogue says of an item changed; a version is named where it asks or promises something else from a day on."""

    item_id: UUID
    code: str
    fields: tuple[str, ...]
    version: int | None
    valid_from: str | None

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {"code": self.code, "fields": list(self.fields), "version": self.version, "validFrom": self.valid_from}
        return Event("catalogue.item_changed", "service_item", self.item_id, facts)


@dataclass(frozen=True)
class ItemEnded:
    """An item is no longer handled after a day."""

    item_id: UUID
    code: str
    valid_to: str

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        return Event(
            "catalogue.item_ended", "service_item", self.item_id, {"code": self.code, "validTo": self.valid_to}
        )


@dataclass(frozen=True)
class GuideMoved:
    """The text of a guide went a step on: drafted, revised, submitted, reviewed, published or withdrawn (TA-10-2)."""

    guide_id: UUID
    step: str
    unit_id: UUID
    kind: str
    version: int
    rules: tuple[str, ...]

    def told(self) -> Event:
        """Put it in the form of the outbox."""
        facts = {"unitId": str(self.unit_id), "kind": self.kind, "version": self.version}
        return Event(f"guide.{self.step}", "guide", self.guide_id, facts, self.rules)
