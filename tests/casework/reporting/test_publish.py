"""What leaves the city: tables that do not give each other away, rounded numbers, zeros as zeros."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.reporting.atlas import Atlas, Place
from casework.reporting.metrics import METRICS, Dimension, Figure
from casework.reporting.publish import KINDS_ZH, STATES_ZH, WHOLE, CellKey, Counted, hidden_cells, publish, rounded
from tests.casework.reporting.attackers import solvable

THRESHOLD = 10
PLACES = (Dimension.COUNTY, Dimension.TOWNSHIP, Dimension.UNIT_TYPE)
CASES = METRICS["cases_received"]
SATISFACTION = METRICS["satisfaction"]


def by_key(key: str) -> str:
    return key


def atlas_of(*places: tuple[str, str, str]) -> Atlas:
    """A map from county, township and kind of unit of each unit."""
    rows = tuple(Place(UUID(int=i), *place) for i, place in enumerate(places))
    names = {dimension: {row.cell(dimension): row.cell(dimension) for row in rows} for dimension in PLACES}
    return Atlas(rows, names)


def counted_at(atlas: Atlas, numbers: list[int]) -> dict[CellKey, Counted]:
    """Count so many observations in each place."""
    sums: dict[CellKey, int] = {(Dimension.TENANT, WHOLE): sum(numbers)}
    for place, n in zip(atlas.places, numbers, strict=True):
        for dimension in PLACES:
            sums[dimension, place.cell(dimension)] = sums.get((dimension, place.cell(dimension)), 0) + n
    return {cell: Counted(n, float(n)) for cell, n in sums.items()}


@st.composite
def cities(draw: st.DrawFn) -> tuple[Atlas, list[int]]:
    """Cities whose kinds of units stand at different tiers, as the five texts have them."""
    places = [("OWN", "OWN", "city_unit")]
    if draw(st.booleans()):
        places.append(("OWN", "OWN", "department"))
    for county in range(draw(st.integers(1, 3))):
        own = f"{county}-OWN"
        places.append((str(county), own, "county_unit"))
        if draw(st.booleans()):
            places.append((str(county), own, "department"))
        for township in range(draw(st.integers(0, 3))):
            places.append((str(county), f"{county}.{township}", "window"))
            if draw(st.booleans()):
                places.append((str(county), f"{county}.{township}", "station"))
    few_or_many = st.one_of(st.just(0), st.integers(1, 6), st.integers(0, 50))
    return atlas_of(*places), draw(st.lists(few_or_many, min_size=len(places), max_size=len(places)))


@settings(max_examples=300, deadline=None)
@given(cities())
def test_counties_townships_and_kinds_of_units_together_give_no_small_cell_away(city: tuple[Atlas, list[int]]) -> None:
    atlas, numbers = city
    counted = counted_at(atlas, numbers)
    secret = hidden_cells(counted, PLACES, atlas, THRESHOLD, by_key)
    atoms: dict[CellKey, set[str]] = {(Dimension.TENANT, WHOLE): set()}
    for place in atlas.places:
        atom = f"{place.township}|{place.unit_type}"
        atoms[Dimension.TENANT, WHOLE].add(atom)
        for dimension in PLACES:
            atoms.setdefault((dimension, place.cell(dimension)), set()).add(atom)
    nobody = {atom for cell, inside in atoms.items() if cell not in secret and not counted[cell].n for atom in inside}
    published = [frozenset(inside - nobody) for cell, inside in atoms.items() if cell not in secret]
    small = [frozenset(atoms[cell] - nobody) for cell in secret if 0 < counted[cell].n < THRESHOLD]
    assert not solvable(published, small)


def test_a_kind_of_unit_that_stands_only_in_the_townships_does_not_reveal_them() -> None:
    """All townships together are all windows together: hidden townships of two tiers hide the kinds of units."""
    atlas = atlas_of(("OWN", "OWN", "city_unit"), ("1", "1-OWN", "county_unit"), ("1", "1.1", "window"))
    alone = hidden_cells(counted_at(atlas, [50, 30, 4]), PLACES, atlas, THRESHOLD, by_key)
    assert (Dimension.TOWNSHIP, "1.1") in alone
    assert {cell for cell in alone if cell[0] is Dimension.UNIT_TYPE} == {
        (Dimension.UNIT_TYPE, code) for code in ("city_unit", "county_unit", "window")
    }


def test_states_and_kinds_hide_their_own_small_cells() -> None:
    atlas = atlas_of(("OWN", "OWN", "city_unit"))
    counted = {
        (Dimension.TENANT, WHOLE): Counted(40, 40.0),
        (Dimension.STATE, "ARCHIVED"): Counted(36, 36.0),
        (Dimension.STATE, "FILED"): Counted(4, 4.0),
        (Dimension.KIND, "ASSIST"): Counted(40, 40.0),
    }
    shown = {(cell.dimension, cell.cell): cell for cell in publish(CASES, counted, atlas, THRESHOLD, by_key)}
    assert shown[Dimension.STATE, "FILED"].suppressed
    assert shown[Dimension.STATE, "ARCHIVED"].suppressed
    assert (shown[Dimension.STATE, "DECIDED"].value, shown[Dimension.STATE, "DECIDED"].suppressed) == (0, False)
    assert shown[Dimension.KIND, "ASSIST"].n == 40
    assert sum(dimension is Dimension.STATE for dimension, _ in shown) == len(STATES_ZH)
    assert sum(dimension is Dimension.KIND for dimension, _ in shown) == len(KINDS_ZH)


def test_a_suppressed_cell_shows_nothing_and_a_small_city_nothing_at_all() -> None:
    atlas = atlas_of(("OWN", "OWN", "city_unit"))
    for cell in publish(CASES, counted_at(atlas, [3]), atlas, THRESHOLD, by_key):
        assert (cell.value, cell.n, cell.suppressed) == (None, None, True)


def test_nothing_happened_is_zero_cases_and_no_value_of_a_mean() -> None:
    atlas = atlas_of(("OWN", "OWN", "city_unit"))
    nothing = {(Dimension.TENANT, WHOLE): Counted(0, None)}
    (cases,) = publish(CASES, nothing, atlas, THRESHOLD, by_key)
    (mean,) = publish(SATISFACTION, nothing, atlas, THRESHOLD, by_key)
    assert (cases.value, cases.n, cases.suppressed) == (0, 0, False)
    assert (mean.value, mean.n, mean.suppressed) == (None, 0, False)


def test_the_number_behind_a_mean_is_told_in_steps_of_the_threshold() -> None:
    atlas = atlas_of(("OWN", "OWN", "city_unit"))
    (mean,) = publish(SATISFACTION, {(Dimension.TENANT, WHOLE): Counted(47, 4.4681)}, atlas, THRESHOLD, by_key)
    assert (mean.value, mean.n) == (4.5, 40)


@pytest.mark.parametrize(
    ("figure", "exact", "told"),
    [
        (Figure.COUNT, 37.0, 37.0),
        (Figure.MEDIAN, 61.5, 62.0),
        (Figure.MEAN, 4.449, 4.4),
        (Figure.SHARE, 0.97436, 0.97),
        (Figure.SHARE, 0.9999, 0.99),
        (Figure.SHARE, 0.0001, 0.01),
        (Figure.SHARE, 1.0, 1.0),
        (Figure.SHARE, 0.0, 0.0),
        (Figure.MEAN, None, None),
    ],
)
def test_rounding(figure: Figure, exact: float | None, told: float | None) -> None:
    assert rounded(figure, exact) == told
