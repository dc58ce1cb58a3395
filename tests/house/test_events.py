"""Whoever listens hears something: every event that a worker waits for is told by some verb."""

import re
from collections.abc import Iterator

from authz.policy.text import read_policy
from casework.cases.lifecycle import STEPS
from tests.house.tree import Source, calls, literals, nothing, read, sources
from workers.events import CONSUMERS
from workers.rooms import ROOMS

NAME = re.compile(r"[a-z_]+\.[a-z_]+")


def makes_events(source: Source) -> bool:
    return any(getattr(call.func, "id", "") in {"Event", "OutboxEvent"} for call in calls(source.tree))


def told(source: Source) -> Iterator[str]:
    """Give the names of events in a file that tells some; names of permissions look alike and are left out."""
    if makes_events(source):
        named = (str(node.value) for node in literals(source) if NAME.fullmatch(str(node.value)))
        yield from (name for name in named if name not in read_policy().actions)


def all_told() -> frozenset[str]:
    return frozenset(name for source in sources("casework") for name in told(source)) | {step.event for step in STEPS}


def test_every_event_that_somebody_waits_for_is_told() -> None:
    assert ROOMS, "importing the rooms puts their listeners in place"
    assert CONSUMERS.events
    nothing(CONSUMERS.events - all_told())


def test_the_guard_knows_what_is_told() -> None:
    assert list(told(read("x = 'case.opened'\n"))) == []
    assert list(told(read("work.emit(Event('case.opened', CASE, case.id, {}))\n"))) == ["case.opened"]
    assert list(told(read("work.require('case.accept', it)\nwork.emit(Event('case.opened', CASE, it))\n"))) == [
        "case.opened"
    ]
    assert {"case.archived", "timer.breached", "evaluation.bad"} <= all_told()
