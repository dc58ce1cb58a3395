"""Isolation in time and between roles: ended posts (S-X-13), new revisions of a profile (S-X-10), one person in two
cities (S-X-16), and a province that has no door to any person (S-X-04)."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql

from authz.tokens import DevelopmentIssuer, TokenKind
from casework.kernel.database import Database
from casework.kernel.ids import new_id
from casework.regulation.publish import publish
from schema.ids import global_id
from tenants.profile import Profile
from tests.isolation.rows import bind
from tests.stories.stack import CLIENT, Caller, Stack
from tests.stories.strangers import asked
from tests.stories.test_two_hour_clock import uuid_of
from tests.stories.walk import ask_for, profile

READ = "query($id: ID!) { case(id: $id) { id } }"
TIMERS = "query($id: ID!) { case(id: $id) { version profile { revision } timers { code round startedAt dueAt state rules { id } } } }"
LISTS = """{ me { tenant staff { id unit { id } } roles { unitPath } } profile { tenant }
  cases(first: 50) { totalCount nodes { id unit { id } owner { id } item { id } } }
  units(first: 50) { totalCount nodes { id parent { id } } } items(first: 20) { totalCount nodes { id department { id } } }
  legs(first: 20) { totalCount nodes { id fromUnit { id } } } callbacks(first: 20) { totalCount nodes { id case { id } } } }"""


def with_token(stack: Stack, tenant: str, code: str) -> Caller:
    """Come with one token that stays the same while time goes on."""
    now = int(stack.clock.now().timestamp())
    token = DevelopmentIssuer.open(stack.home).mint(TokenKind.STAFF, code, now, tenant=tenant)
    return Caller(stack.url, lambda: token)


def hire(stack: Stack, tenant: str, code: str, unit: str, *roles: str) -> dict[str, UUID]:
    """Enter a person with posts into a city's register; gives the posts by role."""
    person, posts = new_id(), {role: new_id() for role in roles}
    same = "created_at, updated_at, row_version"
    with psycopg.connect(stack.connections.dsn("app")) as connection:
        bind(connection, tenant)
        connection.execute(
            f"INSERT INTO staff_member (tenant_id, id, code, name, unit_id, source, active, {same})"  # noqa: S608
            " SELECT %(tenant)s, %(id)s, %(code)s, '李华', id, 'OWN', true, now(), now(), 1 FROM org_unit WHERE code = %(unit)s",
            {"tenant": tenant, "id": person, "code": code, "unit": unit},
        )
        for role, post in posts.items():
            connection.execute(
                f"INSERT INTO role_assignment (tenant_id, id, staff_id, unit_id, role_code, engagement, valid_from, {same})"  # noqa: S608
                " SELECT %(tenant)s, %(id)s, %(person)s, id, %(role)s, 'FULL_TIME', '2021-01-01Z', now(), now(), 1"
                " FROM org_unit WHERE code = %(unit)s",
                {"tenant": tenant, "id": post, "person": person, "role": role, "unit": unit},
            )
    return posts


# S-X-13: a role ends during a session


@pytest.mark.rule("TA-6-30")
def test_a_role_that_ends_at_three_is_gone_at_three_for_a_token_that_lives_on(stack: Stack) -> None:
    stack.at("2024-09-11 14:00")
    code = f"taian-{uuid4().hex[:8]}"
    posts = hire(stack, "taian", code, "370902", "intake_officer", "guide")
    person, applicant = with_token(stack, "taian", code), stack.portal("taian-applicant-1")
    first, second, third = (ask_for(applicant, "370902", "ASSIST", "SCJG-01") for _ in range(3))
    ended = stack.staff("taian-lead-1").do(
        "endRole", "roleAssignment { validTo endReason }",
        roleAssignmentId=str(global_id("RoleAssignment", posts["intake_officer"])), reason="调离",
        endsAt="2024-09-11T15:00:00+08:00",
    )  # fmt: skip
    assert ended == {"validTo": "2024-09-11T15:00:00+08:00", "endReason": "调离"}

    stack.at("2024-09-11 14:59:59")
    assert roles_of(person) == ["guide", "intake_officer"]
    person.case("respondCase", first, channel="PHONE", content="已说明")
    assert person.ask(READ, id=first)["case"] == {"id": first}

    for moment, case in (("15:00:00", second), ("15:00:01", third)):
        stack.at(f"2024-09-11 {moment}")
        assert roles_of(person) == ["guide"], "the token is good, the role is gone"
        refused = person.refused("issueNotice", "case { id }", caseId=case, parts=[])
        assert refused[0]["code"] == "NOT_FOUND", "as if it had never been"
        assert person.ask("{ cases(first: 5) { totalCount } }") == {"cases": {"totalCount": 0}}
        assert person.ask(READ, id=case)["case"] is None
    colleague = stack.staff("taian-intake-1")
    assert colleague.case("respondCase", second, channel="PHONE", content="已说明")["state"] == "RESPONDED"


def test_a_repeated_request_after_the_role_ended_is_denied_as_well(stack: Stack) -> None:
    """An idempotency key gives the first answer again; it is no way round the end of a role."""
    stack.at("2024-09-11 14:00")
    code = f"taian-{uuid4().hex[:8]}"
    posts = hire(stack, "taian", code, "370902", "intake_officer")
    person, key = with_token(stack, "taian", code), uuid4().hex
    case = ask_for(stack.portal("taian-applicant-1"), "370902", "ASSIST", "SCJG-01")
    said = {"caseId": case, "channel": "PHONE", "content": "已说明", "idempotencyKey": key}
    assert person.act("respondCase", "case { id }", **said)["case"] == {"id": case}
    assert person.act("respondCase", "case { id }", **said)["case"] == {"id": case}
    post = str(global_id("RoleAssignment", posts["intake_officer"]))
    stack.staff("taian-lead-1").do("endRole", "roleAssignment { id }", roleAssignmentId=post, reason="调离")
    stack.at("2024-09-11 14:01")
    repeated = person.act("respondCase", "case { id applicant { name } }", **said)
    assert repeated["case"] is None
    assert repeated["userErrors"][0]["code"] == "NOT_FOUND"


def roles_of(person: Caller) -> list[str]:
    return sorted(held["role"] for held in person.ask("{ me { roles { role } } }")["me"]["roles"])


# S-X-10: a new revision of a profile


@contextmanager
def published(stack: Stack, changed: Profile) -> Iterator[None]:
    """Publish a profile in the running office, and put the shipped one back afterwards."""
    publish_now(stack, changed)
    try:
        yield
    finally:
        publish_now(stack, profile(changed.tenant))


def publish_now(stack: Stack, wanted: Profile) -> None:
    async def carry_out() -> None:
        database = Database.connect(stack.connections.app_url, pool_size=1)
        try:
            assert await publish(database, stack.clock, wanted, "system:story") is not None
        finally:
            await database.close()

    asyncio.run(carry_out())


def second_revision(city: Profile) -> Profile:
    """Add a class of matters, and let feedback be due the next working day instead of the fifth."""
    urgent = city.triage.classes[-1].model_copy(update={"code": "URGENT", "zh": "急办事项"})
    triage = city.triage.model_copy(update={"classes": (*city.triage.classes, urgent)})
    timers = tuple(
        timer.model_copy(update={"duration": "P1WD"}) if timer.id == "progress_feedback" else timer
        for timer in city.timers
    )
    return city.model_copy(update={"revision": city.revision + 1, "triage": triage, "timers": timers})


def accepted(stack: Stack, agent: Caller) -> str:
    case = ask_for(stack.portal("neixiang-applicant-1"), "411325100", "AGENCY", "SCJG-01")
    agent.case("respondCase", case, channel="WINDOW", content="已说明")
    agent.case("acceptCase", case)
    agent.case("recordProgress", case, text="已受理")
    return case


def feedback_due(agent: Caller, case: str) -> list[str]:
    timers = agent.ask(TIMERS, id=case)["case"]["timers"]
    return [timer["dueAt"] for timer in timers if timer["code"] == "progress_feedback"]


@pytest.mark.rule("NX-5-2", "NX-A5.1-5")
def test_a_new_revision_judges_new_cases_and_leaves_open_ones_as_they_are(stack: Stack) -> None:
    stack.at("2024-09-11 09:30")
    city, agent = profile("neixiang"), stack.staff("neixiang-agent-1")
    old, received = (
        accepted(stack, agent),
        ask_for(stack.portal("neixiang-applicant-2"), "411325100", "AGENCY", "SCJG-01"),
    )
    before = {case: agent.ask(TIMERS, id=case)["case"] for case in (old, received)}
    assert before[old]["profile"] == {"revision": city.revision}
    assert feedback_due(agent, old)[-1] == "2024-09-19T17:00:00+08:00", "the fifth working day"
    with published(stack, second_revision(city)):
        assert {case: agent.ask(TIMERS, id=case)["case"]["timers"] for case in before} == {
            case: told["timers"] for case, told in before.items()
        }
        new = accepted(stack, agent)
        assert agent.ask(TIMERS, id=new)["case"]["profile"] == {"revision": city.revision + 1}
        assert agent.ask(TIMERS, id=old)["case"]["profile"] == {"revision": city.revision}
        assert feedback_due(agent, new)[-1] == "2024-09-12T17:00:00+08:00", "the next working day"

        urgent = {"triageClass": "URGENT", "reason": "急"}
        assert agent.do("triageCase", "case { triageClass }", caseId=new, **urgent) == {"triageClass": "URGENT"}
        refused = agent.refused("triageCase", "case { id }", caseId=old, **urgent)
        assert (refused[0]["code"], refused[0]["path"]) == ("INVALID_INPUT", ["triageClass"])

        # A matter that was received before and is accepted now is judged by what is in force now.
        agent.case("respondCase", received, channel="WINDOW", content="已说明")
        agent.case("acceptCase", received)
        assert agent.ask(TIMERS, id=received)["case"]["profile"] == {"revision": city.revision + 1}

        # The next round of an open case still follows the revision it was accepted under.
        stack.at("2024-09-12 09:30")
        agent.case("recordProgress", old, text="材料已备")
        agent.case("recordProgress", new, text="材料已备")
        assert feedback_due(agent, new)[-1] == "2024-09-13T17:00:00+08:00"
        assert feedback_due(agent, old)[-1] == "2024-09-20T17:00:00+08:00"
    assert agent.ask(TIMERS, id=new)["case"]["profile"] == {"revision": city.revision + 1}, "pinned for good"
    assert agent.ask("{ profile { revision } }") == {"profile": {"revision": city.revision}}


# S-X-16: one person in two cities


def ids_in(told: Any) -> set[str]:
    """Collect every global id of an answer."""
    if isinstance(told, list):
        return {found for each in told for found in ids_in(each)}
    if not isinstance(told, dict):
        return set()
    inner = {found for name, value in told.items() if name != "id" for found in ids_in(value)}
    return inner | ({told["id"]} if "id" in told else set())


def tenants_of(stack: Stack, ids: set[str]) -> set[str]:
    """Ask the whole database whose rows these are."""
    rows = [UUID(uuid_of(each)) for each in ids]
    kinds = ("service_case", "org_unit", "staff_member", "service_item", "relay_leg", "callback")
    query = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT tenant_id, id FROM {} WHERE id = ANY(%(ids)s)").format(sql.Identifier(kind)) for kind in kinds
    )
    with psycopg.connect(stack.connections.dsn("backup")) as connection:
        found = connection.execute(query, {"ids": rows}).fetchall()
    assert {row for _, row in found} == set(rows)
    return {tenant for tenant, _ in found}


def test_a_person_in_two_cities_has_two_memberships_and_no_answer_with_both(stack: Stack) -> None:
    stack.at("2024-09-12 10:00")
    code = f"li-hua-{uuid4().hex[:8]}"
    hire(stack, "taian", code, "370902", "unit_lead")
    hire(stack, "zaozhuang", code, "3704", "centre_coordinator", "specialist")
    here, there = with_token(stack, "taian", code), with_token(stack, "zaozhuang", code)
    ask_for(stack.portal("taian-applicant-1"), "370902", "ASSIST", "SCJG-01")
    ask_for(stack.portal("zaozhuang-applicant-1"), "3704", "ASSIST", "SCJG-01")

    told = {"taian": here.ask(LISTS), "zaozhuang": there.ask(LISTS)}
    for tenant, answer in told.items():
        assert answer["me"]["tenant"] == answer["profile"]["tenant"] == tenant
        assert answer["cases"]["totalCount"] > 0
        assert tenants_of(stack, ids_in(answer)) == {tenant}
    assert len(told["taian"]["me"]["roles"]) == 1
    assert len(told["zaozhuang"]["me"]["roles"]) == 2
    assert told["taian"]["me"]["staff"]["id"] != told["zaozhuang"]["me"]["staff"]["id"]

    node = "query($id: ID!) { node(id: $id) { id } }"
    for answer, caller in ((told["taian"], there), (told["zaozhuang"], here)):
        for each in (answer["cases"]["nodes"][0]["id"], answer["me"]["staff"]["id"]):
            assert caller.ask(node, id=each) == {"node": None}, "the other membership does not help"


def test_two_tokens_in_one_request_are_no_way_to_both_cities(stack: Stack) -> None:
    stack.at("2024-09-12 10:00")
    tokens = [stack.staff("taian-helper-1").token(), stack.staff("zaozhuang-specialist-1").token()]
    headers = [("Authorization", f"Bearer {token}") for token in tokens]
    answer = CLIENT.post(f"{stack.url}/graphql", json={"query": "{ me { tenant } }"}, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


def test_the_same_idempotency_key_in_two_cities_is_two_requests(stack: Stack) -> None:
    stack.at("2024-09-12 10:00")
    code, key = f"li-hua-{uuid4().hex[:8]}", uuid4().hex
    hire(stack, "taian", code, "370902", "unit_lead")
    hire(stack, "zaozhuang", code, "3704", "specialist")
    applicant = {"subjectType": "NATURAL_PERSON", "name": "王虚构"}
    cases = [
        ask_for(with_token(stack, tenant, code), unit, "ASSIST", "SCJG-01", applicant=applicant, idempotencyKey=key)
        for tenant, unit in (("taian", "370902"), ("zaozhuang", "3704"))
    ]
    assert [tenants_of(stack, {case}) for case in cases] == [{"taian"}, {"zaozhuang"}]


def test_many_cities_at_once_each_read_their_own(stack: Stack) -> None:
    """The API's pool is small and shared; what one city's request binds never shows in another's."""
    stack.at("2024-09-12 10:00")
    people = {
        "taian": "taian-lead-1", "zaozhuang": "zaozhuang-coordinator-1", "pingxiang": "pingxiang-specialist-1",
        "neixiang": "neixiang-agent-1", "chaonan": "chaonan-helper-1",
    }  # fmt: skip
    tokens = {tenant: stack.staff(code).token() for tenant, code in people.items()}

    def look(tenant: str) -> tuple[str, set[str]]:
        answer = Caller(stack.url, lambda: tokens[tenant]).ask("{ me { tenant } units(first: 20) { nodes { id } } }")
        assert answer["me"]["tenant"] == tenant
        return tenant, ids_in(answer["units"])

    with ThreadPoolExecutor(10) as pool:
        seen = list(pool.map(look, [tenant for tenant in people for _ in range(12)]))
    for tenant in people:
        assert tenants_of(stack, set().union(*(ids for whose, ids in seen if whose == tenant))) == {tenant}


# S-X-04: the province


@pytest.mark.parametrize(
    "document",
    [
        '{ case(id: "x") { id } }', "{ cases { totalCount } }", '{ node(id: "x") { id } }', "{ callbacks { totalCount } }",
        "{ legs { totalCount } }", "{ me { tenant } }", "{ myNotifications { textZh } }", "{ units { totalCount } }",
        'mutation { respondCase(input: {caseId: "x", channel: "x", content: "x"}) { userErrors { code } } }',
    ],
)  # fmt: skip
def test_the_province_has_no_field_that_leads_to_a_person(stack: Stack, document: str) -> None:
    stack.at("2024-09-12 10:00")
    answer = asked(stack.province("37"), document, uuid4().hex)
    assert "data" not in answer.json()
    assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {"DOCUMENT_INVALID"}


def test_no_token_reaches_the_other_side(stack: Stack) -> None:
    """City people find no provincial figures, and the province's schema knows no type of a city's people."""
    stack.at("2024-09-12 10:00")
    answer = asked(stack.staff("taian-lead-1"), "{ cities { tenant } }", uuid4().hex).json()
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"DOCUMENT_INVALID"}
    types = stack.province("37").ask("{ __schema { types { name } } }")["__schema"]["types"]
    assert {kind["name"] for kind in types} & {
        "Case",
        "Applicant",
        "Evaluation",
        "Complaint",
        "Callback",
        "Notification",
    } == set()
