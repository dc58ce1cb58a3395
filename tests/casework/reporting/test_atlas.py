"""Where units count: by the nearest division code at or above them."""

from uuid import UUID

from casework.reporting.atlas import Atlas, UnitFacts, survey
from casework.reporting.metrics import Dimension

UNITS = (
    ("3709.", "泰安市", "city_unit", "3709"),
    ("3709.office.", "市直部门", "department", None),
    ("3709.370902.", "泰山区", "county_unit", "370902"),
    ("3709.370902.tax.", "区税务局", "department", None),
    ("3709.370902.370902001.", "岱庙街道", "window", "370902001"),
    ("3709.370902.370902001.370902001001.", "东湖社区", "station", "370902001001"),
    ("3709.370902.370902001.370902001001.g1.", "一组", "station", "g1"),
)
TYPES = {"city_unit": "市级机构", "county_unit": "县级机构", "window": "专窗", "station": "服务站"}


def surveyed() -> tuple[Atlas, dict[str, UUID]]:
    ids = {path: UUID(int=number) for number, (path, *_) in enumerate(UNITS)}
    facts = [UnitFacts(ids[path], path, name, kind, code) for path, name, kind, code in reversed(UNITS)]
    return survey(facts, TYPES), ids


def test_every_unit_counts_for_the_county_and_township_it_lies_in() -> None:
    atlas, ids = surveyed()
    by_unit = {place.unit_id: (place.county, place.township) for place in atlas.places}
    assert [by_unit[ids[path]] for path, *_ in UNITS] == [
        ("OWN", "OWN"),
        ("OWN", "OWN"),
        ("370902", "370902-OWN"),
        ("370902", "370902-OWN"),
        ("370902", "370902001"),
        ("370902", "370902001"),
        ("370902", "370902001"),
    ]


def test_cells_have_the_names_people_know() -> None:
    atlas, _ = surveyed()
    assert atlas.names[Dimension.COUNTY] == {"OWN": "本级", "370902": "泰山区"}
    assert atlas.names[Dimension.TOWNSHIP] == {"OWN": "本级", "370902-OWN": "泰山区本级", "370902001": "岱庙街道"}
    assert atlas.names[Dimension.UNIT_TYPE]["department"] == "department"
    assert atlas.names[Dimension.UNIT_TYPE]["window"] == "专窗"
    assert atlas.counties == {"OWN": "OWN", "370902-OWN": "370902", "370902001": "370902"}


def test_blocks_are_what_both_tables_sum_up() -> None:
    blocks = surveyed()[0].blocks()
    upper = {blocks[Dimension.TOWNSHIP, code] for code in ("OWN", "370902-OWN")}
    upper |= {blocks[Dimension.UNIT_TYPE, code] for code in ("city_unit", "county_unit", "department")}
    lower = {blocks[Dimension.TOWNSHIP, "370902001"]}
    lower |= {blocks[Dimension.UNIT_TYPE, code] for code in ("window", "station")}
    assert len(upper) == len(lower) == 1
    assert upper != lower
