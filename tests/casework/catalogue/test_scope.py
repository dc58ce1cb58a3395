from dataclasses import replace

import pytest

from casework.catalogue.queries import version_in_force
from casework.catalogue.scope import SCOPE_RULES, ScopeDecision, ScopeFacts, decide_scope, item_in_scope, scope_of
from tenants.vocabulary import SCOPE_RULES as NAMED_RULES
from tests.casework.catalogue.shelf import add_item, put_on_list
from tests.casework.cities import City, Found, shipped

EVERYTHING = ScopeFacts(settled=True, handled_here=True, in_force=True, listed=True, scope_code="HALL_GUIDE")


def decide(city: str, kind: str, **facts: object) -> ScopeDecision:
    return decide_scope(scope_of(shipped(city), kind), replace(EVERYTHING, **facts))  # type: ignore[arg-type]


def test_every_rule_a_profile_may_name_has_one_implementation() -> None:
    assert set(SCOPE_RULES) == set(NAMED_RULES)


@pytest.mark.parametrize("city", ["chaonan", "neixiang", "pingxiang", "taian", "zaozhuang"])
@pytest.mark.parametrize("kind", ["ASSIST", "AGENCY", "BUNDLE", "ORDER"])
def test_an_item_that_is_not_in_force_is_outside_everywhere(city: str, kind: str) -> None:
    assert decide(city, kind).allowed
    assert not decide(city, kind, in_force=False).allowed


@pytest.mark.rule("TA-9-1", "ZZ-5-1")
def test_assistance_covers_all_settled_items() -> None:
    for city in ("taian", "zaozhuang"):
        assert decide(city, "ASSIST", listed=False, handled_here=False).allowed
        assert not decide(city, "ASSIST", settled=False).allowed
    assert decide("zaozhuang", "AGENCY", listed=False).allowed


@pytest.mark.rule("TA-9-2")
def test_agency_is_for_listed_items_only() -> None:
    refused = decide("taian", "AGENCY", listed=False)
    assert (refused.allowed, refused.rule, refused.basis.rules) == (False, "LISTED_ITEMS_ONLY", ("TA-9-2",))
    assert decide("taian", "AGENCY", settled=False).allowed


@pytest.mark.rule("NX-2-1")
def test_lists_are_exclusive_for_both_services() -> None:
    for kind in ("ASSIST", "AGENCY"):
        refused = decide("neixiang", kind, listed=False)
        assert not refused.allowed
        assert "NX-2-1" in refused.basis.rules


@pytest.mark.rule("CH-3.2-1")
def test_only_what_is_settled_at_the_own_tier() -> None:
    assert decide("chaonan", "AGENCY", listed=False).allowed
    for missing in ({"settled": False}, {"handled_here": False}):
        refused = decide("chaonan", "AGENCY", **missing)
        assert not refused.allowed
        assert refused.basis.rules == ("CH-3.2-1",)


@pytest.mark.rule("PX-B-2.1-1", "PX-B-2.3-1")
def test_any_relevant_item_and_open_kinds_of_help() -> None:
    assert decide("pingxiang", "AGENCY", settled=False, listed=False, handled_here=False).allowed
    assert decide("pingxiang", "ASSIST", scope_code="SOMETHING_ELSE").allowed
    closed = scope_of(shipped("pingxiang"), "ASSIST").model_copy(update={"open_ended": False})
    assert decide_scope(closed, EVERYTHING).allowed
    assert not decide_scope(closed, replace(EVERYTHING, scope_code="SOMETHING_ELSE")).allowed


@pytest.mark.rule("TA-9-1", "TA-9-2")
async def test_agency_refused_and_assistance_offered_for_an_unlisted_item(taian: City) -> None:
    """S-TA-11: settled in the hall, not on the county's agency list."""
    await taian.hire("supervisor", "city", "city_supervisor")
    item, other = await add_item(taian, "ZJJ-01", ["CITY", "COUNTY"]), await add_item(taian, "SCJG-01", ["COUNTY"])
    await put_on_list(taian, "county", "county_agency_list", other)
    async with taian.work() as work:
        version = await version_in_force(work, item.id)
        county = taian.units["county"]
        agency = await item_in_scope(work, work.profile, county, item, version, "AGENCY")
        assist = await item_in_scope(work, work.profile, county, item, version, "ASSIST")
        listed = await item_in_scope(work, work.profile, county, other, version, "AGENCY")
    assert (agency.allowed, assist.allowed, listed.allowed) == (False, True, True)


@pytest.mark.rule("CH-3.2-1")
async def test_a_town_does_not_serve_the_districts_items(found: Found) -> None:
    chaonan = await found("chaonan")
    item = await add_item(chaonan, "ZJJ-01", ["DISTRICT"])
    async with chaonan.work() as work:
        version = await version_in_force(work, item.id)
        answers = {
            unit: (await item_in_scope(work, work.profile, chaonan.units[unit], item, version, "ASSIST")).allowed
            for unit in ("district", "town")
        }
    assert answers == {"district": True, "town": False}
