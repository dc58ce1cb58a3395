"""Manifests of registered documents: both forms, folders, and every fault told at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from schema.manifest import MOST_REGISTERED, hash_of, read_manifest, register
from tests.schema.small import province_side, small_schema

PING, CITIES = "{ ping }", "{ cities }"
COSTLY = "{ things(first: 100) { children(first: 100) { name } } }"


def test_both_forms_and_folders_are_read(tmp_path: Path) -> None:
    (tmp_path / "portal").mkdir()
    (tmp_path / "portal" / "ping.graphql").write_text(PING)
    (tmp_path / "a.gql").write_text(CITIES)
    (tmp_path / "b.json").write_text(json.dumps({hash_of("{ a }"): "{ a }", f"sha256:{hash_of('{ b }')}": "{ b }"}))
    operations = [{"id": hash_of("{ c }"), "name": "c", "type": "query", "body": "{ c }"}]
    apollo = {"format": "apollo-persisted-query-manifest", "version": 1, "operations": operations}
    (tmp_path / "c.json").write_text(json.dumps(apollo))
    (tmp_path / "notes.txt").write_text("not read")
    manifest = read_manifest(tmp_path)
    assert manifest.problems == ()
    assert {each.place: each.text for each in manifest.documents} == {
        "a.gql": CITIES,
        "b.json, entry 1": "{ a }",
        "b.json, entry 2": "{ b }",
        "c.json, entry 1": "{ c }",
        str(Path("portal", "ping.graphql")): PING,
    }
    assert all(each.sha256 == hash_of(each.text) for each in manifest.documents)
    assert len(read_manifest(tmp_path / "b.json").documents) == 2


def test_all_faults_of_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({hash_of(PING): CITIES, "b": 7}))
    (tmp_path / "b.json").write_text("{,}")
    (tmp_path / "c.json").write_text("[]")
    (tmp_path / "d.graphql").write_bytes(b"\xff")
    (tmp_path / "e.json").write_text('{"operations": [7]}')
    (tmp_path / "f.graphql").write_text(PING)
    manifest = read_manifest(tmp_path)
    assert [each.place for each in manifest.documents] == ["f.graphql"]
    told = "\n".join(manifest.problems)
    for place in ("a.json, entry 1", "a.json, entry 2", "b.json:1:2", "c.json:", "d.graphql:", "e.json, entry 1"):
        assert place in told
    assert len(manifest.problems) == 6


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_a_manifest_without_documents_is_a_fault(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    assert len(read_manifest(tmp_path / name).problems) == 1


def test_more_documents_than_a_process_keeps_are_refused(tmp_path: Path) -> None:
    texts = [f"{{ ping }} # {number}" for number in range(MOST_REGISTERED + 1)]
    (tmp_path / "many.json").write_text(json.dumps({hash_of(text): text for text in texts}))
    (problem,) = read_manifest(tmp_path / "many.json").problems
    assert str(MOST_REGISTERED) in problem


def test_a_document_is_registered_with_the_schemas_that_it_fits(tmp_path: Path) -> None:
    (tmp_path / "a.graphql").write_text(PING)
    (tmp_path / "b.graphql").write_text(CITIES)
    (tmp_path / "c.graphql").write_text("{ __typename }")
    small, province = small_schema(), province_side()
    assert register(read_manifest(tmp_path), (small, province, small)) == []
    known = {
        text: (small.documents.is_registered(text), province.documents.is_registered(text)) for text in (PING, CITIES)
    }
    assert known == {PING: (True, False), CITIES: (False, True)}
    assert small.documents.registered(hash_of("{ __typename }")) == "{ __typename }"
    assert province.documents.registered(hash_of(PING)) is None


def test_all_documents_that_can_never_be_answered_are_told_at_once(tmp_path: Path) -> None:
    documents = {
        "a": "{",
        "b": "{ nothing }",
        "c": COSTLY,
        "d": "{" + "ping " * 30 + "}",
        "e": "fragment F on Query { ping }",
    }
    for name, text in documents.items():
        (tmp_path / f"{name}.graphql").write_text(text)
    problems = register(read_manifest(tmp_path), (small_schema(), province_side()))
    assert [problem[0] for problem in problems] == ["a", "b", "c", "d", "e"]
    assert "line 1, column 3" in problems[1]


def test_a_document_whose_pages_the_caller_chooses_may_be_registered(tmp_path: Path) -> None:
    text = "query($n: Int!) { things(first: $n) { children(first: $n) { name } } }"
    (tmp_path / "pages.graphql").write_text(text)
    small = small_schema()
    assert register(read_manifest(tmp_path), (small,)) == []
    prepared = small.documents.prepare(text)
    assert prepared.cost(prepared.operation(None), {"n": 10}) == 110


def test_a_registered_document_is_read_once_and_never_forgotten(tmp_path: Path) -> None:
    small = small_schema()
    (tmp_path / "a.graphql").write_text(PING)
    register(read_manifest(tmp_path), (small,))
    first = small.documents.prepare(PING)
    for number in range(1_200):
        small.documents.prepare(f"{{ ping }} # {number}")
    assert small.documents.prepare(PING) is first
    assert len(small.documents) == 1_000
