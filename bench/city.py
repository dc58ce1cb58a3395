"""What the cases of one city can point to: its units, people, items, applicants, paths and clocks."""

from dataclasses import dataclass
from typing import Any

import psycopg

from tenants.loader import PROFILES, load_profile
from tenants.model.workflow import Timer, Workflow
from tenants.profile import Profile

PLACES = """
SELECT unit.id::text, unit.path, array_agg(staff.id::text ORDER BY staff.code)
FROM org_unit unit JOIN staff_member staff ON (staff.tenant_id, staff.unit_id) = (unit.tenant_id, unit.id)
WHERE unit.tenant_id = %s GROUP BY unit.id, unit.path ORDER BY unit.path
"""
ITEMS = """
SELECT DISTINCT ON (item.code) item.id::text, version.id::text, item.department_id::text
FROM service_item item JOIN service_item_version version ON (version.tenant_id, version.item_id) = (item.tenant_id, item.id)
WHERE item.tenant_id = %s ORDER BY item.code, version.version DESC
"""
APPLICANTS = "SELECT id::text FROM applicant WHERE tenant_id = %s ORDER BY id"
REVISION = (
    "SELECT id::text FROM profile_revision WHERE tenant_id = %s AND status = 'PUBLISHED' ORDER BY revision DESC LIMIT 1"
)
SERVED = ("ASSIST", "AGENCY")
CLOCKS_PER_CASE = 3
STARTS = {
    "REQUEST_RECEIVED": "RECEIVED",
    "ACCEPTED": "ACCEPTED",
    "COMMISSIONED": "COMMISSIONED",
    "FILED": "FILED",
    "LAST_PROGRESS_NOTICE": "PREPARING",
}
"""At which state of a case a clock with this trigger begins."""


@dataclass(frozen=True)
class Place:
    """A unit and the people who work in it."""

    unit: str
    path: str
    people: list[str]


@dataclass(frozen=True)
class City:
    """Everything that cases of one city refer to; ids are texts, because they are only written down."""

    tenant: str
    profile: Profile
    revision: str
    places: list[Place]
    items: list[tuple[str, str, str]]
    applicants: list[str]

    @classmethod
    def read(cls, connection: psycopg.Connection[Any], tenant: str) -> "City":
        """Read the city's office as it was loaded."""

        def ask(query: str) -> list[Any]:
            return connection.execute(query, [tenant]).fetchall()

        return cls(
            tenant,
            load_profile(PROFILES / f"{tenant}.yaml"),
            ask(REVISION)[0][0],
            [Place(*row) for row in ask(PLACES)],
            ask(ITEMS),
            [row[0] for row in ask(APPLICANTS)],
        )

    def paths(self) -> list[tuple[str, Workflow]]:
        """Give the city's ways of helping, of which every case takes one."""
        return [(code, flow) for code, flow in self.profile.workflows.items() if flow.service_kind in SERVED]

    def clocks(self, workflow: str) -> list[Timer]:
        """Give the clocks that a case on this path is measured by, at most three; ids are unique in a profile."""
        found = [
            timer
            for timer in self.profile.timers
            if timer.starts_on in STARTS and timer.clock is not None and timer.workflow in (workflow, "any")
        ]
        return found[:CLOCKS_PER_CASE]
