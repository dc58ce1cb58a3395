"""Wiring: registered documents are judged before the office opens, and restrictions reach those without a token."""

from pathlib import Path

import pytest

from authz.actor import ActorKind
from bangban.doors import register_documents, restricted, schemas
from bangban.faults import SetupError
from bangban.settings import load_settings


def test_the_office_does_not_open_with_documents_that_cannot_be_answered(tmp_path: Path) -> None:
    for name, text in {"a": "{ nothing }", "b": "{", "c": "{ me { kind } }"}.items():
        (tmp_path / f"{name}.graphql").write_text(text)
    with pytest.raises(SetupError) as refused:
        register_documents(load_settings(documents=tmp_path), schemas().values())
    assert [line.strip()[:9] for line in refused.value.advice.splitlines()] == ["a.graphql", "b.graphql"]


def test_documents_are_registered_with_the_schema_that_serves_them(tmp_path: Path) -> None:
    (tmp_path / "me.graphql").write_text("{ me { kind } }")
    serving = schemas()
    register_documents(load_settings(documents=tmp_path), serving.values())
    assert serving[ActorKind.APPLICANT].documents.is_registered("{ me { kind } }")
    assert not serving[ActorKind.PROVINCE].documents.is_registered("{ me { kind } }")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", set()),
        ("applicant", {ActorKind.APPLICANT, None}),
        ("integrator,staff", {ActorKind.INTEGRATOR, ActorKind.STAFF, None}),
    ],
)
def test_a_restriction_reaches_callers_without_a_token(tmp_path: Path, given: str, expected: set[object]) -> None:
    assert restricted(load_settings(documents=tmp_path, registered_only=given)) == expected
