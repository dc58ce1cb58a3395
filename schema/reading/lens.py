"""What computed fields are computed with: who asks, when, and the published revisions that objects are pinned to."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from authz.actor import Actor
from casework.kernel.law import Regulation


class NotOnShelf(LookupError):
    """A revision is needed that is not in memory; whoever computes fetches it and computes again."""

    def __init__(self, revision_id: UUID) -> None:
        super().__init__(str(revision_id))
        self.revision_id = revision_id


@dataclass(slots=True)
class Lens:
    """One request as computed fields see it."""

    actor: Actor
    now: datetime
    in_force: Regulation
    known: Callable[[UUID], Regulation | None]
    fetched: dict[UUID, Regulation] = field(default_factory=dict)
    shared: dict[str, bytes | None] = field(default_factory=dict)
    """What the statement reads once for all rows, as PostgreSQL wrote it."""
    made: dict[Hashable, Any] = field(default_factory=dict)
    """What was made for one row or unit and serves several fields."""
    variables: Mapping[str, Any] = field(default_factory=dict)
    """The variables of the request, from which pages below the root take their sizes."""

    def regulation(self, revision_id: UUID | None) -> Regulation:
        """Give the revision that an object is pinned to, or the one in force while it is not pinned yet."""
        if revision_id is None or revision_id == self.in_force.revision_id:
            return self.in_force
        found = self.fetched.get(revision_id) or self.known(revision_id)
        if found is None:
            raise NotOnShelf(revision_id)
        return found
