"""Row security is the net below; this office works without it, beside a twin with the same ids, and nothing shows.

A leak needs two mistakes: a statement that forgets its tenant, and a policy that does not stop it. Here the policies are
switched off, so a forgotten tenant predicate would show at once: in an answer, in a figure, or in the twin's rows.
"""

import json
import signal
from collections.abc import Callable, Iterator
from inspect import signature
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from tests.filled_office import filled_copy
from tests.isolation.rows import Connection, tenant_tables
from tests.shared_server import SharedServer
from tests.stories import test_agency, test_callback, test_guides, test_relay, test_same_day, test_two_hour_clock
from tests.stories.stack import Caller, Stack, free_port
from tests.stories.strangers import asked, schema

TWIN = "taian-twin"
SWITCH = "ALTER TABLE {} {} ROW LEVEL SECURITY"
CASE = """{ id caseNo version workflow state stage { code } profile { revision } unit { id parent { id } } owner { id name unit { id } }
  item { id department { id } currentVersion { requirements { id } } } applicant { name phone }
  timers { code round state dueAt elapsedWorkingSeconds rules { id } } steps { trigger stage at }
  materials { id state holderKind } documents { id edition signatures { party } } mandate { status powers }
  notices { issuedAt } gapNotices { issuedAt } filings { receiptNo } deliveries { method } explanations { ground } }"""
GUIDE = """{ id code state unit { id } kind { code } coAuthorIds fields { key text } items { item { id } writtenFrom { id } }
  reviews { reviewer { id } } versions { version fields { text } publishedBy { id } } }"""
READS = {
    "about": "{ about { name } }",
    "me": "{ me { tenant staff { id unit { id } } roles { role unitPath } } }",
    "profile": "{ profile { tenant revision } }",
    "rule": '{ rule(id: "TA-15-2") { summary } }',
    "myNotifications": "{ myNotifications(limit: 100) { template textZh } }",
    "unit": '{ unit(code: "370902") { id parent { id } unitType { code } } }',
    "units": "{ units(first: 100) { totalCount nodes { id code path } } }",
    "item": '{ item(code: "SCJG-02") { id department { id } currentVersion { requirements { id nameZh } } } }',
    "items": "{ items(first: 50) { totalCount nodes { id code department { id } } } }",
    "search": '{ items(first: 50, search: "dj") { totalCount nodes { id } } units(first: 50, search: "政务") { totalCount nodes { id } } }',
    "case": "query($id: ID!) { case(id: $id) " + CASE + " }",
    "cases": "{ cases(first: 6, orderBy: RECEIVED_AT_DESC) { totalCount nodes " + CASE + " } }",
    "legs": "{ legs(first: 20) { totalCount nodes { id fromUnit { id } toUnit { id } transfers { id papers { material { id } } } } } }",
    "callbacks": "{ callbacks(first: 20) { totalCount nodes { id state assignee { id } case { id caseNo } } } }",
    "nodes": "query($id: ID!) { nodes(ids: [$id]) { id ... on Case { caseNo } } }",
    "guide": '{ guide(code: "370902-SCJG-04") ' + GUIDE + " }",
    "guides": "{ guides(first: 20) { totalCount nodes " + GUIDE + " } }",
    "guideDrift": "{ guideDrift { guides { guideCode itemCode restsOn { versionId } } cases { caseNo promised { versionId } } } }",
    "publicService": '{ publicService(tenant: "taian") { nameZh processes { stagesZh } } }',
    "publicUnits": '{ publicUnits(tenant: "taian", below: "370902", limit: 50) { code nameZh } }',
    "publicUnit": '{ publicUnit(tenant: "taian", code: "370902001") { nameZh staff { name } lists { version items { code } } } }',
    "publicGuides": '{ publicGuides(tenant: "taian", limit: 50) { code version fields { text } } }',
    "publicGuide": '{ publicGuide(tenant: "taian", code: "370902-SCJG-04") { version fields { text } } }',
    "staffing": "{ staffing(verdicts: [SHORT]) { findings { requirement unitCode actual } } }",
    "handovers": "{ handovers(first: 20) { totalCount nodes { id leaver { id } unit { id } items { id caseNo receiver { id } } } } }",
    "handoverIncidents": "{ handoverIncidents(first: 20) { totalCount nodes { id leaver { id } matters { caseNo } responsibleUnitIds } } }",
    "staffRegistrations": "{ staffRegistrations(first: 20) { totalCount nodes { id state } } }",
    "teams": "{ teams(first: 20) { totalCount nodes { id kind { code } unit { id } parent { id } members { staff { id } } } } }",
    "teamReport": "{ teamReport { code unitCode teamId actual verdict sources { source count } } }",
    "trainingPlans": "{ trainingPlans(first: 20) { totalCount nodes { id unit { id } sessions(first: 5) { nodes { id } } } } }",
    "trainingSessions": "{ trainingSessions(first: 20) { nodes { id plan { id } results(first: 5) { nodes { id staff { id } } } } } }",
    "trainingResults": "{ trainingResults(first: 20) { totalCount nodes { id score session { id } } } }",
    "commendations": "{ commendations(first: 20) { totalCount nodes { id staff { id } result { id } } } }",
    "skills": "{ skills { topicZh passes staff { id } } }",
    "assessmentSchemes": "{ assessmentSchemes(first: 20) { totalCount nodes { id kind criteria { nameZh points } unit { id } } } }",
    "assessments": "{ assessments(first: 20) { nodes { id score scheme { id } assessor { id } decision { id endedPost { id } } } } }",
    "dashboard": "{ dashboard { unit { id } unitPath state overdue count } }",
    "node": "query($id: ID!) { node(id: $id) { id ... on Case " + CASE + " } }",
}
READERS = ("taian-intake-1", "taian-agent-1", "taian-supervisor-1", "zaozhuang-coordinator-1")

Answers = dict[str, bytes]


def tables() -> list[str]:
    return [table.name for table in tenant_tables()]


def switch(connection: Connection, *words: str) -> None:
    """Switch row security of every table."""
    for table in tables():
        for word in words:
            connection.execute(sql.SQL(SWITCH).format(sql.Identifier(table), sql.SQL(word)))


def rows_of(connection: Connection, tenant: str) -> dict[str, list[str]]:
    """Read all that a tenant has."""
    found = {}
    for table in tables():
        query = sql.SQL("SELECT t::text FROM {} t WHERE tenant_id = %s ORDER BY 1").format(sql.Identifier(table))
        found[table] = [row for (row,) in connection.execute(query, [tenant])]
    return found


def make_twin(connection: Connection) -> None:
    """Copy every row of Taian to a twin: the same ids, the same codes, the same people. No worker knows the twin."""
    for table in tenant_tables():
        columns = [sql.Identifier(column.name) for column in table.columns if column.name != "tenant_id"]
        connection.execute(
            sql.SQL("INSERT INTO {0} (tenant_id, {1}) SELECT {2}, {1} FROM {0} WHERE tenant_id = 'taian'").format(
                sql.Identifier(table.name), sql.SQL(", ").join(columns), sql.Literal(TWIN)
            )
        )


def forget(connection: Connection, comparison: str, tenant: str) -> None:
    """Remove the tenants that compare so, without a trace and whatever points where."""
    connection.execute("SET LOCAL session_replication_role = replica")
    for table in tables():
        delete = sql.SQL("DELETE FROM {} WHERE tenant_id {} %s").format(sql.Identifier(table), sql.SQL(comparison))
        connection.execute(delete, [tenant])


@pytest.fixture(scope="module")
def bare(server: SharedServer, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Open an office without the net, beside its twin."""
    home = tmp_path_factory.mktemp("bare")
    made = Stack(filled_copy(server, f"bare_{worker_id}", home), home, free_port())
    try:
        with administrator(made) as connection:
            make_twin(connection)
            switch(connection, "NO FORCE", "DISABLE")
        made.start()
        yield made
    finally:
        made.stop()


def administrator(stack: Stack) -> Connection:
    return psycopg.connect(stack.connections.administrator)


def stories() -> list[Callable[[Stack], None]]:
    """The stories that need nothing but an office."""
    modules = (test_two_hour_clock, test_agency, test_same_day, test_relay, test_callback, test_guides)
    told = [value for module in modules for name, value in sorted(vars(module).items()) if name.startswith("test_")]
    return [story for story in told if list(signature(story).parameters) == ["stack"]]


def answers(stack: Stack, case: str, tenants: tuple[str, ...]) -> Answers:
    """Ask everything as everybody of these tenants, under one correlation id."""
    callers: dict[str, Caller] = {code: stack.staff(code) for code in READERS}
    callers |= {"taian-applicant-3": stack.portal("taian-applicant-3")}
    trace, told = uuid4().hex, {}
    for who, caller in callers.items():
        for name, document in READS.items() if who.startswith(tenants) else ():
            answer = asked(caller, document, trace, **({"id": case} if "$id" in document else {}))
            assert answer.status_code == 200, answer.text
            told[f"{who}: {name}"] = answer.content.replace(trace.encode(), b"-")
    return told


def differing(one: Answers, other: Answers) -> dict[str, Any]:
    """Show the answers that are not equal byte by byte."""
    return {name: (json.loads(told), json.loads(one[name])) for name, told in other.items() if told != one[name]}


def tell_the_stories(stack: Stack) -> None:
    """Let the whole office work: API and workers, from requests to the archive."""
    assert len(stories()) >= 8
    for story in stories():
        story(stack)


def check_answers(stack: Stack) -> None:
    """Ask the same database four times: bare beside its twin, with the net, without the twin, alone in the world."""
    root = schema().query_type
    assert root is not None
    assert READS.keys() - {"search"} == root.fields.keys(), "every field of the root is read"
    listed = stack.staff("taian-lead-1").ask("{ cases(first: 5, orderBy: RECEIVED_AT_DESC) { nodes { id } } }")
    case = listed["cases"]["nodes"][0]["id"]
    with administrator(stack) as connection:
        forget(connection, "=", TWIN)
        make_twin(connection)
    bare = answers(stack, case, ("taian", "zaozhuang"))
    assert b'"errors"' not in b"".join(bare.values())
    with administrator(stack) as connection:
        switch(connection, "ENABLE", "FORCE")
    assert differing(bare, answers(stack, case, ("taian", "zaozhuang"))) == {}
    with administrator(stack) as connection:
        forget(connection, "=", TWIN)
    assert differing(bare, answers(stack, case, ("taian", "zaozhuang"))) == {}
    with administrator(stack) as connection:
        forget(connection, "<>", "taian")
    assert differing(bare, answers(stack, case, ("taian",))) == {}


@pytest.mark.timeout(400)
def test_an_office_without_the_net_shows_and_touches_nothing_of_its_twin(bare: Stack) -> None:
    with administrator(bare) as connection:
        before = rows_of(connection, TWIN)
    assert sum(map(len, before.values())) > 500
    tell_the_stories(bare)
    with administrator(bare) as connection:
        assert rows_of(connection, TWIN) == before
    bare.at("2024-09-30 10:00")
    bare.processes["work"].send_signal(signal.SIGTERM)
    bare.processes["work"].wait(20)
    check_answers(bare)
