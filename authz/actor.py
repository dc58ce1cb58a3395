"""The people and programs that act, as far as permissions need to know them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    """The five ways somebody comes to the office."""

    STAFF = "staff"
    APPLICANT = "applicant"
    PROVINCE = "province"
    INTEGRATOR = "integrator"
    SYSTEM = "system"


def check_unit_path(path: str) -> None:
    """Refuse a unit path that is not a chain of unit codes each closed by a dot, such as "3709.370902."."""
    codes = path.split(".")
    if len(codes) < 2 or codes[-1] != "" or "" in codes[:-1]:
        raise ValueError(f"a unit path is one or more unit codes, each followed by a dot; got {path!r}")


@dataclass(frozen=True, slots=True)
class RoleHeld:
    """One role of the city's regulation, held in one unit for a period (任职)."""

    role_code: str
    unit_id: UUID
    unit_path: str
    valid_from: datetime
    valid_to: datetime | None = None

    def __post_init__(self) -> None:
        check_unit_path(self.unit_path)

    def is_valid_at(self, now: datetime) -> bool:
        """Say whether the role is held at this instant; the end itself is already outside."""
        return self.valid_from <= now and (self.valid_to is None or now < self.valid_to)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, for which tenant, with which roles valid now.

    The caller passes only roles that are valid at the moment of the request, so that permissions stay a pure
    function. `reason` is what a person states to break the glass (scope a*); `approved_by` is the key of the
    second person who agreed to it (scope a**). `waiting` are roles held that give no powers before a registration
    is confirmed; they only explain a refusal.
    """

    kind: ActorKind
    tenant: str | None
    subject: str
    staff_id: UUID | None = None
    applicant_id: UUID | None = None
    roles: tuple[RoleHeld, ...] = ()
    province: str | None = None
    client_id: str | None = None
    reason: str | None = None
    approved_by: str | None = None
    waiting: tuple[RoleHeld, ...] = ()

    @property
    def key(self) -> str:
        """Name the actor for the audit chain and the idempotency store; stable over roles, reasons and tokens.

        The part that may hold any text comes last, so that two different actors never share a key.
        """
        place = self.province if self.kind is ActorKind.PROVINCE else self.tenant
        return ":".join((self.kind.value, place or "-", *self._identity()))

    def _identity(self) -> tuple[str, ...]:
        if self.kind is ActorKind.STAFF and self.staff_id is not None:
            return (str(self.staff_id),)
        if self.kind is ActorKind.APPLICANT:
            return (str(self.applicant_id or "-"), self.subject)
        if self.kind is ActorKind.INTEGRATOR:
            return (str(self.applicant_id or "-"), self.client_id or self.subject)
        return (self.subject,)

    @property
    def has_reason(self) -> bool:
        """Say whether the actor stated a reason of more than blanks."""
        return self.reason is not None and self.reason.strip() != ""

    @property
    def has_second_approver(self) -> bool:
        """Say whether somebody other than the actor agreed."""
        return bool(self.approved_by) and self.approved_by != self.key

    @classmethod
    def system(cls, tenant: str, subject: str = "worker") -> Actor:
        """Make the actor under which a worker keeps the clocks of one city."""
        return cls(kind=ActorKind.SYSTEM, tenant=tenant, subject=subject)
