"""Who may change the organisation: the people the permission matrix names, and the operator who loads it."""

from authz.actor import ActorKind
from authz.decide import Resource
from casework.kernel.work import Work

OPERATOR_ACTION = "system.organisation_load"
"""What an operator does who loads units, staff and posts."""

TENANT_WIDE = Resource()
"""An object without unit: only a power over the whole city reaches it."""


def require(work: Work, action: str, resource: Resource, *path: str) -> None:
    """Demand the action of a person; demand of the operator that loading the organisation is allowed."""
    work.require(OPERATOR_ACTION if work.actor.kind is ActorKind.SYSTEM else action, resource, *path)
