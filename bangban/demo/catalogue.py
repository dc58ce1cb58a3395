"""The catalogue of a city: items with what they ask for, and the lists its units keep."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from bangban.demo.blueprint import Blueprint, ItemPlan, ListPlan, all_items
from bangban.demo.bulk import Row
from bangban.demo.identity import OPENED, Source
from bangban.demo.units import Unit
from tenants.profile import Profile

SINCE = date(2021, 1, 1)
"""From when on the items ask and promise what they do."""

ANY = "ANY"
"""Stands for every kind where a text does not sort its items."""

UNTIL_REVIEW = timedelta(days=182)
"""After how long the lists are to be looked through again, where the regulation sets an interval."""


@dataclass(frozen=True)
class Shelf:
    """The items and lists of one city."""

    profile: Profile
    blueprint: Blueprint
    source: Source
    units: Sequence[Unit]

    @cached_property
    def items(self) -> tuple[ItemPlan, ...]:
        """List the kinds of items whose department sits in the city's first hall."""
        return tuple(item for item in all_items().items if item.department in self._departments)

    @cached_property
    def _departments(self) -> dict[str, Unit]:
        """Find the departments of the highest hall: they decide."""
        found: dict[str, Unit] = {}
        for unit in self.units:
            if unit.department is not None:
                found.setdefault(unit.department, unit)
        return found

    def item_rows(self) -> Iterator[Row]:
        """Write the items down."""
        for item in self.items:
            yield {
                "id": self.source.id("item", item.code),
                "code": item.code,
                "name_zh": item.name,
                "item_type": self._kind(item),
                "theme_zh": item.theme,
                "department_id": self._departments[item.department].id,
                "settled": item.settled,
                "requires_personal_verification": item.personal,
            }

    def _kind(self, item: ItemPlan) -> str:
        """Name the kind of an item as the city's regulation sorts them; what it does not name is of its widest kind."""
        kinds = self.profile.catalogue.item_types.values
        return item.type if item.type in kinds or ANY in kinds else kinds[-1]

    def version_rows(self) -> Iterator[Row]:
        """Write down what each item promises, in the one version it has."""
        for item in self.items:
            tiers = dict.fromkeys(self.blueprint.levels[level] for level in item.at)
            yield {
                "id": self.source.id("version", item.code),
                "item_id": self.source.id("item", item.code),
                "version": 1,
                "valid_from": SINCE,
                "valid_to": None,
                "limit_value": item.limit,
                "limit_unit": item.unit if item.limit is not None else None,
                "on_spot": item.on_spot,
                "handled_at": list(tiers),
                "process_zh": "受理、审查、办结送达" if item.on_spot else "受理、审查、决定、制证、送达",
            }

    def requirement_rows(self) -> Iterator[Row]:
        """Write down the papers each item asks for, with the way to get each of them."""
        papers = all_items().papers
        for item in self.items:
            for position, key in enumerate(item.papers, start=1):
                paper = papers[key]
                yield {
                    "id": self.source.id("paper", f"{item.code}/{key}"),
                    "item_version_id": self.source.id("version", item.code),
                    "position": position,
                    "name_zh": paper.name,
                    "original_needed": paper.original,
                    "copies": paper.copies,
                    "deferrable": key in item.deferrable,
                    "by_commitment": key in item.commitment,
                    "way_to_obtain_zh": paper.way,
                }

    def list_rows(self) -> Iterator[Row]:
        """Write down the lists, all of them published on the opening day."""
        for plan, unit in self._keepers():
            rule = next(rule for rule in self.profile.catalogue.lists if rule.code == plan.code)
            yield {
                "id": self.source.id("list", f"{unit.code}/{plan.code}"),
                "code": plan.code,
                "unit_id": unit.id,
                "purpose": rule.purpose,
                "version": 1,
                "published_at": OPENED,
                "next_review_on": SINCE + UNTIL_REVIEW if self.profile.catalogue.review.interval else None,
            }

    def entry_rows(self) -> Iterator[Row]:
        """Write down which items stand on the lists."""
        for plan, unit in self._keepers():
            kept = f"{unit.code}/{plan.code}"
            list_id = self.source.id("list", kept)
            for item in self.items:
                if stands_on(plan, item, unit):
                    yield {
                        "id": self.source.id("entry", f"{kept}/{item.code}"),
                        "list_id": list_id,
                        "item_id": self.source.id("item", item.code),
                        "status": "ACTIVE",
                    }

    def _keepers(self) -> Iterator[tuple[ListPlan, Unit]]:
        for plan in self.blueprint.lists:
            for unit in self.units:
                if unit.unit_type == plan.unit_type:
                    yield plan, unit


def stands_on(plan: ListPlan, item: ItemPlan, unit: Unit) -> bool:
    """Tell whether a kind of item stands on a unit's list of this plan."""
    if plan.own_department:
        return item.department == unit.department
    if plan.bundles:
        return item.bundle
    return plan.level in item.listed and (item.on_spot or not plan.on_spot)
