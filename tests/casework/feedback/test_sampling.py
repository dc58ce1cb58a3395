"""The callback sample: the same for everybody who draws it, about the share, and never empty for a unit and month."""

import random
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.feedback.sampling import Draw, is_drawn, lot, month_of

MONTH = date(2025, 3, 1)
UNIT = UUID(int=7)
SHARE = 0.05

cases = st.lists(st.tuples(st.integers(0, 10_000), st.uuids()), min_size=1, max_size=60, unique_by=lambda case: case[1])


def draw(case_id: UUID, unit: UUID = UNIT, month: date = MONTH) -> Draw:
    return Draw("taian", unit, month, case_id)


def sample(archived: list[tuple[int, UUID]], looked_at: list[tuple[int, UUID]], share: float = SHARE) -> set[UUID]:
    """Draw by the records, looking at them in some order; only the records decide who was first."""
    first = min(archived)
    return {case[1] for case in looked_at if is_drawn(draw(case[1]), share, first_of_month=case == first)}


@pytest.mark.rule("TA-15-13")
@given(cases, st.randoms(use_true_random=False))
def test_the_sample_does_not_depend_on_the_order_of_work(
    archived: list[tuple[int, UUID]], chance: random.Random
) -> None:
    shuffled = list(archived)
    chance.shuffle(shuffled)
    assert sample(archived, archived) == sample(archived, shuffled)


@pytest.mark.rule("TA-15-13")
@given(cases)
def test_a_unit_that_archived_anything_in_a_month_has_a_callback(archived: list[tuple[int, UUID]]) -> None:
    assert sample(archived, archived)


@given(cases)
def test_a_case_archived_later_takes_nobody_out_who_was_drawn_by_lot(archived: list[tuple[int, UUID]]) -> None:
    by_lot = {case[1] for case in archived if lot(draw(case[1])) < SHARE}
    assert by_lot <= sample(archived, archived)


def test_about_five_in_a_hundred_are_drawn_by_lot() -> None:
    chance = random.Random(20250301)
    ids = [UUID(int=chance.getrandbits(128)) for _ in range(20_000)]
    drawn = sum(is_drawn(draw(case_id), SHARE, first_of_month=False) for case_id in ids)
    assert 0.045 < drawn / len(ids) < 0.055


@given(st.uuids())
def test_the_lot_belongs_to_tenant_unit_month_and_case(case_id: UUID) -> None:
    mine = lot(draw(case_id))
    assert mine == lot(draw(case_id))
    assert 0 <= mine < 1
    others = (
        draw(case_id, unit=UUID(int=8)),
        draw(case_id, month=date(2025, 4, 1)),
        Draw("zaozhuang", UNIT, MONTH, case_id),
    )
    assert all(lot(other) != mine for other in others)


@given(st.uuids())
def test_without_a_share_everybody_is_called(case_id: UUID) -> None:
    assert is_drawn(draw(case_id), None, first_of_month=False)


def test_the_month_is_the_one_on_the_wall() -> None:
    assert month_of(datetime(2025, 3, 31, 16, tzinfo=UTC), "Asia/Shanghai") == date(2025, 4, 1)
    assert month_of(datetime(2025, 3, 31, 15, 59, tzinfo=UTC), "Asia/Shanghai") == date(2025, 3, 1)
