"""Names are cut so that any two signs of them, or of their pinyin's first letters, begin one of the pieces."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from casework.kernel.search import (
    COMPARED,
    LEAD,
    TAIL,
    end_of,
    first_half,
    initials,
    mistyped,
    second_half,
    signs,
    sought,
    tails,
)

TYPED = st.text("营业执照登记许可abc1", min_size=2, max_size=COMPARED)
SIGN = st.sampled_from("营业某z")


def test_what_is_compared_are_letters_digits_and_characters() -> None:
    assert signs("药品经营许可（零售）") == "药品经营许可零售"
    assert signs(" ＥＴＣ－办理 ") == "etc办理"
    assert signs("\x00 %_/") == ""


def test_initials_follow_the_reading_that_the_word_has() -> None:
    assert initials("营业执照") == "yyzz"
    assert initials("银行开户") == "yhkh"
    assert initials("长期护理") == "cqhl"
    assert initials("重新登记") == "cxdj"
    assert initials("etc办理") == "etcbl"


@settings(max_examples=60)
@given(TYPED, TYPED)
def test_every_part_of_a_name_begins_one_of_its_tails(name: str, typed: str) -> None:
    beginnings = [tail for tail, _ in tails(name)]
    for whole in (name, initials(name)):
        for at in range(len(whole) - 1):
            assert any(tail.startswith(whole[at : at + COMPARED]) for tail in beginnings)
    found = any(sought(typed) <= tail < end_of(sought(typed)) for tail in beginnings)
    assert found == (typed in name or typed in initials(name))


def test_tails_and_what_stands_before_are_bounded() -> None:
    cut = list(tails("设" * 300))
    assert max(len(tail) for tail, _ in cut) == TAIL
    assert max(len(lead) for _, lead in cut) == LEAD
    assert list(tails("厅")) == [("厅", ""), ("t", "")]
    assert list(tails("！")) == [("", "")]


@settings(max_examples=80)
@given(TYPED, st.integers(0, COMPARED), SIGN)
def test_one_mistyped_sign_is_seen_whatever_it_is(half: str, at: int, sign: str) -> None:
    at %= len(half)
    pattern = re.compile(f"^{mistyped(half)}$")
    assert pattern.search(half[:at] + sign + half[at + 1 :]), "another sign"
    assert pattern.search(half[:at] + half[at + 1 :]), "one sign too many was typed"
    assert pattern.search(half[:at] + sign + half[at:]), "one sign was forgotten"
    assert not pattern.search(half + "某某")


def test_only_what_has_two_halves_may_be_mistyped() -> None:
    assert (first_half("营业执"), second_half("营业执"), end_of(first_half("营业执"))) == ("", "", "")
    assert (first_half("营业执照"), second_half("营业 执照!")) == ("营业", "执照")
