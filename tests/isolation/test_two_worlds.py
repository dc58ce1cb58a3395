"""Two worlds that differ only in another tenant's rows answer everything alike; planted leaks show that this would tell.

What is compared is all that the program's role can ask: rows, counts, joins, functions, refusals of keys. Timing is not.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import Rollback, sql

from bangban.connections import Connections
from bangban.database_roles import Role
from tests.isolation.conftest import Worlds
from tests.isolation.probes import OTHERS, OURS, Answers, answers, reads, tries
from tests.isolation.rows import ORDINARY, Connection, bind, tenant_tables

LEAKS = {
    "row security switched off": ["ALTER TABLE service_case DISABLE ROW LEVEL SECURITY"],
    "a second permissive policy": ["CREATE POLICY door ON applicant USING (true)"],
    "a policy for one command only": ["CREATE POLICY door ON timer FOR UPDATE USING (true)"],
    "writing unchecked": [
        "DROP POLICY tenant_isolation ON notification",
        "CREATE POLICY tenant_isolation ON notification"
        " USING (tenant_id = current_setting('app.tenant_id', true)) WITH CHECK (true)",
    ],
    "a view of the owner": [
        "CREATE VIEW all_cases AS SELECT case_no FROM service_case",
        "GRANT SELECT ON all_cases TO bangban_app",
    ],
    "a materialized view": [
        "CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM service_case",
        "GRANT SELECT ON totals TO bangban_app",
    ],
    "a function with its owner's rights": [
        "CREATE FUNCTION how_many() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM applicant'"
    ],
    "a copy without policies": [
        "CREATE TABLE case_copy AS SELECT * FROM service_case",
        "GRANT SELECT ON case_copy TO bangban_app",
    ],
    "one column of a copy": [
        "CREATE TABLE case_copy AS SELECT * FROM service_case",
        "GRANT SELECT (case_no) ON case_copy TO bangban_app",
    ],
    "a unique key over all tenants": ["CREATE UNIQUE INDEX global_code ON org_unit (code) WHERE code LIKE '% 3'"],
    "ids unique over all tenants": ["ALTER TABLE service_case ADD CONSTRAINT global_id UNIQUE (id)"],
    "a key that crosses tenants": [
        "ALTER TABLE service_request ADD CONSTRAINT global_id UNIQUE (id)",
        "ALTER TABLE service_case DROP CONSTRAINT fk_service_case_tenant_id_request_id",
        "ALTER TABLE service_case ADD FOREIGN KEY (request_id) REFERENCES service_request (id)",
    ],
    "a figure that is counted for all": [
        "CREATE TABLE tally AS SELECT count(*) AS total FROM applicant",
        "GRANT SELECT ON tally TO bangban_app",
    ],
}
"""What a migration could get wrong one day."""


def answers_of(world: Connections) -> Answers:
    with psycopg.connect(world.dsn("app")) as connection:
        return answers(connection)


@contextmanager
def planted(world: Connections, leak: list[str]) -> Iterator[Connection]:
    """Plant a leak, become the program's role, and take the leak back."""
    with psycopg.connect(world.administrator) as connection, connection.transaction() as whole:
        for statement in leak:
            connection.execute(sql.SQL(statement))
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(Role.APP.account)))
        yield connection
        raise Rollback(whole)


def differing(one: Answers, other: Answers) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def test_the_corpus_reaches_every_table(worlds: Worlds) -> None:
    with psycopg.connect(worlds.alone.dsn("app")) as connection:
        bind(connection, OURS)
        told = dict(reads(connection))
    for table in tenant_tables():
        assert told[f"count public.{table.name}"] == ("done", [(len(ORDINARY),)])


def test_an_office_answers_alike_with_and_without_other_tenants(worlds: Worlds) -> None:
    alone, shared = answers_of(worlds.alone), answers_of(worlds.shared)
    assert differing(alone, shared) == []
    granted = [name for name in shared if name.startswith("contest") and shared[name][0] != "done"]
    assert granted == [], "what another tenant has may be had here as well"
    assert OTHERS not in str([told for name, told in shared.items() if name.startswith(("read", "call", "select"))])


def test_an_id_of_another_tenant_answers_like_one_that_never_existed(worlds: Worlds) -> None:
    with psycopg.connect(worlds.shared.dsn("app")) as connection:
        bind(connection, OURS)
        foreign, unknown = tries(connection, OTHERS), tries(connection, None)
    assert differing(foreign, unknown) == []
    assert_all(foreign, "point", ("refused", "23503"))
    assert_all(foreign, "write", ("refused", "42501"))
    assert_all(foreign, "select", ("done", []))


def assert_all(told: Answers, kind: str, expected: tuple[object, ...]) -> None:
    found = [answer[: len(expected)] for name, answer in told.items() if name.startswith(f"{kind} ")]
    assert found
    assert [answer for answer in found if answer != expected] == []


@pytest.mark.parametrize("leak", LEAKS.values(), ids=LEAKS.keys())
def test_a_planted_leak_is_found(worlds: Worlds, leak: list[str]) -> None:
    with planted(worlds.alone, leak) as connection:
        alone = answers(connection)
    with planted(worlds.shared, leak) as connection:
        shared = answers(connection)
        unknown = tries(connection, None) if differing(alone, shared) == [] else {}
    foreign = {name: shared[name] for name in unknown}
    assert differing(alone, shared) or differing(foreign, unknown)
