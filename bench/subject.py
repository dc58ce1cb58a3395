"""Whom and what a run asks: the cases, the callers, the month, and whether all contenders say the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
import psycopg

from bangban.connections import Connections
from bangban.tokens import Mint
from bench.client import BadAnswer, ask
from bench.contenders import Contender
from bench.life import NEWEST
from bench.office import settings
from bench.questions import CASE, WORKLIST, Question
from casework.reporting.period import Period

MONTH = Period.month_of(NEWEST.date()).before()
"""The month whose figures are compared: the last that is over when the newest case comes in."""

NUMBERS = """
SELECT case_no FROM service_case c
WHERE tenant_id = %s AND state = 'ARCHIVED' AND service_kind = 'AGENCY'
  AND (SELECT count(*) FROM case_step s WHERE (s.tenant_id, s.case_id) = (c.tenant_id, c.id)) >= 10
  AND EXISTS (SELECT 1 FROM document d WHERE (d.tenant_id, d.case_id) = (c.tenant_id, c.id))
  AND starts_with(md5(case_no), %s)
ORDER BY md5(case_no) LIMIT 400
"""
PEOPLE = """
SELECT staff.code FROM staff_member staff
JOIN role_assignment held ON (held.tenant_id, held.staff_id) = (staff.tenant_id, staff.id) AND held.valid_to IS NULL
JOIN org_unit unit ON (unit.tenant_id, unit.id) = (held.tenant_id, held.unit_id)
WHERE staff.tenant_id = %s AND staff.active GROUP BY staff.code ORDER BY min(length(unit.path)), staff.code LIMIT 200
"""
PROVINCE_OF = "SELECT province_code FROM tenant WHERE code = %s"
MANY = 400_000
"""So many cases are sampled by their digest, because looking at all of them would take long."""


class Differing(Exception):
    """Two contenders answer the same question differently, so that a comparison would mean nothing."""


@dataclass(frozen=True)
class Subject:
    """Whom and what a run asks."""

    tenant: str
    province: str
    numbers: list[str]
    clerk: str = ""
    """The token of somebody who sees the whole city."""
    supervisor: str = ""

    def variables(self, question: Question) -> list[dict[str, str]]:
        """Give what the question is asked with, once for each time that it varies."""
        if question.varies:
            return [{"no": number} for number in self.numbers]
        if question.role.value == "province":
            return [{"first": str(MONTH.first), "last": str(MONTH.last)}]
        return [{}]

    def token(self, question: Question) -> str:
        """Give the token of our caller."""
        return self.supervisor if question.role.value == "province" else self.clerk


def choose(connections: Connections, tenant: str, cases: int) -> Subject:
    """Choose cases with a whole life behind them: ten steps and documents."""
    with psycopg.connect(connections.administrator) as connection:
        rows = connection.execute(NUMBERS, [tenant, "0" if cases > MANY else ""]).fetchall()
        province = connection.execute(PROVINCE_OF, [tenant]).fetchall()[0][0]
    return Subject(tenant, province, [row[0] for row in rows], "", Mint.open(settings()).province(province))


def overseer(connections: Connections, ours: Contender, subject: Subject, rows: int) -> Subject:
    """Find somebody who sees the whole city, so that our rights leave as many rows as the peers' lack of them."""
    mint = Mint.open(settings())
    with psycopg.connect(connections.administrator) as connection:
        people = connection.execute(PEOPLE, [subject.tenant]).fetchall()
    for (code,) in people:
        tried = Subject(
            subject.tenant, subject.province, subject.numbers, mint.staff(subject.tenant, code), subject.supervisor
        )
        try:
            answer = answer_of(ours, ours.requests(WORKLIST, tried)[0])
            cases = [answer_of(ours, one)["case"] for one in ours.requests(CASE, tried)[:5]]
        except BadAnswer:
            continue
        if len(answer["cases"]) == rows and all(cases):
            return tried
    raise Differing(f"nobody in {subject.tenant} sees all cases of the worklist")


def answer_of(contender: Contender, one: bytes) -> Any:
    """Ask and give the data of the answer in the form in which answers are compared."""
    return plain(orjson.loads(ask(contender.port, one))["data"])


def plain(value: Any) -> Any:
    """Reduce an answer to what it says: pages become lists and every instant is written in one way."""
    if isinstance(value, dict):
        if "nodes" in value:
            return plain(value["nodes"])
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, str) and len(value) >= 19 and value[10] == "T":
        return datetime.fromisoformat(value).astimezone(UTC).isoformat()
    return value


def require_same(question: Question, contenders: list[Contender], subject: Subject) -> None:
    """Refuse to go on unless all contenders answer alike, for some of the cases."""
    asked: Mapping[str, list[bytes]] = {one.name: one.requests(question, subject)[:5] for one in contenders}
    for number in range(len(asked[contenders[0].name])):
        answers = {one.name: question.compared(answer_of(one, asked[one.name][number])) for one in contenders}
        first, *others = answers
        for other in others:
            if answers[other] != answers[first]:
                raise Differing(f"{question.name}: {first} says {answers[first]}\n{other} says {answers[other]}")
