from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.document import DEEPEST, LARGEST, read_document
from tenants.loader import ProfileInvalid, load_profile, parse_profile


def test_values_are_read_as_people_mean_them() -> None:
    data = read_document("a: 5\nb: '5'\nc: 0.05\nd: yes\non: true\ne: ~\nf: 2024-08-28\ng: 05\nh: [1, no]").data
    assert data == {
        "a": 5,
        "b": "5",
        "c": 0.05,
        "d": "yes",
        "on": True,
        "e": None,
        "f": "2024-08-28",
        "g": "05",
        "h": [1, "no"],
    }


def test_every_key_and_entry_remembers_its_line() -> None:
    document = read_document("a:\n  - b: 1\n    c: 2\n  - d: {e: 3}\nf: x\n")
    assert document.lines[("a", 0, "c")] == 3
    assert document.lines[("a", 1)] == 4
    assert document.line_of(("a", 1, "d", "e", "unknown")) == 4
    assert document.line_of(("nowhere",)) == 1


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: 1\nb: ]\n", 2, "not readable as YAML"),
        ("a: 1\n\tb: 2\n", 2, "not readable as YAML"),
        ("a: 1\nb: 2\na: 3\n", 3, "'a' stands twice"),
        ("a: {b: 1, b: 2}\n", 1, "'b' stands twice"),
        ("a: &x 1\nb: 2\n", 1, "anchors and aliases"),
        ("a: 1\nb:\n  - c: &y {}\n    d: *y\n", 3, "anchors and aliases"),
        ("a: 1\n---\nb: 2\n", 2, "second YAML document"),
        ("a: 1\nb: \x07\n", 2, "character that YAML does not allow"),
        ("a: 1\nb: \ud800\n", 2, "half a character"),
        ("? [a, b]\n: 1\n", 1, "a key must be a plain word"),
        ("a:\n" + "  b: " + "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), 2, "nested too deep"),
        ("a" * (LARGEST + 1), 1, "characters"),
    ],
)
def test_mistakes_of_yaml_are_found_with_their_line(text: str, line: int, message: str) -> None:
    (found_line, finding), *_ = read_document(text).findings
    assert message in finding.message
    assert found_line == line


@given(st.text(alphabet="ab:-[]{},\n '\"#&*?|>\t~", max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    document = read_document(text)
    lines = text.count("\n") + 2
    assert all(1 <= line <= lines for line in document.lines.values())
    assert all(1 <= line <= lines for line, _ in document.findings)


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a list\n", "just words", "42"])
def test_a_file_that_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(ProfileInvalid) as caught:
        parse_profile(text, "city.yaml")
    (problem,) = caught.value.problems
    assert (problem.line, problem.key) == (1, "(whole file)")
    assert "mapping" in problem.expected


def test_an_unreadable_file_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    with pytest.raises(ProfileInvalid, match=r"missing\.yaml:1: \(whole file\): cannot be read"):
        load_profile(tmp_path / "missing.yaml")
    (tmp_path / "latin.yaml").write_bytes("tenant: Zürich\n".encode("latin-1"))
    with pytest.raises(ProfileInvalid, match="not UTF-8 at byte 9"):
        load_profile(tmp_path / "latin.yaml")
