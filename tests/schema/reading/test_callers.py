"""Callers are looked up once for all that they ask at a moment, and ahead of the end of what is known of them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from schema import callers as callers_module
from schema.callers import Callers, Known
from tests.schema.reading.asked import Asked

QUESTION = "{ me { kind } }"


def counted(callers: Callers, monkeypatch: pytest.MonkeyPatch) -> list[Known]:
    """Note each look-up that was finished."""
    found: list[Known] = []
    look_up = Callers.look_up

    async def noting(self: Callers, headers: Any) -> Known:
        found.append(await look_up(self, headers))
        return found[-1]

    monkeypatch.setattr(Callers, "look_up", noting)
    return found


async def test_one_look_up_serves_all_requests_of_a_moment(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    found = counted(asked.door.callers, monkeypatch)
    answers = await asyncio.gather(*(asked.ask(QUESTION) for _ in range(20)))
    assert all(answer.json()["data"]["me"]["kind"] == "applicant" for answer in answers)
    assert len(found) == 1


async def test_who_goes_on_asking_is_looked_up_ahead(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    await asked.ask(QUESTION)
    found = counted(asked.door.callers, monkeypatch)
    monkeypatch.setattr(callers_module, "AHEAD_SECONDS", callers_module.FRESH_SECONDS)
    await asked.ask(QUESTION)
    await asyncio.gather(*asked.door.callers._looking.values())
    assert len(found) == 1
    assert next(iter(asked.door.callers._known.values())) is found[0], "the newer look-up counts"


async def test_a_change_of_who_people_are_ends_what_was_known(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    await asked.ask(QUESTION)
    found = counted(asked.door.callers, monkeypatch)
    await asked.ask(QUESTION)
    assert found == []
    asked.door.office.changes.note("taian")
    await asked.ask(QUESTION)
    assert len(found) == 1
