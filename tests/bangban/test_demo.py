import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from bangban import demo
from bangban.connections import Connections
from bangban.demo.bulk import Row
from bangban.demo.divisions import Division, divisions_of
from bangban.demo.identity import NOWHERE, Source, credit_code, desk_number, identity_number, mobile_number
from bangban.demo.loading import city_rows
from bangban.demo.people import applicant_id, by_neutral_role, item_id, people_of, person, portal_of, staff_id, unit_id
from casework.kernel.vault import Vault, open_vault
from tenants.profile import Profile
from tests.casework.cities import shipped
from tests.shared_server import SharedServer

CITIES = ("chaonan", "neixiang", "pingxiang", "taian", "zaozhuang")
SMALL = 0.02
Office = dict[str, list[Row]]


def opened_vault() -> Vault:
    key = hashlib.sha256(b"demo").digest()
    vault = Vault({1: key}, 1, key)
    open_vault(vault)
    return vault


@cache
def office(city: str, scale: float = SMALL, seed: int = demo.DEFAULT_SEED) -> Office:
    """All rows of a city's office, by table."""
    opened_vault()
    made = city_rows(shipped(city), scale, Source(seed, city))
    return {kind.__tablename__: list(rows) for kind, rows in made}


@pytest.fixture(scope="module")
def loaded(server: SharedServer) -> Iterator[tuple[Connections, demo.DemoReport]]:
    """A database with the small offices of all cities."""
    opened_vault()
    made = server.create(f"demo_{uuid4().hex[:8]}")
    yield made, demo.load(made, SMALL)
    server.drop(made)


def ask(connections: Connections, query: str, *parameters: object) -> list[Any]:
    """Ask as the backup role, which sees every city."""
    with psycopg.connect(connections.dsn("backup")) as connection:
        return connection.execute(query, parameters).fetchall()


def test_the_small_offices_are_loaded_with_all_rows(loaded: tuple[Connections, demo.DemoReport]) -> None:
    connections, report = loaded
    assert tuple(city.tenant for city in report.cities) == CITIES
    assert report.total > 5000
    for city in report.cities:
        assert dict(city.rows) == {table: len(rows) for table, rows in office(city.tenant).items()}
        for table, count in city.rows.items():
            found = ask(connections, f"SELECT count(*) FROM {table} WHERE tenant_id = %s", city.tenant)  # noqa: S608
            assert found == [(count,)], table


def test_loading_again_changes_nothing(loaded: tuple[Connections, demo.DemoReport]) -> None:
    connections, _ = loaded
    told: list[tuple[str, int, int]] = []
    again = demo.load(connections, 1.0, 7, lambda *step: told.append(step))
    assert all(city.skipped for city in again.cities)
    assert again.total == 0
    assert told == [(city, 1, 1) for city in CITIES]


def test_one_city_may_be_loaded_alone(fresh_database: Connections) -> None:
    opened_vault()
    told: list[tuple[str, int, int]] = []
    report = demo.load(fresh_database, SMALL, cities=["chaonan"], progress=lambda *step: told.append(step))
    assert [city.tenant for city in report.cities] == ["chaonan"]
    assert told[-1][1] == told[-1][2] == len(told)
    with pytest.raises(KeyError, match="no demonstration office for atlantis"):
        demo.load(fresh_database, SMALL, cities=["atlantis"])


def test_personal_data_is_sealed(loaded: tuple[Connections, demo.DemoReport]) -> None:
    connections, _ = loaded
    expected = {row["id"]: row for row in office("taian")["applicant"]}
    vault = opened_vault()
    query = "SELECT id, name, id_no, id_no_index, priority_tags FROM applicant WHERE tenant_id = 'taian'"
    for key, name, id_no, index, _tags in ask(connections, query):
        assert vault.unseal(bytes(name), "applicant.name") == expected[key]["name"]
        assert vault.unseal(bytes(id_no), "applicant.id_no") == expected[key]["id_no"]
        assert index == vault.blind_index("taian", "applicant.id_no", expected[key]["id_no"])


def test_the_well_known_people_can_be_found_in_the_database(loaded: tuple[Connections, demo.DemoReport]) -> None:
    connections, _ = loaded
    query = """SELECT staff.id, unit.code, unit.id FROM staff_member staff
               JOIN role_assignment post ON post.tenant_id = staff.tenant_id AND post.staff_id = staff.id
               JOIN org_unit unit ON unit.tenant_id = post.tenant_id AND unit.id = post.unit_id
               WHERE staff.tenant_id = %s AND staff.code = %s AND post.role_code = %s"""
    for city in CITIES:
        for known in people_of(city):
            found = ask(connections, query, city, known.code, known.role)
            assert found == [(staff_id(known.code), known.unit, unit_id(city, known.unit))], known.code
        for applicant in portal_of(city):
            found = ask(connections, "SELECT id FROM applicant WHERE portal_subject = %s", applicant.code)
            assert found == [(applicant_id(applicant.code),)]
    assert ask(connections, "SELECT tenant_id FROM service_item WHERE id = %s", item_id("taian", "SCJG-01"))


@pytest.mark.parametrize("city", CITIES)
def test_the_same_seed_makes_the_same_office(city: str) -> None:
    first = office(city)
    office.cache_clear()
    assert office(city) == first
    other = office(city, SMALL, 1)
    assert not {row["id"] for row in first["staff_member"]} & {row["id"] for row in other["staff_member"]}
    assert {row["code"] for row in first["org_unit"]} == {row["code"] for row in other["org_unit"]}


@pytest.mark.parametrize("city", CITIES)
def test_a_larger_office_contains_the_smaller_one(city: str) -> None:
    small, large = office(city), office(city, 1.0)
    for table in ("org_unit", "staff_member", "role_assignment", "service_item", "catalogue_entry"):
        by_id = {row["id"]: row for row in large[table]}
        assert all(by_id[row["id"]] == row for row in small[table]), table


@pytest.mark.parametrize("city", CITIES)
def test_the_whole_office_has_a_unit_at_every_division_that_the_plan_names(city: str) -> None:
    tiers = {unit["division_code"] for unit in office(city, 1.0)["org_unit"]}
    expected = {division.code for division in divisions_of(city) if planned(city, division)}
    assert tiers == expected


def planned(city: str, division: Division) -> bool:
    return division.level == "CITY" if shipped(city).root.admin_level == "CITY_VENUE" else True


@pytest.mark.parametrize("city", CITIES)
def test_small_offices_keep_counties_townships_and_villages(city: str) -> None:
    whole, small = divisions_of(city), divisions_of(city, SMALL)
    assert [d for d in small if d.level in {"CITY", "COUNTY"}] == [d for d in whole if d.level in {"CITY", "COUNTY"}]
    below = Counter(division.parent for division in small)
    for division in small:
        if division.level in {"COUNTY", "TOWNSHIP"}:
            assert below[division.code] == 3
    codes = {division.code for division in small}
    assert all(division.parent in codes for division in small if division.parent)


@pytest.mark.parametrize("city", CITIES)
@pytest.mark.parametrize("scale", [SMALL, 1.0])
def test_units_and_posts_are_of_the_regulation(city: str, scale: float) -> None:
    profile, made = shipped(city), office(city, scale)
    units = {row["id"]: row for row in made["org_unit"]}
    for unit in units.values():
        kind = profile.unit_type(unit["unit_type"])
        assert unit["tier"] in kind.tiers
        assert unit["kind"] == kind.kind
        parent = units.get(unit["parent_id"])
        assert unit["path"] == f"{parent['path'] if parent else ''}{unit['code']}."
    assert [unit["unit_type"] for unit in units.values() if unit["parent_id"] is None] == [profile.root.unit_type]
    for post in made["role_assignment"]:
        if post["role_code"] != "TENANT_ADMIN":
            assert units[post["unit_id"]]["tier"] in profile.role(post["role_code"]).tiers
    held = {post["role_code"] for post in made["role_assignment"]}
    assert held == {role.code for role in profile.roles} | {"TENANT_ADMIN"}
    points = {point.code for point in profile.service_points}
    assert {window["type"] for window in made["service_point"]} <= points


@pytest.mark.parametrize("city", CITIES)
def test_every_neutral_role_has_a_well_known_holder(city: str) -> None:
    profile = shipped(city)
    found = by_neutral_role(city)
    assert set(found) == {name for role in profile.roles for name in role.neutral} | {"TENANT_ADMIN"}
    for neutral, known in found.items():
        if neutral != "TENANT_ADMIN":
            assert neutral in profile.role(known.role).neutral
        assert person(known.code).unit == known.unit


def staff_at(city: str, unit: str) -> Counter[str]:
    made = office(city)
    return Counter(post["role_code"] for post in made["role_assignment"] if post["unit_id"] == unit_id(city, unit))


@pytest.mark.rule("TA-6-1", "TA-6-2", "TA-6-3", "TA-6-10", "TA-6-11", "TA-6-12", "TA-6-19", "TA-6-23", "TA-6-24")
def test_the_city_unit_and_those_below_have_their_posts() -> None:
    city, county, township, village = (
        staff_at("taian", unit) for unit in ("3709", "370902", "370902001", "370902001001")
    )
    assert (city["unit_lead"], city["chief_helper"], city["liaison"]) == (1, 2, 5)
    for unit in (county, township):
        assert (unit["unit_lead"], unit["chief_helper"], unit["liaison"]) == (1, 1, 1)
    assert (village["village_lead"], village["liaison"], village["helper"]) == (1, 1, 1)


@pytest.mark.rule("TA-6-5", "TA-6-6", "TA-6-7")
def test_windows_on_both_sides_of_every_band() -> None:
    """S-TA-08: headcounts and helpers as the scenario has them."""
    helpers = {}
    for unit in office("taian")["org_unit"]:
        if unit["unit_type"] == "settled_department" and unit["tier"] == "CITY":
            helpers.setdefault(unit["headcount"], staff_at("taian", unit["code"])["dept_helper"])
    assert {count: helpers[count] for count in (2, 3, 4, 9, 10, 11, 12)} == {
        2: 1, 3: 1, 4: 1, 9: 2, 10: 2, 11: 2, 12: 5,
    }  # fmt: skip


@pytest.mark.rule("NX-1-1", "NX-1-3", "NX-1-4", "NX-1-5", "NX-1-6")
def test_the_agents_of_a_county() -> None:
    posts = office("neixiang", 1.0)["role_assignment"]
    agents = {post["staff_id"] for post in posts if post["role_code"] == "grassroots_agent"}
    assert agents == {post["staff_id"] for post in posts if post["role_code"] == "project_officer"}
    assert len(agents) == 16
    assert staff_at("neixiang", "411325100001")["grid_agent"] == 1
    assert staff_at("neixiang", "411325100001-Z2") == {"grid_agent": 1}
    department = staff_at("neixiang", "411325-SCJG")
    assert (department["dept_helper"], department["service_supervisor"]) == (1, 1)


@pytest.mark.rule("ZZ-3-1", "ZZ-F1-2")
def test_one_venue_without_tiers() -> None:
    made = office("zaozhuang", 1.0)
    assert {unit["tier"] for unit in made["org_unit"]} == {"VENUE"}
    departments = [unit["code"] for unit in made["org_unit"] if unit["unit_type"] == "settled_department"]
    assert len(departments) > 10
    for code in departments:
        people = staff_at("zaozhuang", code)
        assert people["coordination_specialist"] == 1
        assert people["specialist"] + people["coordination_specialist"] >= 2


@pytest.mark.parametrize("city", CITIES)
def test_items_are_real_kinds_with_papers_and_ways_to_get_them(city: str) -> None:
    made = office(city)
    assert len(made["service_item"]) >= 30
    versions = {row["item_id"]: row for row in made["service_item_version"]}
    tiers = {tier.code for tier in shipped(city).tiers}
    papers = Counter(row["item_version_id"] for row in made["material_requirement"])
    kinds = shipped(city).catalogue.item_types.values
    for item in made["service_item"]:
        assert "ANY" in kinds or item["item_type"] in kinds
        version = versions[item["id"]]
        assert version["handled_at"]
        assert set(version["handled_at"]) <= tiers
        assert version["on_spot"] or version["limit_value"]
        assert 2 <= papers[version["id"]] <= 6
    assert all(row["way_to_obtain_zh"] for row in made["material_requirement"])
    assert any(not item["settled"] for item in made["service_item"])


@pytest.mark.rule("TA-10-1", "TA-10-3", "TA-10-5", "NX-2-3", "NX-4-1", "ZZ-4-6", "PX-A-3.1-1")
@pytest.mark.parametrize("city", CITIES)
def test_lists_follow_the_regulation(city: str) -> None:
    profile, made = shipped(city), office(city)
    rules = {rule.code: rule for rule in profile.catalogue.lists}
    units = {row["id"]: row for row in made["org_unit"]}
    handled_at = {row["item_id"]: row["handled_at"] for row in made["service_item_version"]}
    kept = {row["id"]: row for row in made["catalogue_list"]}
    assert {row["code"] for row in kept.values()} == set(rules)
    for row in kept.values():
        assert units[row["unit_id"]]["tier"] == rules[row["code"]].tier
        assert row["purpose"] == rules[row["code"]].purpose
    assert {row["list_id"] for row in made["catalogue_entry"]} == set(kept)
    for entry in made["catalogue_entry"]:
        assert rules[kept[entry["list_id"]]["code"]].tier in handled_at[entry["item_id"]]


def test_the_unlisted_item_of_the_scenario() -> None:
    """S-TA-11: a permit that is settled in the hall but on no agency list."""
    made = office("taian")
    permit = item_id("taian", "ZJJ-01")
    assert [row["settled"] for row in made["service_item"] if row["id"] == permit] == [True]
    assert permit not in {row["item_id"] for row in made["catalogue_entry"]}


@pytest.mark.parametrize("city", CITIES)
def test_applicants_carry_only_the_tags_of_their_city(city: str) -> None:
    profile: Profile = shipped(city)
    people = office(city, 1.0)["applicant"]
    assert len(people) >= 240
    assert {tag for row in people for tag in row["priority_tags"]} <= {
        tag.code for tag in profile.applicants.priority_tags
    }
    assert {row["subject_type"] for row in people} == set(profile.applicants.subject_types)
    assert len({row["id_no_index"] for row in people}) == len(people)
    accounts = [row["portal_subject"] for row in people if row["portal_subject"]]
    assert f"{city}-applicant-1" in accounts
    assert len(accounts) < len(people)


def test_numbers_are_of_right_form_and_belong_to_nobody() -> None:
    number = identity_number(date(1958, 3, 9), 7)
    assert re.fullmatch(r"690000195803090070|690000195803090\d{2}[0-9X]", number)
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(number[:17]))
    assert (total + (10 if number[17] == "X" else int(number[17]))) % 11 == 1
    code = credit_code(123)
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    assert sum(alphabet.index(sign) * 3**place for place, sign in enumerate(code[:17])) % 31 == (
        -alphabet.index(code[17]) % 31
    )
    assert (code[2:8], len(code), mobile_number(5), desk_number("0538", 5)) == (
        NOWHERE, 18, "15400000005", "0538-0000005",
    )  # fmt: skip
    # No province of GB/T 2260 begins with 66 to 70.
    assert NOWHERE[:2] == "69"


def test_ids_have_the_form_of_the_offices_own() -> None:
    made = Source(1, "taian").id("unit", "3709")
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made != Source(1, "zaozhuang").id("unit", "3709")
    assert made != Source(2, "taian").id("unit", "3709")
