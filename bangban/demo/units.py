"""The tree of units of a city: one plan per level of its divisions, with departments and other units below."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from bangban.demo.blueprint import Blueprint, DepartmentsPlan, StaffPlan, UnitPlan, WindowPlan
from bangban.demo.bulk import Row
from bangban.demo.divisions import Division
from bangban.demo.identity import Source, desk_number
from tenants.profile import Profile


@dataclass(frozen=True)
class Unit:
    """One unit, with what its plan says about desks and people."""

    id: UUID
    code: str
    path: str
    name: str
    unit_type: str
    tier: str
    parent: "Unit | None"
    division: Division
    headcount: int | None
    windows: tuple[WindowPlan, ...] = ()
    staff: tuple[StaffPlan, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    department: str | None = None


@dataclass(frozen=True)
class Forest:
    """What the planting of units needs to know."""

    profile: Profile
    blueprint: Blueprint
    source: Source

    def units(self, divisions: Sequence[Division]) -> list[Unit]:
        """Plant the whole tree: divisions whose level has no plan have no unit, the rest hang on each other."""
        planted: dict[str, Unit] = {}
        found: list[Unit] = []
        for division in divisions:
            plan = self.blueprint.units.get(division.level)
            if plan is not None:
                below = list(self._grow(plan, division, planted.get(division.parent), self._tier(division)))
                planted[division.code] = below[0]
                found.extend(below)
        return found

    def _tier(self, division: Division) -> str:
        return self.blueprint.levels[division.level]

    def _grow(self, plan: UnitPlan, division: Division, parent: Unit | None, tier: str) -> Iterator[Unit]:
        for number in range(1, plan.repeat + 1):
            unit = self._unit(plan, division, parent, plan.tier or tier, number)
            yield unit
            for child in plan.children:
                yield from self._grow(child, division, unit, tier)
            if plan.departments is not None:
                yield from self._departments(plan.departments, unit)

    def _unit(self, plan: UnitPlan, division: Division, parent: Unit | None, tier: str, number: int) -> Unit:
        suffix = f"{plan.suffix}{number}" if plan.repeat > 1 else plan.suffix
        code = f"{division.code}-{suffix}" if suffix else division.code
        return Unit(
            id=self.source.id("unit", code),
            code=code,
            path=f"{parent.path if parent else ''}{code}.",
            name=plan.name.format(place=division.place, number=number),
            unit_type=plan.unit_type,
            tier=tier,
            parent=parent,
            division=division,
            headcount=plan.headcount,
            windows=plan.windows,
            staff=plan.staff,
        )

    def _departments(self, plan: DepartmentsPlan, hall: Unit) -> Iterator[Unit]:
        for line in plan.each:
            code = f"{hall.code}-{line.department}"
            named = self.blueprint.departments[line.department]
            yield Unit(
                id=self.source.id("unit", code),
                code=code,
                path=f"{hall.path}{code}.",
                name=plan.name.format(place=hall.division.place, department=named),
                unit_type=plan.unit_type,
                tier=hall.tier,
                parent=hall,
                division=hall.division,
                headcount=line.headcount,
                windows=plan.windows,
                staff=plan.staff,
                counts=line.counts,
                department=line.department,
            )

    def rows(self, units: Sequence[Unit]) -> Iterator[Row]:
        """Write the units down; the kind of a unit is what the city's regulation says of its type."""
        for unit in units:
            serial = self.source.number(1_000_000, "unit phone", unit.code)
            yield {
                "id": unit.id,
                "code": unit.code,
                "name_zh": unit.name,
                "unit_type": unit.unit_type,
                "kind": self.profile.unit_type(unit.unit_type).kind,
                "tier": unit.tier,
                "parent_id": unit.parent.id if unit.parent else None,
                "path": unit.path,
                "division_code": unit.division.code,
                "headcount": unit.headcount,
                "settled": unit.department is not None,
                "phone": desk_number(self.blueprint.area_code, serial),
                "address": f"{unit.division.place}府前街{self.source.number(300, 'unit street', unit.code) + 1}号",
                "office_hours": None,
            }
