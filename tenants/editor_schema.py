"""The JSON Schema of profiles, for editors that complete and check YAML; `python -m tenants.editor_schema` writes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tenants.profile import Profile

EDITOR_SCHEMA = Path(__file__).parent / "profile.schema.json"
"""The file that every profile names in its first line."""


def editor_schema() -> dict[str, Any]:
    """The schema of a profile's YAML, drawn from the types."""
    schema = Profile.model_json_schema(mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_without_titles(schema)}


def editor_schema_text() -> str:
    """The schema as it lies in the file."""
    return json.dumps(editor_schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def write_editor_schema() -> None:
    """Write the schema where the profiles look for it."""
    EDITOR_SCHEMA.write_text(editor_schema_text(), encoding="utf-8")


def _without_titles(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _without_titles(value) for key, value in part.items() if not (key == "title" and _is_text(value))}
    if isinstance(part, list):
        return [_without_titles(entry) for entry in part]
    return part


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


if __name__ == "__main__":
    write_editor_schema()
