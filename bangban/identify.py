"""From verified claims to the actor of the office: who that is in the city's own register, and which posts he holds now."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from authz.actor import Actor
from authz.tokens import Claims, TokenKind
from casework.cases.models import Applicant
from casework.kernel.errors import Code, Refusal
from casework.kernel.tenancy import binding
from casework.kernel.work import Office
from casework.organisation.models import StaffMember
from casework.organisation.queries import roles_held


def identification(office: Office) -> Callable[[Claims], Awaitable[Actor]]:
    """Give the function that looks up who a token speaks for; asked at every request, so a role that ended is gone."""

    async def identify(claims: Claims) -> Actor:
        if claims.tenant is None:
            return claims.actor()
        async with office.database.reading(binding(claims.tenant)) as session:
            if claims.kind is TokenKind.STAFF:
                return await _staff(session, claims, claims.tenant, office)
            if claims.kind is TokenKind.PORTAL:
                return await _applicant(session, claims, claims.tenant)
            return claims.actor()

    return identify


async def _staff(session: AsyncSession, claims: Claims, tenant: str, office: Office) -> Actor:
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
    roles = await roles_held(session, tenant, staff_id, office.clock.now())
    return claims.actor(staff_id=staff_id, roles=roles)


async def _applicant(session: AsyncSession, claims: Claims, tenant: str) -> Actor:
    """A portal vouches for its account, or names the applicant; until the first request there is none behind it."""
    named = Applicant.id == claims.applicant_id if claims.applicant_id else Applicant.portal_subject == claims.subject
    found = (await session.scalars(select(Applicant.id).where(Applicant.tenant_id == tenant, named))).one_or_none()
    return replace(claims.actor(), applicant_id=found)
