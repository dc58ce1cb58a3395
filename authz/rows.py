"""The same permissions as `decide`, as a condition on the rows of a table: what a list may show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, and_, any_, false, not_, or_, true

from authz.actor import Actor
from authz.reach import Reach, object_role_reaches, prohibitions, reaches
from authz.scope import Scope
from authz.table import PermissionTable

ParticipantOf = Callable[[UUID], ColumnElement[bool]]
"""Builds the condition that a member of staff takes part in the row; true or false, never NULL."""


Binder = Callable[[str, Any], Any]
"""Gives the operand for a named value of a filter: the value itself, or a place that is filled in later."""


def as_it_is(_name: str, value: Any) -> Any:
    """Write values into the condition."""
    return value


class ObjectRoleOf(Protocol):
    """Builds the condition that a member of staff holds one of the neutral roles on the row itself."""

    def __call__(self, staff_id: UUID, neutral_roles: frozenset[str], /) -> ColumnElement[bool]:
        """Build the condition; true or false, never NULL."""


@dataclass(frozen=True, slots=True)
class Area:
    """A set of rows: all of them, or those of units, subtrees, a participant, an applicant."""

    everything: bool = False
    units: frozenset[str] = frozenset()
    subtrees: frozenset[str] = frozenset()
    participant: UUID | None = None
    applicant: UUID | None = None

    def values(self) -> dict[str, Any]:
        """Name every value that the condition for this area holds; the order of names is that of the condition."""
        found: dict[str, Any] = {}
        if self.everything:
            return found
        for number, root in enumerate(sorted(self.subtrees)):
            start, end = range_names(number, root)
            found[start], found[end] = root, end_of_subtree(root)
        if self.units:
            found["units"] = sorted(self.units)
        if self.participant is not None:
            found["participant"] = self.participant
        if self.applicant is not None:
            found["applicant"] = self.applicant
        return found


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Which rows an actor may act on: those reached, without those forbidden. Hashable, so it can key a plan."""

    reached: Area = Area()
    forbidden: Area = Area()
    object_role_staff: UUID | None = None
    object_roles: frozenset[str] = frozenset()

    def values(self) -> dict[str, Any]:
        """Name every value that the condition of this filter holds."""
        parts = (("reached", self.reached), ("forbidden", self.forbidden))
        return {f"{place}.{name}": value for place, area in parts for name, value in area.values().items()}

    @property
    def form(self) -> tuple[Any, ...]:
        """Give what is the same in all filters whose conditions differ by their values only."""
        return (self.reached.everything, self.forbidden.everything, *self.values())

    @property
    def is_empty(self) -> bool:
        """Say whether no row at all can pass, so that the question need not reach the database."""
        return self.forbidden.everything or (self.reached == Area() and not self.object_roles)


NOTHING = RowFilter()
"""The filter that no row passes."""


def row_filter(table: PermissionTable, actor: Actor, action: str) -> RowFilter:
    """Say which rows the actor may do the action to, under the city's table."""
    table.require_known(action)
    if not table.admits(actor):
        return NOTHING
    usable = (reach for reach in reaches(table, actor, action) if _conditions_met(reach.scope, actor))
    on_object = object_role_reaches(table, actor, action)
    return RowFilter(
        reached=_area(usable, actor),
        forbidden=_area((bar for bar, _ in prohibitions(table, actor, action)), actor),
        object_role_staff=actor.staff_id if on_object else None,
        object_roles=on_object,
    )


def _conditions_met(scope: Scope, actor: Actor) -> bool:
    if scope is Scope.TENANT_WITH_APPROVER:
        return actor.has_reason and actor.has_second_approver
    return actor.has_reason or not scope.reason_required


def _area(found: Iterable[Reach], actor: Actor) -> Area:
    everything, participant, applicant = False, None, None
    units: set[str] = set()
    subtrees: set[str] = set()
    for reach in found:
        match reach.scope:
            case Scope.OWN_DATA:
                applicant = actor.applicant_id
            case Scope.PARTICIPANT:
                participant = actor.staff_id
            case Scope.UNIT if reach.unit_path is not None:
                units.add(reach.unit_path)
            case Scope.SUBTREE if reach.unit_path is not None:
                subtrees.add(reach.unit_path)
            case Scope.TENANT | Scope.TENANT_WITH_REASON | Scope.TENANT_WITH_APPROVER:
                everything = True
            case _:
                # The province sees figures only; a figure is no row of a table.
                continue
    top = frozenset(path for path in subtrees if not any(_is_below(path, other) for other in subtrees))
    apart = frozenset(path for path in units if not any(path.startswith(root) for root in top))
    return Area(everything, apart, top, participant, applicant)


def _is_below(path: str, other: str) -> bool:
    return path != other and path.startswith(other)


def predicate(
    filter: RowFilter,
    *,
    unit_path: ColumnElement[Any] | None,
    participant_of: ParticipantOf | None,
    applicant_id: ColumnElement[Any] | None,
    object_role_of: ObjectRoleOf | None = None,
    bind: Binder = as_it_is,
) -> ColumnElement[bool]:
    """Write the filter as a condition on a table's columns; a column the table does not have is passed as None.

    Unit paths are compared byte by byte, so the column must carry the collation "C" (on SQLite: BINARY). `bind` is
    told each value by the name that `RowFilter.values` gives it, so that a condition can serve other callers too.
    """
    reached = _conditions(filter.reached, unit_path, participant_of, applicant_id, _under("reached", bind))
    if object_role_of is not None and filter.object_role_staff is not None:
        reached.append(object_role_of(filter.object_role_staff, filter.object_roles))
    allowed = or_(false(), *reached)
    forbidden = _conditions(filter.forbidden, unit_path, participant_of, applicant_id, _under("forbidden", bind))
    return and_(allowed, not_(or_(false(), *forbidden))) if forbidden else allowed


def _under(place: str, bind: Binder) -> Binder:
    return lambda name, value: bind(f"{place}.{name}", value)


def _conditions(
    area: Area,
    unit_path: ColumnElement[Any] | None,
    participant_of: ParticipantOf | None,
    applicant_id: ColumnElement[Any] | None,
    bind: Binder,
) -> list[ColumnElement[bool]]:
    if area.everything:
        return [true()]
    found: list[ColumnElement[bool]] = []
    if unit_path is not None:
        found.extend(_in_units(area, unit_path, bind))
    if participant_of is not None and area.participant is not None:
        found.append(participant_of(bind("participant", area.participant)))
    if applicant_id is not None and area.applicant is not None:
        found.append(_known(applicant_id, applicant_id == bind("applicant", area.applicant)))
    return found


def _in_units(area: Area, unit_path: ColumnElement[Any], bind: Binder) -> list[ColumnElement[bool]]:
    found = []
    for number, root in enumerate(sorted(area.subtrees)):
        start, end = range_names(number, root)
        # Whoever sees a city or a county sees too many rows to be found by their units: the list's own order or
        # another condition finds them, and a plan made for all values must not take the index of units for it.
        compared = unit_path.op("||")("") if is_wide(root) else unit_path
        inside = and_(compared >= bind(start, root), compared < bind(end, end_of_subtree(root)))
        found.append(_known(unit_path, inside))
    if area.units:
        units = bind("units", sorted(area.units))
        inside = unit_path.in_(units) if isinstance(units, list) else unit_path == any_(units)
        found.append(_known(unit_path, inside))
    return found


def subtree(unit_path: ColumnElement[Any], root: str) -> ColumnElement[bool]:
    """Write "in this unit or below" as a range that a plain index serves, also under row-level security.

    "/" is the character after ".", so the range holds exactly the paths that begin with the root and its dot.
    """
    return and_(unit_path >= root, unit_path < end_of_subtree(root))


WIDEST = 2
"""How many codes from the top the path of a unit has that sees a large part of its city."""


def is_wide(root: str) -> bool:
    """Tell whether a subtree is a large part of its city."""
    return root.count(".") <= WIDEST


def range_names(number: int, root: str) -> tuple[str, str]:
    """Name the two ends of a subtree's range; wide ones have other names, because their conditions differ."""
    kind = "wide" if is_wide(root) else "narrow"
    return f"{kind}_from{number}", f"{kind}_to{number}"


def end_of_subtree(root: str) -> str:
    """Give the first path that is no longer below a unit."""
    return root[:-1] + "/"


def _known(column: ColumnElement[Any], condition: ColumnElement[bool]) -> ColumnElement[bool]:
    # Without this a NULL would also make "not forbidden" NULL and hide a row that decide() allows.
    return and_(column.is_not(None), condition)
