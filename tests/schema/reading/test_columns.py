"""What plans remember of computed values is bounded, for one field and for all together."""

from __future__ import annotations

import gc
from collections.abc import Callable

from schema.reading.columns import MOST_REMEMBERED, Memory, frozen, remembering


def doubled(memory: Memory) -> tuple[list[int], Callable[[int], int]]:
    asked: list[int] = []

    def double(value: int) -> int:
        asked.append(value)
        return 2 * value

    return asked, remembering(double, frozen, memory)


def test_a_result_is_computed_once() -> None:
    asked, double = doubled(Memory(10))
    assert [double(3), double(3), double(4)] == [6, 6, 8]
    assert asked == [3, 4]


def test_a_field_forgets_its_results_when_it_has_too_many() -> None:
    memory = Memory(10 * MOST_REMEMBERED)
    asked, double = doubled(memory)
    for value in range(MOST_REMEMBERED + 5):
        double(value)
    asked.clear()
    double(0)
    double(MOST_REMEMBERED + 4)
    assert asked == [0]


def test_all_fields_forget_when_all_have_too_many() -> None:
    memory = Memory(6)
    asked, double = doubled(memory)
    others, other = doubled(memory)
    for value in range(4):
        double(value)
        other(value)
    assert sum(map(len, memory._kept.values())) <= 6
    assert (asked, others) == ([0, 1, 2, 3], [0, 1, 2, 3])


def test_a_field_that_is_gone_is_not_kept() -> None:
    memory = Memory(10)
    _, double = doubled(memory)
    assert len(memory._kept) == 1
    del double
    gc.collect()
    assert len(memory._kept) == 0
