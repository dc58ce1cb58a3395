"""Where the units of a city lie: the county, the township and the kind of unit that each observation counts for. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from casework.reporting.metrics import Dimension

COUNTY_DIGITS = 6
TOWNSHIP_DIGITS = 9
OWN = "OWN"
"""Cell of what no part below handles: units of the city itself, and with a county's code those of the county itself."""

OWN_ZH = "本级"


@dataclass(frozen=True)
class UnitFacts:
    """What the map needs of a unit; `division_code` follows GB/T 2260 and the statistical codes below it."""

    id: UUID
    path: str
    name_zh: str
    unit_type: str
    division_code: str | None


@dataclass(frozen=True)
class Place:
    """One unit's cells."""

    unit_id: UUID
    county: str
    township: str
    unit_type: str

    def cell(self, dimension: Dimension) -> str:
        """The unit's cell in a breakdown by place."""
        return {
            Dimension.COUNTY: self.county,
            Dimension.TOWNSHIP: self.township,
            Dimension.UNIT_TYPE: self.unit_type,
        }[dimension]


@dataclass(frozen=True)
class Atlas:
    """All places of a city, the Chinese names of the cells, and the county of each township."""

    places: tuple[Place, ...]
    names: Mapping[Dimension, Mapping[str, str]]

    @property
    def counties(self) -> Mapping[str, str]:
        """The county in which each township cell lies."""
        return {place.township: place.county for place in self.places}

    def blocks(self, empty: Collection[tuple[Dimension, str]] = ()) -> Mapping[tuple[Dimension, str], str]:
        """Group townships and kinds of units that no unit connects with others: both tables give the sum of a block.

        Where village stations exist in townships only, their sum and that of the townships tell the same thing twice.
        Units in an `empty` cell connect nothing: everybody reads that nothing happened in them.
        """
        parent: dict[tuple[Dimension, str], tuple[Dimension, str]] = {}

        def root(cell: tuple[Dimension, str]) -> tuple[Dimension, str]:
            while parent.setdefault(cell, cell) != cell:
                cell = parent[cell]
            return cell

        for place in self.places:
            one, other = (Dimension.TOWNSHIP, place.township), (Dimension.UNIT_TYPE, place.unit_type)
            low, high = sorted((root(one), root(other)))
            if one not in empty and other not in empty:
                parent[high] = low
        return {cell: " ".join(root(cell)) for cell in list(parent)}


def survey(units: Iterable[UnitFacts], type_names: Mapping[str, str]) -> Atlas:
    """Place every unit by the nearest division code at or above it."""
    ordered = sorted(units, key=lambda unit: unit.path.count("."))
    known: dict[str, tuple[str | None, str | None]] = {}
    division_names: dict[str, str] = {}
    places = []
    for unit in ordered:
        above = known.get(_parent_path(unit.path), (None, None))
        county, township = known[unit.path] = _divisions(unit.division_code, above)
        if unit.division_code:
            division_names.setdefault(unit.division_code, unit.name_zh)
        places.append(Place(unit.id, county or OWN, township or _own(county), unit.unit_type))
    return Atlas(tuple(places), _names(places, division_names, type_names))


def _parent_path(path: str) -> str:
    return path[: path.rfind(".", 0, -1) + 1]


def _divisions(code: str | None, above: tuple[str | None, str | None]) -> tuple[str | None, str | None]:
    if code is None or not code.isdigit() or len(code) < COUNTY_DIGITS:
        return above
    return code[:COUNTY_DIGITS], code[:TOWNSHIP_DIGITS] if len(code) >= TOWNSHIP_DIGITS else None


def _own(county: str | None) -> str:
    return f"{county}-{OWN}" if county else OWN


def _names(
    places: Iterable[Place], divisions: Mapping[str, str], types: Mapping[str, str]
) -> Mapping[Dimension, Mapping[str, str]]:
    counties: dict[str, str] = {}
    townships: dict[str, str] = {}
    kinds: dict[str, str] = {}
    for place in places:
        county_name = OWN_ZH if place.county == OWN else divisions.get(place.county, place.county)
        counties[place.county] = county_name
        if place.township.endswith(OWN):
            townships[place.township] = OWN_ZH if place.county == OWN else f"{county_name}{OWN_ZH}"
        else:
            townships[place.township] = divisions.get(place.township, place.township)
        kinds[place.unit_type] = types.get(place.unit_type, place.unit_type)
    return {Dimension.COUNTY: counties, Dimension.TOWNSHIP: townships, Dimension.UNIT_TYPE: kinds}
