"""What a caller may see, as conditions on rows; the same condition serves one caller's question and a plan for many."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, false

from authz.actor import Actor
from authz.rows import Binder, ParticipantOf, as_it_is, predicate, row_filter
from authz.table import PermissionTable

NoColumn = ColumnElement[Any] | None


@dataclass(frozen=True)
class Sight:
    """One caller in front of the rows of one city at one instant.

    `tenant`, `now`, `today` (the date at the office) and `timezone` are the values, or places of a plan that are filled in for
    each caller; `bind` is told every other value by its name and gives what stands for it in the condition.
    """

    table: PermissionTable
    actor: Actor
    tenant: Any
    now: Any
    today: Any
    timezone: Any
    bind: Binder = as_it_is

    def reaching(
        self, action: str, *, unit_path: NoColumn, participant_of: ParticipantOf | None, applicant_id: NoColumn
    ) -> ColumnElement[bool]:
        """Write the condition that the caller may do the action to a row."""
        return predicate(
            row_filter(self.table, self.actor, action),
            unit_path=unit_path,
            participant_of=participant_of,
            applicant_id=applicant_id,
            bind=lambda name, value: self.bind(f"{action}.{name}", value),
        )

    def is_me(self, staff_id: ColumnElement[Any]) -> ColumnElement[bool]:
        """Write the condition that a column names the caller; somebody who is no staff is named by none."""
        return false() if self.actor.staff_id is None else staff_id == self.bind("staff", self.actor.staff_id)

    def is_for_me(self, recipient_id: ColumnElement[Any]) -> ColumnElement[bool]:
        """Write the condition that a column names the caller as staff or as applicant."""
        mine = self.actor.staff_id or self.actor.applicant_id
        return false() if mine is None else recipient_id == self.bind("self", mine)


Seen = Callable[[Sight], ColumnElement[bool]]
"""The condition under which the rows of a table are shown to a caller; it names the tenant."""


@dataclass(frozen=True)
class Outlook:
    """What sets one caller's conditions apart from another's: their form, which a plan is kept by, and their values."""

    form: tuple[Any, ...]
    values: dict[str, Any]

    @classmethod
    def of(cls, table: PermissionTable, actor: Actor, actions: Iterable[str]) -> "Outlook":
        """Look at a caller under the actions by which rows are shown."""
        form: list[Any] = [actor.staff_id is None, actor.applicant_id is None]
        values: dict[str, Any] = {"staff": actor.staff_id, "self": actor.staff_id or actor.applicant_id}
        for action in actions:
            found = row_filter(table, actor, action)
            form.append((action, found.form))
            values.update({f"{action}.{name}": value for name, value in found.values().items()})
        return cls(tuple(form), values)
