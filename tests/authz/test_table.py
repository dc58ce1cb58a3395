from __future__ import annotations

import pytest

from authz.scope import Scope
from authz.table import UnknownActionError, UnknownRoleError, compile_table
from tests.authz.cities import FLAT, TALL, City, Role

TABLE = compile_table(TALL)


def test_inheritance_closes_over_the_whole_chain() -> None:
    assert TABLE.city["lead"].neutral == ("CASE_WORKER", "CHIEF_HELPER", "GUIDE", "LIAISON", "UNIT_LEAD")
    assert TABLE.city["guide"].neutral == ("GUIDE",)
    # Inherited powers keep their own scopes beside the wider ones.
    assert TABLE.scopes("lead", "urge.send") == (Scope.PARTICIPANT, Scope.UNIT, Scope.SUBTREE)
    assert TABLE.scopes("guide", "urge.send") == ()


def test_one_role_of_a_city_may_stand_for_two_neutral_ones() -> None:
    table = compile_table(FLAT)
    assert table.city["specialist"].neutral == ("CASE_WORKER", "DEPT_HELPER")
    assert table.scopes("specialist", "leg.claim") == (Scope.UNIT,)
    assert table.scopes("specialist", "leg.open") == (Scope.PARTICIPANT,)


def test_a_role_of_another_city_permits_nothing() -> None:
    assert compile_table(FLAT).scopes("lead", "case.accept") == ()


def test_the_administrator_is_held_under_the_neutral_name_and_no_other_platform_role_is() -> None:
    assert TABLE.scopes("TENANT_ADMIN", "profile.edit") == (Scope.TENANT,)
    for name in ("APPLICANT", "INTEGRATOR", "PROVINCE_SUPERVISOR", "SYSTEM_WORKER", "CASE_WORKER", "STAFF"):
        assert TABLE.staff_role(name) is None


def test_a_circle_of_inheritance_ends() -> None:
    circle = City("c", (Role("a", ("GUIDE",), ("b",)), Role("b", ("LIAISON",), ("a",))))
    assert compile_table(circle).city["a"].neutral == ("GUIDE", "LIAISON")


def test_unknown_names_are_refused_with_the_role() -> None:
    with pytest.raises(UnknownRoleError, match=r"'a'.*WIZARD"):
        compile_table(City("c", (Role("a", ("WIZARD",)),)))
    with pytest.raises(UnknownRoleError, match=r"'a'.*ghost"):
        compile_table(City("c", (Role("a", ("GUIDE",), ("ghost",)),)))
    with pytest.raises(UnknownRoleError, match="INTEGRATOR"):
        compile_table(City("c", (Role("a", ("INTEGRATOR",)),)))
    with pytest.raises(UnknownActionError, match="fly"):
        TABLE.require_known("case.fly")
