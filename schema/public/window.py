"""The public window: reading in a city as somebody who did not say who he is, and who may do nothing."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from authz.actor import Actor, ActorKind
from casework.kernel.errors import Code, Refusal
from casework.kernel.tenancy import TENANT_CODE
from casework.kernel.work import Office, Work

T = TypeVar("T")


def visitor(tenant: str) -> Actor:
    """Make the actor of somebody without a token: no role, no case of his own, nothing that permissions reach."""
    return Actor(ActorKind.APPLICANT, tenant, "visitor")


async def read_publicly(
    office: Office, tenant: str, correlation_id: str, read: Callable[[Work], Awaitable[T]]
) -> T | None:
    """Read in a city for a visitor; a city that does not exist answers like one that publishes nothing."""
    if not TENANT_CODE.fullmatch(tenant):
        return None
    try:
        async with office.open(visitor(tenant), correlation_id) as work:
            return await read(work)
    except Refusal as refusal:
        if refusal.code is not Code.NOT_FOUND:
            raise
        return None
