from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from tenants.document import read_document
from tenants.editor_schema import EDITOR_SCHEMA, editor_schema_text
from tenants.loader import PROFILES


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = json.loads(EDITOR_SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_file_is_what_the_types_say() -> None:
    written = EDITOR_SCHEMA.read_text(encoding="utf-8")
    assert written == editor_schema_text(), "run: python -m tenants.editor_schema"


def test_every_city_names_the_schema_and_satisfies_it(city: str, validator: Any) -> None:
    text = (PROFILES / f"{city}.yaml").read_text(encoding="utf-8")
    first = text.splitlines()[0]
    assert first == "# yaml-language-server: $schema=../profile.schema.json"
    assert (PROFILES / first.partition("=")[2]).resolve() == EDITOR_SCHEMA
    assert [error.message for error in validator.iter_errors(read_document(text).data)] == []


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"revision": "one"}, "is not of type 'integer'"),
        ({"colour": "red"}, "Additional properties"),
        ({"gates": [{"transition": "PUBLISH_GUIDE", "guard": "NO_SUCH_GUARD", "cite": ["TA-11-1"]}]}, "is not one of"),
        ({"gates": [{"transition": "PUBLISH_GUIDE", "guard": "GUIDE_FIELDS_FILLED"}]}, "any of the given schemas"),
    ],
)
def test_an_editor_sees_mistakes(change: dict[str, Any], complaint: str, validator: Any) -> None:
    data = read_document((PROFILES / "taian.yaml").read_text(encoding="utf-8")).data
    messages = [error.message for error in validator.iter_errors({**data, **change})]
    assert any(complaint in message for message in messages), messages
