"""The people of a city: everybody in a role of its regulation, the well-known ones first, and the desks they sit at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from bangban.demo.blueprint import Blueprint, StaffPlan, all_names
from bangban.demo.bulk import Row
from bangban.demo.identity import OPENED, Source, desk_number
from bangban.demo.units import Unit

ALSO = "CONCURRENT"
"""How a person holds a second role."""


@dataclass
class Roster:
    """Staff, posts and desks as they are filled in, unit by unit."""

    blueprint: Blueprint
    source: Source
    staff: list[Row] = field(default_factory=list)
    posts: list[Row] = field(default_factory=list)
    windows: list[Row] = field(default_factory=list)

    def fill(self, units: Sequence[Unit]) -> None:
        """Fill every unit with the people its plan asks for."""
        waiting: dict[tuple[str, str], list[str]] = {}
        for person in self.blueprint.people:
            waiting.setdefault((person.unit, person.role), []).append(person.code)
        for unit in units:
            first_of_role: dict[str, UUID] = {}
            for plan in unit.staff:
                codes = waiting.get((unit.code, plan.role), [])
                for number, code in enumerate(self._codes(unit, plan, codes), start=1):
                    person_id = self._person(unit, plan, code)
                    if number == 1:
                        first_of_role[plan.role] = person_id
            self.windows.extend(self._windows(unit, first_of_role))

    def _codes(self, unit: Unit, plan: StaffPlan, known: list[str]) -> Iterator[str]:
        for number in range(unit.counts.get(plan.role, plan.count)):
            yield known[number] if number < len(known) else f"{unit.code}-{plan.role}-{number + 1}"

    def _person(self, unit: Unit, plan: StaffPlan, code: str) -> UUID:
        person_id = self.source.id("staff", code)
        self.staff.append(
            {
                "id": person_id,
                "code": code,
                "name": person_name(self.source, "staff", code),
                "post": plan.post,
                "work_phone": desk_number(self.blueprint.area_code, self.source.number(1_000_000, "desk", code)),
                "badge_no": f"{self.source.number(1_000_000, 'badge', code):06d}",
                "unit_id": unit.id,
                "source": plan.source,
                "active": True,
            }
        )
        for role in (plan.role, *plan.also):
            self._post(unit, person_id, code, role, plan.engagement if role == plan.role else ALSO)
        return person_id

    def _post(self, unit: Unit, person_id: UUID, code: str, role: str, engagement: str) -> None:
        self.posts.append(
            {
                "id": self.source.id("post", f"{code}/{role}"),
                "staff_id": person_id,
                "unit_id": unit.id,
                "role_code": role,
                "engagement": engagement,
                "valid_from": OPENED,
                "valid_to": None,
                "end_reason": None,
                "put_off_from": None,
                "judged_at": None,
                "needs_registration": False,
                "registered_at": None,
            }
        )

    def _windows(self, unit: Unit, first_of_role: dict[str, UUID]) -> Iterator[Row]:
        for number, plan in enumerate(unit.windows, start=1):
            yield {
                "id": self.source.id("window", f"{unit.code}/{number}"),
                "type": plan.type,
                "name_zh": plan.name,
                "unit_id": unit.id,
                "responsible_staff_id": first_of_role[plan.responsible] if plan.responsible else None,
                "headcount": unit.headcount if plan.whole_unit else plan.headcount,
            }


def person_name(source: Source, kind: str, code: str) -> str:
    """Make up the name of a person; whoever really bears it is not meant."""
    names = all_names()
    surname = names.surnames[source.number(len(names.surnames), "surname", kind, code)]
    first, second = (names.given[source.number(len(names.given), place, kind, code)] for place in ("given", "second"))
    return surname + first + (second if source.number(4, "letters", kind, code) else "")
