"""The places of a statement and the values that fill them are in the same order."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import Integer, String, column, select

from casework.kernel.sight import Outlook
from schema.reading.binds import Binds, Filling, written
from schema.reading.selection import NotPlanned

NOW = datetime(2024, 9, 3, 2, 30, tzinfo=UTC)
FILLING = Filling("taian", NOW, NOW.date(), Outlook((), {}), {})


@pytest.mark.parametrize("listed", [["a"], ["a", "b", "c"], []])
def test_a_list_that_belongs_to_the_plan_has_a_place_for_each_of_its_values(listed: list[str]) -> None:
    binds = Binds()
    size = binds.fresh(lambda _filling: 7, Integer())
    statement = (
        select(column("x", String))
        .where(column("tenant", String) == binds.tenant, column("state", String).in_(listed), column("kind") == "k")
        .limit(size)
    )
    text, getters = binds.compile(statement)
    values = [written(getter(FILLING)) for getter in getters]

    def places(pattern: str) -> list[bytes | None]:
        found = re.search(pattern, text)
        assert found is not None, text
        return [values[int(number) - 1] for number in re.findall(r"\$(\d+)", found[0])]

    assert places(r"tenant = \S+") == [b"taian"]
    assert places(r"state IN \([^)]*\)") == [each.encode() for each in listed]
    assert places(r"kind = \S+") == [b"k"]
    assert places(r"LIMIT \S+") == [b"7"]
    assert len(values) == 3 + len(listed)


@pytest.mark.parametrize("value", ["a\x00b", ["a", "b\x00"]])
def test_a_text_that_postgresql_cannot_hold_is_not_planned(value: object) -> None:
    with pytest.raises(NotPlanned):
        written(value)


def test_what_is_written_already_stays_as_it_is() -> None:
    assert written(b"{a}") == b"{a}"
