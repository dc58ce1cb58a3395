"""From verified claims to the actor of the office: who that is in the city's own register, and which posts he holds now."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from authz.actor import Actor
from authz.tokens import Claims, TokenKind
from casework.cases.models import Applicant
from casework.kernel.errors import Code, Refusal
from casework.kernel.tenancy import binding
from casework.kernel.work import Office
from casework.organisation.models import StaffMember
from casework.organisation.queries import ends_unjudged, held_and_waiting
from casework.organisation.settle_end import SettleEnd, settle_end


def identification(office: Office) -> Callable[[Claims], Awaitable[Actor]]:
    """Give the function that looks up who a token speaks for; asked at every request, so a role that ended is gone."""

    async def identify(claims: Claims) -> Actor:
        if claims.tenant is None:
            return claims.actor()
        actor, ends = await look_up(claims, claims.tenant)
        if not ends:
            return actor
        # An end that was reached and that no worker has judged yet is judged before the person acts.
        for post_id in ends:
            with suppress(Refusal):  # whoever won the race has judged it
                async with office.open(Actor.system(claims.tenant)) as work:
                    await settle_end(work, SettleEnd(post_id))
        return (await look_up(claims, claims.tenant))[0]

    async def look_up(claims: Claims, tenant: str) -> tuple[Actor, Sequence[UUID]]:
        async with office.database.reading(binding(tenant)) as session:
            if claims.kind is TokenKind.STAFF:
                return await _staff(session, claims, tenant, office)
            if claims.kind is TokenKind.PORTAL:
                return await _applicant(session, claims, tenant), ()
            return claims.actor(), ()

    return identify


async def _staff(session: AsyncSession, claims: Claims, tenant: str, office: Office) -> tuple[Actor, Sequence[UUID]]:
    query = select(StaffMember.id).where(
        StaffMember.tenant_id == tenant, StaffMember.code == claims.subject, StaffMember.active
    )
    staff_id = (await session.scalars(query)).one_or_none()
    if staff_id is None:
        raise Refusal(
            Code.FORBIDDEN,
            "The city's register has no active member of staff behind this token.",
            "该令牌对应的工作人员不在岗或不存在。",
        )
    now = office.clock.now()
    ends = await ends_unjudged(session, tenant, staff_id, now)
    roles, waiting = await held_and_waiting(session, tenant, staff_id, now)
    return replace(claims.actor(staff_id=staff_id, roles=roles), waiting=waiting), ends


async def _applicant(session: AsyncSession, claims: Claims, tenant: str) -> Actor:
    """A portal vouches for its account, or names the applicant; until the first request there is none behind it."""
    named = Applicant.id == claims.applicant_id if claims.applicant_id else Applicant.portal_subject == claims.subject
    found = (await session.scalars(select(Applicant.id).where(Applicant.tenant_id == tenant, named))).one_or_none()
    return replace(claims.actor(), applicant_id=found)
