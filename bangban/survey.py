"""What is in the database already: tenants with a profile, tenants with an office, people to show tokens for.

It asks as the backup role, which sees every tenant and can change nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from bangban.connections import Connections
from bangban.database_roles import Role

PUBLISHED = """
SELECT DISTINCT ON (tenant_id) tenant_id, revision, sha256, published_at, published_by, document
FROM profile_revision WHERE status = 'PUBLISHED' ORDER BY tenant_id, revision DESC
"""

HOLDERS = """
SELECT DISTINCT ON (held.role_code) held.role_code, staff.code, unit.code, unit.name_zh
FROM role_assignment held
JOIN staff_member staff ON staff.tenant_id = held.tenant_id AND staff.id = held.staff_id AND staff.active
JOIN org_unit unit ON unit.tenant_id = held.tenant_id AND unit.id = held.unit_id
WHERE held.tenant_id = %s AND held.valid_from <= now() AND (held.valid_to IS NULL OR held.valid_to > now())
ORDER BY held.role_code, staff.code LIKE held.tenant_id || '-%%' DESC, length(unit.path), staff.code
"""


@dataclass(frozen=True)
class PublishedProfile:
    """The revision of a tenant's profile that judges new matters."""

    tenant: str
    revision: int
    sha256: str
    published_at: str
    published_by: str
    document: Mapping[str, Any]


@dataclass(frozen=True)
class Holder:
    """Somebody who holds a role of the city now."""

    role_code: str
    staff_code: str
    unit_code: str
    unit_zh: str


GIVEN_UP = """
SELECT tenant_id, id, name, occurred_at, coalesce(last_error, '') FROM outbox_event
WHERE state = 'DEAD' ORDER BY tenant_id, id
"""


@dataclass(frozen=True)
class GivenUp:
    """An event that workers tried too many times."""

    tenant: str
    id: UUID
    name: str
    occurred_at: str
    fault: str


@dataclass(frozen=True)
class Survey:
    """Asks the database what it holds."""

    connections: Connections

    def published(self) -> dict[str, PublishedProfile]:
        """Give the published profile of every tenant that has one."""
        return {
            str(row[0]): PublishedProfile(row[0], row[1], row[2], f"{row[3]:%Y-%m-%d %H:%M}", row[4], row[5])
            for row in self._ask(PUBLISHED)
        }

    def document(self, tenant: str, revision: int) -> Mapping[str, Any] | None:
        """Give the document of one revision, or None when there is no such revision."""
        rows = self._ask(
            "SELECT document FROM profile_revision WHERE tenant_id = %s AND revision = %s", tenant, revision
        )
        document: Mapping[str, Any] | None = rows[0][0] if rows else None
        return document

    def staffed(self) -> frozenset[str]:
        """Name the tenants that have an office: units with people in them."""
        return frozenset(str(row[0]) for row in self._ask("SELECT DISTINCT tenant_id FROM staff_member"))

    def tenants(self) -> dict[str, str]:
        """Name the registered tenants and the code of the province that each lies in."""
        return {str(code): str(province) for code, province in self._ask("SELECT code, province_code FROM tenant")}

    def holders(self, tenant: str) -> tuple[Holder, ...]:
        """Find one person for every role of a city that anybody holds now; a well-known one of the demonstration first."""
        return tuple(Holder(*row) for row in self._ask(HOLDERS, tenant))

    def given_up(self) -> tuple[GivenUp, ...]:
        """List the events of all tenants that workers gave up, oldest first."""
        return tuple(
            GivenUp(tenant, event, name, f"{occurred_at:%Y-%m-%d %H:%M}", fault)
            for tenant, event, name, occurred_at, fault in self._ask(GIVEN_UP)
        )

    def an_applicant(self, tenant: str) -> str | None:
        """Find the portal account of an applicant of the city."""
        query = """SELECT portal_subject FROM applicant WHERE tenant_id = %s AND portal_subject IS NOT NULL
                   ORDER BY portal_subject LIMIT 1"""
        rows = self._ask(query, tenant)
        return str(rows[0][0]) if rows else None

    def _ask(self, query: str, *parameters: object) -> Sequence[Any]:
        with psycopg.connect(self.connections.dsn(Role.BACKUP)) as connection:
            return connection.execute(query, parameters).fetchall()
