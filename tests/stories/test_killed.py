"""Story 8 and S-X-14: processes killed with -9 in the middle; nothing is lost and nothing happens twice."""

import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from tests.filled_office import filled_copy
from tests.shared_server import SharedServer
from tests.stories.stack import Caller, Stack, free_port
from tests.stories.walk import ask_for

COUNTY, ITEM = "370902", "SCJG-01"
ROUNDS = 2


@pytest.fixture
def fragile(server: SharedServer, worker_id: str, tmp_path: Path) -> Iterator[Stack]:
    """An office that nobody else uses, because it is going to be killed."""
    connections = filled_copy(server, f"killed_{worker_id}_{uuid4().hex[:6]}", tmp_path)
    made = Stack(connections, tmp_path, free_port())
    try:
        made.start()
        yield made
    finally:
        made.stop()
        server.drop(connections)


def request(caller: Caller, key: str) -> str:
    """Ask once for help, under a key that stays the same when the answer is lost."""
    case = caller.do(
        "createRequest", "case { id }", unitCode=COUNTY, serviceKind="ASSIST", channel="MINI_PROGRAM", text="办理登记",
        itemCode=ITEM, idempotencyKey=key,
    )  # fmt: skip
    return str(case["id"])


@pytest.mark.timeout(240)
def test_the_api_killed_during_mutations_loses_nothing_and_repeats_nothing(fragile: Stack) -> None:
    fragile.at("2024-09-03 10:30")
    applicant = fragile.portal("taian-applicant-1")
    keys = [uuid4().hex for _ in range(30)]
    answered: dict[str, str] = {}

    def send(mine: list[str]) -> None:
        for key in mine:
            try:
                answered[key] = request(applicant, key)
            except (httpx.TransportError, ValueError, AssertionError, KeyError):
                continue

    for _ in range(ROUNDS):
        threads = [threading.Thread(target=send, args=(keys[start::3],)) for start in range(3)]
        for thread in threads:
            thread.start()
        threads[0].join(0.4)
        fragile.kill("serve")
        for thread in threads:
            thread.join()
        fragile.start("serve")
    final = {key: request(applicant, key) for key in keys}
    assert all(final[key] == case for key, case in answered.items()), "an answer that was given stays the answer"
    assert len(set(final.values())) == len(keys), "one case for each intent"
    rows = fragile.sql("taian", "SELECT count(*), count(DISTINCT request_id) FROM service_case")
    assert rows == [(len(keys), len(keys))]
    events = "SELECT count(*) FROM outbox_event WHERE name = 'request.received'"
    audits = "SELECT count(*) FROM audit_entry WHERE action = 'request.received'"
    timers = "SELECT count(*) FROM timer WHERE code = 'assist_response'"
    for query in (events, audits, timers):
        assert fragile.sql("taian", query) == [(len(keys),)], query


@pytest.mark.timeout(240)
@pytest.mark.rule("TA-15-2")
def test_the_worker_killed_between_due_time_and_processing_breaches_once(fragile: Stack) -> None:
    fragile.at("2024-09-03 10:30")
    applicant = fragile.portal("taian-applicant-1")
    cases = [ask_for(applicant, COUNTY, "ASSIST", ITEM) for _ in range(12)]
    fragile.kill("work")
    fragile.at("2024-09-03 15:00")
    for _ in range(ROUNDS):
        fragile.start("work")
        fragile.eventually(
            lambda: fragile.sql("taian", "SELECT 1 FROM timer WHERE leased_until IS NOT NULL OR state = 'BREACHED'"),
            "the worker has begun",
        )
        fragile.kill("work")
    fragile.start("work")
    told = "SELECT recipient_id, cause_id, count(*) FROM notification WHERE template = 'timer.escalated' GROUP BY 1, 2"
    open_events = "SELECT count(*) FROM outbox_event WHERE state IN ('PENDING', 'SENT')"
    fragile.eventually(
        lambda: (
            fragile.sql("taian", "SELECT count(*) FROM timer_breach") == [(len(cases),)]
            and fragile.sql("taian", open_events) == [(0,)]
        ),
        "every breach is recorded and every event is done",
        patience=60,
    )
    breaches = "SELECT count(*), count(DISTINCT timer_id), min(due_at), max(due_at) FROM timer_breach"
    count, timers, first, last = fragile.sql("taian", breaches)[0]
    assert (count, timers) == (len(cases), len(cases)), "exactly one breach each"
    assert first == last
    assert first.isoformat() == "2024-09-03T06:00:00+00:00", "the due time, not the time of processing"
    assert all(times == 1 for _, _, times in fragile.sql("taian", told)), "everybody is told once"
    received = (
        "SELECT recipient_id, cause_id, count(*) FROM notification WHERE template = 'request.received' GROUP BY 1, 2"
    )
    messages = fragile.sql("taian", received)
    assert len(messages) == len(cases)
    assert all(times == 1 for _, _, times in messages)
