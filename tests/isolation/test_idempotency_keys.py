"""An idempotency key belongs to one caller of one tenant: nobody else's use of the same words touches it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from sqlalchemy import select

from authz.actor import Actor, ActorKind, RoleHeld
from bangban.connections import Connections
from casework.kernel.errors import Code, Refusal
from casework.kernel.idempotency import IdempotencyRecord
from casework.kernel.work import Work
from casework.organisation.models import OrgUnit
from tests.casework.cities import OPENING, City, founding


@dataclass(frozen=True)
class OpenWindow:
    """A made-up deed that leaves a row."""

    code: str


async def open_window(work: Work, intent: OpenWindow) -> OrgUnit:
    unit = OrgUnit(
        code=f"{intent.code}-{uuid4().hex[:6]}", name_zh="窗口", unit_type="desk", kind="DESK", tier="CITY", path=uuid4().hex,
        settled=False,
    )  # fmt: skip
    return work.add(unit)


async def close_window(work: Work, intent: OpenWindow) -> OrgUnit:
    return await open_window(work, intent)


def somebody(tenant: str, name: str) -> Actor:
    post = RoleHeld("clerk", uuid4(), "370902.", OPENING, None)
    return Actor(ActorKind.STAFF, tenant, name, staff_id=uuid4(), roles=(post,))


@pytest.fixture
async def cities(database: Connections) -> AsyncIterator[tuple[City, City]]:
    async with founding(database) as found:
        yield await found("zaozhuang"), await found("pingxiang")


async def do(city: City, actor: Actor, key: str, code: str = "a") -> OrgUnit:
    return await city.office.carry_out(actor, open_window, OpenWindow(code), key=key)


async def test_the_same_key_of_another_tenant_is_another_key(cities: tuple[City, City]) -> None:
    here, there = cities
    one, other = somebody(here.tenant, "li"), somebody(there.tenant, "li")
    first, second = await do(here, one, "key"), await do(there, other, "key", "b")
    assert (first.tenant_id, second.tenant_id) == (here.tenant, there.tenant)
    assert first.id != second.id
    assert (await do(here, one, "key")).id == first.id
    assert (await do(there, other, "key", "b")).id == second.id


async def test_the_same_key_of_another_person_is_another_key(cities: tuple[City, City]) -> None:
    here, _ = cities
    one, other = somebody(here.tenant, "li"), somebody(here.tenant, "wang")
    first = await do(here, one, "key")
    assert (await do(here, other, "key")).id != first.id
    assert (await do(here, other, "key")).id != first.id
    with pytest.raises(Refusal) as refused:
        await do(here, other, "key", "b")
    assert refused.value.code is Code.IDEMPOTENCY_MISMATCH
    assert (await do(here, one, "key")).id == first.id


async def test_an_applicant_does_not_share_keys_with_staff_of_the_same_name(cities: tuple[City, City]) -> None:
    here, _ = cities
    one = somebody(here.tenant, "li")
    other = Actor(ActorKind.APPLICANT, here.tenant, "li", applicant_id=uuid4())
    assert one.key != other.key
    assert (await do(here, one, "key")).id != (await do(here, other, "key")).id


async def test_the_same_key_for_another_deed_is_refused(cities: tuple[City, City]) -> None:
    here, _ = cities
    one = somebody(here.tenant, "li")
    await do(here, one, "key")
    with pytest.raises(Refusal) as refused:
        await here.office.carry_out(one, close_window, OpenWindow("a"), key="key")
    assert refused.value.code is Code.IDEMPOTENCY_MISMATCH


async def test_a_race_of_the_same_key_in_two_tenants_does_both_and_each_once(cities: tuple[City, City]) -> None:
    here, there = cities
    one, other = somebody(here.tenant, "li"), somebody(there.tenant, "li")
    done = await asyncio.gather(
        *(do(city, who, "key") for _ in range(4) for city, who in ((here, one), (there, other)))
    )
    assert len({(unit.tenant_id, unit.id) for unit in done}) == 2
    for city in cities:
        async with city.work() as work:
            records = select(IdempotencyRecord).where(IdempotencyRecord.tenant_id == city.tenant)
            assert len((await work.session.scalars(records)).all()) == 1


async def test_a_key_does_not_tell_what_was_asked_with_it(cities: tuple[City, City]) -> None:
    """The kept fingerprint is keyed: short secrets cannot be guessed from it."""
    here, _ = cities
    await do(here, somebody(here.tenant, "li"), "key", "identity number 11010119900101")
    async with here.work() as work:
        kept = (await work.session.scalars(select(IdempotencyRecord))).one()
    assert "1101" not in " ".join((kept.fingerprint, kept.key, kept.operation, kept.actor))
    assert len(kept.fingerprint) == 64


async def test_a_deed_that_failed_leaves_its_key_free(cities: tuple[City, City]) -> None:
    here, _ = cities
    one = somebody(here.tenant, "li")

    async def refuse(work: Work, intent: OpenWindow) -> OrgUnit:
        raise Refusal(Code.CONFLICT, "no", "否")

    with pytest.raises(Refusal):
        await here.office.carry_out(one, refuse, OpenWindow("a"), key="key")
    assert (await do(here, one, "key")).tenant_id == here.tenant
