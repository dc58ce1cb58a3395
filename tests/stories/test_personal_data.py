"""Personal data: shown in full only to whom it is allowed, with a trace; kept sealed; nowhere in logs and messages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from tests.isolation.rows import tenant_tables
from tests.stories.stack import Caller, Stack
from tests.stories.test_two_hour_clock import uuid_of
from tests.stories.walk import ask_for, fill_in, sign

READ = """query($id: ID!, $full: Boolean!) { case(id: $id) {
  applicant(unmasked: $full) { name idNo phone address maskedFields } } }"""
MASKED = ["name", "idNo", "phone", "address"]
RELATIONS = """SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2"""

HEARD = {"request.received", "case.accepted", "mandate.signed", "progress.recorded"}
"""Events that workers listen to, so that a message of each goes through the broker."""

OVERHEAR = (
    "CREATE TABLE dramatiq.overheard (message text)",
    "CREATE FUNCTION dramatiq.overhear() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS"
    " 'BEGIN INSERT INTO dramatiq.overheard VALUES (NEW.message::text); RETURN NEW; END'",
    "CREATE TRIGGER overhear AFTER INSERT ON dramatiq.queue FOR EACH ROW EXECUTE FUNCTION dramatiq.overhear()",
)


@dataclass(frozen=True)
class Person:
    """Somebody who does not exist, with words that occur nowhere else."""

    name: str
    id_no: str
    phone: str
    address: str
    words: str
    subject: str

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must be found nowhere in the clear."""
        return self.name, self.id_no, self.phone, self.address, self.words


def somebody() -> Person:
    serial = uuid4().int
    sign = "".join(chr(0x4E00 + (serial >> shift) % 0x5000) for shift in (3, 17, 31))
    return Person(
        name=f"虚{sign}", id_no=f"69{serial % 10**16:016d}", phone=f"154{serial % 10**8:08d}",
        address=f"无名路{serial % 10**12}号", words=f"密语{serial % 10**15}", subject=f"taian-person-{serial % 10**9}",
    )  # fmt: skip


@dataclass(frozen=True)
class Handled:
    """A case of a person in which every kind of text was written."""

    person: Person
    case: str


@pytest.fixture(scope="module")
def overheard(stack: Stack) -> Iterator[None]:
    """Keep a copy of every message that goes through the broker's queue; done ones do not stay there."""
    with psycopg.connect(stack.connections.administrator) as connection:
        for statement in OVERHEAR:
            connection.execute(sql.SQL(statement))
    yield
    with psycopg.connect(stack.connections.administrator) as connection:
        connection.execute("DROP FUNCTION dramatiq.overhear CASCADE")
        connection.execute("DROP TABLE dramatiq.overheard")


@pytest.fixture(scope="module")
def handled(stack: Stack, overheard: None) -> Handled:
    """Handle a case from the request to the signed agreement, with the person's words in every text that is sealed."""
    stack.at("2024-09-13 10:00")
    person = somebody()
    applicant, intake = stack.portal(person.subject), stack.staff("taian-intake-1")
    case = ask_for(
        applicant, "370902", "AGENCY", "SCJG-02", text=f"{person.name}:{person.words}",
        applicant={
            "subjectType": "NATURAL_PERSON", "name": person.name, "idNo": person.id_no, "phone": person.phone,
            "address": person.address,
        },
    )  # fmt: skip
    intake.case("respondCase", case, channel="PHONE", content=f"致电{person.phone}:{person.words}")
    intake.case("acceptCase", case)
    agent = stack.staff("taian-agent-1")
    agent_id = agent.ask("{ me { staff { id } } }")["me"]["staff"]["id"]
    stack.staff("taian-chief-1").case("assignCase", case, staffId=agent_id)
    agreement = fill_in(agent, "taian", case, "commission_agreement", principal=person.name, phone=person.phone)
    sign(applicant, agreement, "APPLICANT", person.name)
    sign(agent, agreement, "SERVICE_UNIT", "代办员")
    agent.case("commissionCase", case)
    agent.case("recordProgress", case, text=f"{person.name}的材料已备:{person.words}")
    given = {"ground": "REQUEST", "text": person.words, "givenTo": person.name}
    agent.case("explainCase", case, explanation=given)
    refused_with_secrets(applicant, agent, case, person)
    stack.eventually(lambda: all_done(stack, case), "the workers have told the applicant")
    return Handled(person, case)


def refused_with_secrets(applicant: Caller, agent: Caller, case: str, person: Person) -> None:
    """Make mistakes with personal data in them: neither answers nor logs repeat what was typed."""
    agent.refused("draftDocument", "document { id }", caseId=case, form=person.name, fields=[])
    agent.refused(
        "explainCase",
        "case { id }",
        caseId=case,
        explanation={"ground": " ", "text": person.words, "givenTo": person.name},
    )
    applicant.post(f'{{ case(id: "{person.id_no}") {{ nope(name: "{person.name}") }} }}')
    applicant.post('query($x: Int!) { case(id: "x") { id } }', {"x": person.phone})
    applicant.post(f'mutation {{ createRequest(input: {{text: "{person.words}"}}) {{ case {{ id }} }} }}')


def all_done(stack: Stack, case: str) -> bool:
    states = stack.sql("taian", "SELECT state FROM outbox_event WHERE aggregate_id = %s", uuid_of(case))
    return bool(states) and {state for (state,) in states} == {"DONE"}


# Who sees it


def test_everybody_sees_a_masked_applicant(stack: Stack, handled: Handled) -> None:
    for caller in (stack.staff("taian-agent-1"), stack.staff("taian-intake-1"), stack.portal(handled.person.subject)):
        shown = caller.ask(READ, id=handled.case, full=False)["case"]["applicant"]
        assert shown["maskedFields"] == MASKED
        assert all(shown[name] for name in MASKED), "masked, not left out"
        assert not any(secret in str(shown) for secret in handled.person.secrets)


@pytest.mark.rule("CH-2.3-2")
@pytest.mark.parametrize("who", ["taian-agent-1", "taian-intake-1", "taian-lead-1", "portal"])
def test_whoever_may_read_it_in_full_leaves_an_entry(stack: Stack, handled: Handled, who: str) -> None:
    caller = stack.portal(handled.person.subject) if who == "portal" else stack.staff(who)
    trace = uuid4().hex
    caller.headers["X-Correlation-Id"] = trace
    shown = caller.ask(READ, id=handled.case, full=True)["case"]["applicant"]
    person = handled.person
    assert shown == {
        "name": person.name, "idNo": person.id_no, "phone": person.phone, "address": person.address, "maskedFields": [],
    }  # fmt: skip
    query = "SELECT action, object_kind, after, actor FROM audit_entry WHERE correlation_id = %s"
    ((action, kind, after, actor),) = stack.sql("taian", query, trace)
    assert (action, kind, after) == ("case.read_personal", "applicant", {"caseId": uuid_of(handled.case)})
    assert actor.startswith("applicant:taian" if who == "portal" else "staff:taian")


@pytest.mark.rule("CH-2.3-2")
@pytest.mark.parametrize("who", ["taian-helper-1", "taian-agent-2", "taian-city-lead-1"])
def test_whoever_may_not_read_it_is_answered_masked(stack: Stack, handled: Handled, who: str) -> None:
    caller, trace = stack.staff(who), uuid4().hex
    caller.headers["X-Correlation-Id"] = trace
    shown = caller.ask(READ, id=handled.case, full=True)["case"]["applicant"]
    assert shown["maskedFields"] == MASKED
    assert not any(secret in str(shown) for secret in handled.person.secrets)
    assert stack.sql("taian", "SELECT 1 FROM audit_entry WHERE correlation_id = %s", trace) == []


@pytest.mark.rule("CH-2.3-2")
def test_a_supervisor_reads_it_in_full_with_a_stated_reason_only(stack: Stack, handled: Handled) -> None:
    plain = stack.staff("taian-supervisor-1").ask(READ, id=handled.case, full=True)["case"]["applicant"]
    assert plain["maskedFields"] == MASKED
    trace = uuid4().hex
    stated = {"X-Access-Reason": "%E6%8A%95%E8%AF%89%E6%A0%B8%E6%9F%A5", "X-Correlation-Id": trace}
    shown = stack.staff("taian-supervisor-1", **stated).ask(READ, id=handled.case, full=True)["case"]["applicant"]
    assert shown["name"] == handled.person.name
    assert stack.sql("taian", "SELECT reason FROM audit_entry WHERE correlation_id = %s", trace) == [("投诉核查",)]


@pytest.mark.rule("TA-18-2")
def test_staff_never_sign_for_the_applicant(stack: Stack) -> None:
    stack.at("2024-09-13 10:00")
    applicant, intake = stack.portal("taian-applicant-1"), stack.staff("taian-intake-1")
    case = ask_for(applicant, "370902", "AGENCY", "SCJG-02")
    intake.case("respondCase", case, channel="PHONE", content="已联系")
    intake.case("acceptCase", case)
    agent = stack.staff("taian-agent-1")
    agent_id = agent.ask("{ me { staff { id } } }")["me"]["staff"]["id"]
    stack.staff("taian-chief-1").case("assignCase", case, staffId=agent_id)
    agreement = fill_in(agent, "taian", case, "commission_agreement")
    trace = uuid4().hex
    agent.headers["X-Correlation-Id"] = trace
    for method, witnessed in (("E_SIGN", False), ("E_SIGN", True), ("PAPER_SCAN", False)):
        refused = agent.refused(
            "signDocument", "document { id }",
            documentId=agreement, party="APPLICANT", signerName="某", method=method, witnessedPaper=witnessed,
        )  # fmt: skip
        assert (refused[0]["code"], refused[0]["path"]) == ("SEPARATION_OF_DUTIES", ["party"])
    attempts = stack.sql("taian", "SELECT action, object_id FROM audit_entry WHERE correlation_id = %s", trace)
    assert attempts == [("attempt.sign_document", uuid_of(agreement))] * 3
    refused = applicant.refused(
        "signDocument", "document { id }", documentId=agreement, party="SERVICE_UNIT", signerName="某", method="E_SIGN"
    )
    assert refused[0]["code"] in {"SEPARATION_OF_DUTIES", "FORBIDDEN"}
    refused = applicant.refused(
        "signDocument",
        "document { id }",
        documentId=agreement,
        party="APPLICANT",
        signerName="某",
        method="ORAL_CONFIRMED",
    )
    assert (refused[0]["code"], refused[0]["path"]) == ("INVALID_INPUT", ["method"])
    sign(applicant, agreement, "APPLICANT", "本人")
    signatures = applicant.ask(
        "query($id: ID!) { case(id: $id) { documents { signatures { party } } } }", id=case
    )["case"]["documents"]  # fmt: skip
    assert signatures == [{"signatures": [{"party": "APPLICANT"}]}]


# Where it is kept


def everything_in(stack: Stack) -> Iterator[tuple[str, str]]:
    """Read every row of every table as the administrator, bytes as hexadecimal digits."""
    with psycopg.connect(stack.connections.administrator) as connection:
        for schema, name in connection.execute(RELATIONS).fetchall():
            rows = connection.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(schema, name)))
            yield f"{schema}.{name}", "\n".join(row for (row,) in rows)


def written_forms(secret: str) -> tuple[str, ...]:
    """How a text could stand in a row, a log or a message: as it is, as bytes in hexadecimal, escaped for JSON."""
    return secret, secret.encode().hex(), secret.encode("unicode_escape").decode(), secret.encode("gbk", "ignore").hex()


@pytest.mark.rule("CH-2.3-2")
def test_no_table_holds_a_word_of_it_in_the_clear(stack: Stack, handled: Handled) -> None:
    tables = dict(everything_in(stack))
    assert tables.keys() >= {"dramatiq.queue", *(f"public.{table.name}" for table in tenant_tables())}
    rows = [line for line in tables["public.service_case"].splitlines() if uuid_of(handled.case) in line]
    assert len(rows) == 1, "the case itself was read"
    found = [
        (name, form)
        for name, text in tables.items()
        for secret in handled.person.secrets
        for form in written_forms(secret)
        if form and form in text
    ]
    assert found == []


def test_the_program_itself_reads_it_with_its_keys(stack: Stack, handled: Handled) -> None:
    """The search above means something: what it did not find is there, and the right words bring it back."""
    sealed = stack.sql("taian", "SELECT octet_length(name), octet_length(id_no) FROM applicant WHERE portal_subject = %s",
                       handled.person.subject)  # fmt: skip
    assert all(size > 28 for size in sealed[0])
    shown = stack.portal(handled.person.subject).ask(READ, id=handled.case, full=True)["case"]["applicant"]
    assert shown["idNo"] == handled.person.id_no


def test_the_same_person_looks_different_in_every_row(stack: Stack) -> None:
    """Equal names and numbers cannot be matched by their ciphertext."""
    stack.at("2024-09-13 10:00")
    person = somebody()
    details = {"subjectType": "NATURAL_PERSON", "name": person.name, "phone": person.phone}
    for subject in (f"{person.subject}-1", f"{person.subject}-2"):
        ask_for(stack.portal(subject), "370902", "ASSIST", "SCJG-01", applicant=details)
    query = "SELECT name, phone FROM applicant WHERE portal_subject IN (%s, %s)"
    first, second = stack.sql("taian", query, f"{person.subject}-1", f"{person.subject}-2")
    assert first[0] != second[0]
    assert first[1] != second[1]


def test_no_log_repeats_a_word_of_it(stack: Stack, handled: Handled) -> None:
    for name in ("serve", "work"):
        log = (stack.home / f"{name}.log").read_text()
        found = [form for secret in handled.person.secrets for form in written_forms(secret) if form and form in log]
        assert found == [], name
    assert re.search(r'"event": ?"request"', (stack.home / "serve.log").read_text()), "requests are logged"


def test_no_message_and_no_event_carries_a_word_of_it(stack: Stack, handled: Handled) -> None:
    """What waits in the outbox and in the broker's queue are ids, codes and instants."""
    query = "SELECT id::text, name, payload::text FROM outbox_event WHERE aggregate_id = %s"
    events = stack.sql("taian", query, uuid_of(handled.case))
    assert {"document.signed", "case.explanation_given", *HEARD} <= {name for _, name, _ in events}
    with psycopg.connect(stack.connections.administrator) as connection:
        messages = [message for (message,) in connection.execute("SELECT message FROM dramatiq.overheard")]
    for event, name, _ in events:
        assert name not in HEARD or any(event in message for message in messages), f"{name} went through the queue"
    for text in [payload for _, _, payload in events] + messages:
        assert not any(form in text for secret in handled.person.secrets for form in written_forms(secret) if form)
