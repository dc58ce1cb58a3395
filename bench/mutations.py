"""Deeds before and after they are measured: who does them to which cases, and how everything is put back."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import orjson
import psycopg
from psycopg import sql

from bangban.connections import Connections
from bangban.survey import Survey
from bangban.tokens import Mint
from bench.client import BadAnswer, ask, request
from bench.contenders import Contender
from bench.deeds import Deed
from bench.office import settings
from schema.ids import global_id

TEXT = "想办理一项许可，请告知需要哪些材料。"
ANSWER = "已电话告知办理流程和所需材料，请备齐后到窗口办理。"
ACTOR = "staff:bench"
WAITING = """
SELECT c.id, c.unit_id FROM service_case c
WHERE c.tenant_id = %s AND c.state = 'RECEIVED' AND c.service_kind = 'ASSIST' ORDER BY c.unit_id, c.id LIMIT 20000
"""
PEOPLE = "SELECT code, id FROM staff_member WHERE tenant_id = %s AND unit_id = %s AND active ORDER BY code LIMIT 12"
PLACE = """
SELECT u.id, u.code, u.path FROM service_case c JOIN org_unit u ON (u.tenant_id, u.id) = (c.tenant_id, c.unit_id)
WHERE c.tenant_id = %s AND c.id = %s
"""
REVISION = (
    "SELECT id FROM profile_revision WHERE tenant_id = %s AND status = 'PUBLISHED' ORDER BY revision DESC LIMIT 1"
)
ACCOUNT = "SELECT id FROM applicant WHERE tenant_id = %s AND portal_subject = %s"
GROWING = [
    "service_request",
    "service_case",
    "case_participant",
    "case_step",
    "timer",
    "contact_record",
    "outbox_event",
    "audit_entry",
]
PUT_BACK = (
    "UPDATE service_case SET state = 'RECEIVED', responded_at = NULL "
    "WHERE tenant_id = %(tenant)s AND id = ANY(%(cases)s) AND state <> 'RECEIVED'",
    "UPDATE timer SET state = 'RUNNING', stopped_at = NULL, elapsed_seconds = NULL, proof = NULL, fire_at = due_at "
    "WHERE tenant_id = %(tenant)s AND subject_id = ANY(%(cases)s) AND stopped_at IS NOT NULL",
)


class NobodyMay(Exception):
    """Nobody was found who may do what is to be measured."""


@dataclass(frozen=True)
class Scene:
    """What the deeds are done to, and by whom."""

    tenant: str
    account: str
    applicant: UUID
    unit: tuple[UUID, str, str]
    revision: UUID
    waiting: list[tuple[UUID, str, UUID]]
    """Cases that wait for a response, with code and id of somebody who may give it."""

    put_back: Callable[[], None]
    """Makes everything as it was."""

    def requests(self, deed: Deed, contender: Contender) -> list[bytes]:
        """Write out what is done: the same request again and again, or a response to each waiting case once."""
        if not deed.once:
            return [self._creation(deed, contender)]
        mint = Mint.open(settings())
        tokens = {code: mint.staff(self.tenant, code) for _, code, _ in self.waiting}
        return [response(deed, contender, case, staff, tokens[code]) for case, code, staff in self.waiting]

    def _creation(self, deed: Deed, contender: Contender) -> bytes:
        unit, code, path = self.unit
        if contender.name == "limit":
            given = {"unit": unit, "path": path, "applicant": self.applicant, "revision": self.revision}
            return request(contender.port, "/create", orjson.dumps({**given, "text": TEXT, "actor": ACTOR}))
        inputs = {"unitCode": code, "serviceKind": "ASSIST", "channel": "WEB_PORTAL", "text": TEXT}
        token = Mint.open(settings()).portal(self.tenant, self.account)
        return contender.graphql(deed.ours, {"input": inputs}, {"Authorization": f"Bearer {token}"})


def response(deed: Deed, contender: Contender, case: UUID, staff: UUID, token: str) -> bytes:
    """Write out the response to a case."""
    if contender.name == "limit":
        given = {"case": case, "staff": staff, "text": ANSWER, "actor": ACTOR}
        return request(contender.port, "/respond", orjson.dumps(given))
    inputs = {"caseId": global_id("Case", case), "channel": "PHONE", "content": ANSWER}
    return contender.graphql(deed.ours, {"input": inputs}, {"Authorization": f"Bearer {token}"})


@contextmanager
def scene(connections: Connections, tenant: str, ours: Contender, responding: Deed) -> Iterator[Scene]:
    """Prepare the deeds; afterwards everything is as it was before."""
    account = Survey(connections).an_applicant(tenant)
    if account is None:
        raise NobodyMay(f"no applicant of {tenant} has a portal account")
    with psycopg.connect(connections.administrator, autocommit=True) as connection:
        begun = UUID(int=int(time.time() * 1000) << 80)
        cases = [row[0] for row in connection.execute(WAITING, [tenant])]
        back = partial(put_back, connections.administrator, tenant, cases, begun)
        try:
            waiting = list(_with_people(connection, tenant, ours, responding))
            if not waiting:
                raise NobodyMay(f"nobody may respond to a waiting case of {tenant}")
            back()
            unit = connection.execute(PLACE, [tenant, waiting[0][0]]).fetchall()[0]
            applicant = connection.execute(ACCOUNT, [tenant, account]).fetchall()[0][0]
            revision = connection.execute(REVISION, [tenant]).fetchall()[0][0]
            yield Scene(tenant, account, applicant, unit, revision, waiting, back)
        finally:
            back()


def _with_people(
    connection: psycopg.Connection[Any], tenant: str, ours: Contender, responding: Deed
) -> Iterator[tuple[UUID, str, UUID]]:
    """Give the waiting cases of those units in which somebody is found who may respond, by trying it."""
    mint = Mint.open(settings())
    by_unit: dict[UUID, list[UUID]] = {}
    for case, unit in connection.execute(WAITING, [tenant]).fetchall():
        by_unit.setdefault(unit, []).append(case)
    for unit, cases in by_unit.items():
        for code, staff in connection.execute(PEOPLE, [tenant, unit]).fetchall():
            try:
                ask(ours.port, response(responding, ours, cases[0], staff, mint.staff(tenant, code)))
            except BadAnswer:
                continue
            yield from ((case, code, staff) for case in cases)
            break


def put_back(address: str, tenant: str, cases: list[UUID], begun: UUID) -> None:
    """Take away what was written since, which the ids tell, and let the waiting cases wait again; all or nothing."""
    with psycopg.connect(address) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        for table in GROWING:
            statement = sql.SQL("DELETE FROM {} WHERE tenant_id = %s AND id >= %s").format(sql.Identifier(table))
            connection.execute(statement, [tenant, begun])
        for change in PUT_BACK:
            connection.execute(change, {"tenant": tenant, "cases": cases})
