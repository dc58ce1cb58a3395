from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from authz.actor import Actor, ActorKind, RoleHeld
from authz.decide import Resource
from tests.authz.cities import APPLICANTS, PEOPLE, applicant, integrator, province, staff


@pytest.mark.parametrize("path", ["", ".", "a", "a.b", "a..b.", ".a.", "a1.."])
def test_a_unit_path_without_closing_dots_is_refused(path: str) -> None:
    # An empty or open path would be the beginning of somebody else's.
    with pytest.raises(ValueError, match="unit path"):
        RoleHeld("helper", UUID(int=1), path, datetime(2024, 1, 1, tzinfo=UTC))
    with pytest.raises(ValueError, match="unit path"):
        Resource(unit_path=path)


def test_a_role_ends_at_its_end() -> None:
    start = datetime(2024, 11, 4, 1, tzinfo=UTC)
    end = start + timedelta(hours=6)
    role = RoleHeld("agent", UUID(int=1), "a.", start, end)
    assert role.is_valid_at(start)
    assert role.is_valid_at(end - timedelta(microseconds=1))
    assert not role.is_valid_at(end)
    assert not role.is_valid_at(start - timedelta(seconds=1))
    assert RoleHeld("agent", UUID(int=1), "a.", start).is_valid_at(end + timedelta(days=9000))


def test_keys_name_the_actor_and_nothing_that_changes() -> None:
    assert staff().key == f"staff:tall:{PEOPLE[0]}"
    assert staff(reason="x").key == staff().key
    assert applicant().key == f"applicant:tall:{APPLICANTS[0]}:portal-user"
    assert integrator().key == f"integrator:tall:{APPLICANTS[0]}:client"
    assert province().key == "province:37:inspector"
    assert Actor.system("tall").key == "system:tall:worker"
    assert Actor(ActorKind.STAFF, "tall", "li").key == "staff:tall:li"


def test_different_actors_have_different_keys() -> None:
    made = [
        *(staff(tenant=tenant, staff_id=person) for tenant in ("tall", "flat") for person in PEOPLE),
        *(applicant(person) for person in APPLICANTS),
        *(integrator(person) for person in (*APPLICANTS, None)),
        province("37"),
        province("41"),
        Actor.system("tall"),
        Actor.system("flat"),
        Actor(ActorKind.SYSTEM, "tall", "flat:worker"),
    ]
    assert len({actor.key for actor in made}) == len(made)


def test_nobody_is_his_own_second_approver() -> None:
    alone = staff(reason="audit")
    assert not alone.has_second_approver
    myself = Actor(ActorKind.STAFF, "tall", "li", staff_id=PEOPLE[0], approved_by=alone.key)
    assert not myself.has_second_approver
    other = Actor(ActorKind.STAFF, "tall", "li", staff_id=PEOPLE[0], approved_by=f"staff:tall:{PEOPLE[1]}")
    assert other.has_second_approver


def test_a_blank_reason_is_no_reason() -> None:
    assert not staff(reason="  ").has_reason
    assert staff(reason="fraud report 12").has_reason
