"""What the five cities' own roles amount to."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pytest

from authz.actor import Actor, ActorKind
from authz.decide import Resource, decide
from authz.oracle import Oracle
from authz.policy.text import family
from authz.table import PermissionTable, compile_table
from tenants.loader import load_profile, shipped_profiles
from tenants.profile import Profile
from tests.authz.cities import APPLICANTS, PEOPLE, held

PATHS = {path.stem: path for path in shipped_profiles()}
ME = PEOPLE[0]

NOBODY = {"pingxiang": {"green_channel", "statistics"}}
"""Families for which a city has no role at all: its text names no chief, lead, liaison or representative."""


@cache
def city(name: str) -> tuple[Profile, PermissionTable]:
    profile = load_profile(Path(PATHS[name]))
    return profile, compile_table(profile)


def of_city(name: str, role_code: str, unit_path: str = "c.k.") -> Actor:
    return Actor(ActorKind.STAFF, name, "li", staff_id=ME, roles=(held(role_code, unit_path),))


def may(name: str, role_code: str, action: str, resource: Resource) -> bool:
    return decide(city(name)[1], of_city(name, role_code), action, resource).allowed


def everybody(name: str) -> list[Actor]:
    profile, _ = city(name)
    workers = [of_city(name, role.code) for role in profile.roles]
    outside = [
        Actor(ActorKind.APPLICANT, name, "p", applicant_id=APPLICANTS[0]),
        Actor(ActorKind.PROVINCE, None, "s", province=profile.province.code),
        Actor.system(name),
        of_city(name, "TENANT_ADMIN"),
    ]
    return [*workers, *outside]


@pytest.mark.parametrize("name", sorted(PATHS))
def test_every_family_is_both_allowed_and_denied_in_every_city(name: str) -> None:
    _, table = city(name)
    on_object = {ME: ("CALLBACK_OFFICER",)}
    rows = [Resource("c.k.", frozenset({ME}), APPLICANTS[0]), Resource("x.", object_roles=on_object), Resource()]
    seen: dict[str, Counter[bool]] = defaultdict(Counter)
    for actor in everybody(name):
        for action in table.actions:
            seen[family(action)].update(decide(table, actor, action, row).allowed for row in rows)
    assert {found for found, counter in seen.items() if len(counter) < 2} == NOBODY.get(name, set())


@pytest.mark.parametrize("name", sorted(PATHS))
def test_the_oracle_agrees_on_the_citys_own_inheritance(name: str) -> None:
    profile, table = city(name)
    oracle = Oracle(profile)
    rows = [Resource("c.k.", frozenset({PEOPLE[1]})), Resource("c.k.v."), Resource("c.", frozenset({ME}))]
    for actor in everybody(name):
        for action in ("case.accept", "case.read_personal", "leg.claim", "urge.send", "bundle.edit", "report.unit"):
            for row in rows:
                wanted = oracle.allows(actor, action, row)
                assert decide(table, actor, action, row).allowed == wanted, (actor.roles, action)


@pytest.mark.parametrize("name", sorted(PATHS))
def test_supervising_a_city_inherits_no_handling(name: str) -> None:
    profile, table = city(name)
    supervisors = [role.code for role in profile.roles if "TENANT_SUPERVISOR" in role.neutral]
    assert supervisors
    for code in supervisors:
        assert table.city[code].neutral == ("TENANT_SUPERVISOR",)
        for action in ("case.accept", "case.complete", "filing.submit_under_mandate", "evaluation.submit"):
            assert table.scopes(code, action) == ()


def test_taian_climbs_from_guide_to_lead() -> None:
    _, table = city("taian")
    assert table.city["unit_lead"].neutral == ("CASE_WORKER", "CHIEF_HELPER", "GUIDE", "LIAISON", "UNIT_LEAD")
    assert table.city["village_lead"].neutral == ("LIAISON", "UNIT_LEAD")
    assert table.city["chief_affairs_rep"].neutral == ("CASE_WORKER", "CHIEF_REP", "DEPT_HELPER", "GUIDE")
    assert table.city["agent"].neutral == ("CASE_WORKER", "GUIDE")


@pytest.mark.rule("TA-6-13", "TA-6-22")
def test_taians_chief_helper_watches_the_villages_below() -> None:
    assert may("taian", "chief_helper", "case.list_masked", Resource("c.k.village."))
    assert may("taian", "chief_helper", "urge.send", Resource("c.k.village."))
    assert not may("taian", "helper", "case.list_masked", Resource("c.k.village."))
    assert not may("taian", "chief_helper", "case.list_masked", Resource("c.k2."))


@pytest.mark.rule("ZZ-3-1")
def test_zaozhuangs_specialist_handles_cases_and_takes_legs_of_the_own_department() -> None:
    assert may("zaozhuang", "specialist", "case.accept", Resource("c.k."))
    assert may("zaozhuang", "specialist", "leg.claim", Resource("c.k."))
    assert not may("zaozhuang", "specialist", "leg.claim", Resource("c.other."))


@pytest.mark.rule("PX-A-3.2-1", "PX-B-5.1-4")
def test_pingxiangs_lead_department_edits_bundles_and_volunteers_touch_no_papers() -> None:
    assert may("pingxiang", "lead_department_officer", "bundle.edit", Resource("c.k."))
    assert not may("pingxiang", "associated_department_officer", "bundle.edit", Resource("c.k."))
    mine = Resource("c.k.", frozenset({ME}))
    assert may("pingxiang", "youth_volunteer", "progress.record", mine)
    for action in ("material.upload", "custody.hand_over", "case.read_personal", "case.accept"):
        assert not may("pingxiang", "youth_volunteer", action, mine)


@pytest.mark.rule("NX-6-5")
def test_neixiangs_service_supervisor_assesses_others_and_handles_nothing() -> None:
    assert may("neixiang", "service_supervisor", "assessment.perform", Resource("c.k.v.", frozenset({PEOPLE[1]})))
    assert not may("neixiang", "service_supervisor", "assessment.perform", Resource("c.k.", frozenset({ME})))
    assert not may("neixiang", "service_supervisor", "case.accept", Resource("c.k.", frozenset({ME})))
    _, table = city("neixiang")
    assert table.city["project_officer"].neutral == ("PROJECT_OFFICER",)


@pytest.mark.rule("CH-4.3-3")
def test_chaonans_callback_officer_calls_back_and_the_helper_does_not() -> None:
    mine = Resource("c.k.", frozenset({ME}))
    assert may("chaonan", "callback_officer", "callback.perform", mine)
    assert not may("chaonan", "helper", "callback.perform", mine)
