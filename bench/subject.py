"""Whom and what a run asks: the cases, the caller, and whether all contenders say the same."""

from datetime import UTC, datetime
from typing import Any

import orjson
import psycopg

from bangban.connections import Connections
from bangban.tokens import Mint
from bench.client import BadAnswer, ask
from bench.contenders import Contender
from bench.office import settings
from bench.workloads import Workload

NUMBERS = """
SELECT case_no FROM service_case c
WHERE tenant_id = %s AND (SELECT count(*) FROM case_step s WHERE (s.tenant_id, s.case_id) = (c.tenant_id, c.id)) >= 10
  AND EXISTS (SELECT 1 FROM document d WHERE (d.tenant_id, d.case_id) = (c.tenant_id, c.id))
ORDER BY md5(case_no) LIMIT 400
"""
PEOPLE = """
SELECT staff.code FROM staff_member staff
JOIN role_assignment held ON (held.tenant_id, held.staff_id) = (staff.tenant_id, staff.id) AND held.valid_to IS NULL
JOIN org_unit unit ON (unit.tenant_id, unit.id) = (held.tenant_id, held.unit_id)
WHERE staff.tenant_id = %s AND staff.active GROUP BY staff.code ORDER BY min(length(unit.path)), staff.code LIMIT 200
"""


class Differing(Exception):
    """Two contenders answer the same question differently, so that a comparison would mean nothing."""


def case_numbers(connections: Connections, tenant: str) -> list[str]:
    """Choose cases with a whole life behind them: ten steps and documents."""
    with psycopg.connect(connections.administrator) as connection:
        return [row[0] for row in connection.execute(NUMBERS, [tenant]).fetchall()]


def token_of_overseer(
    connections: Connections, ours: Contender, tenant: str, work: Workload, numbers: list[str], rows: int
) -> str:
    """Find somebody who sees the whole city, so that our rights leave as many rows as the peers' lack of them."""
    mint = Mint.open(settings())
    with psycopg.connect(connections.administrator) as connection:
        people = connection.execute(PEOPLE, [tenant]).fetchall()
    for (code,) in people:
        token = mint.staff(tenant, code)
        try:
            answer = answer_of(ours, ours.requests(work, tenant, numbers, token)[0])
        except BadAnswer:
            continue
        if len(answer["cases"]) == rows:
            return token
    raise Differing(f"nobody in {tenant} sees all cases of the worklist")


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


def require_same(work: Workload, contenders: list[Contender], tenant: str, numbers: list[str], token: str) -> None:
    """Refuse to go on unless all contenders answer alike, for some of the cases."""
    some = numbers[:5]
    for number in range(len(some) if work.by_number else 1):
        answers = {
            contender.name: answer_of(contender, contender.requests(work, tenant, some, token)[number])
            for contender in contenders
        }
        first, *others = answers
        for other in others:
            if answers[other] != answers[first]:
                raise Differing(f"{work.name}: {first} says {answers[first]}\n{other} says {answers[other]}")
