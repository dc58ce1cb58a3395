"""Keys and values of the right kind, in the words of a person who edits the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tenants.model.node import Node
from tenants.outline import class_at
from tenants.problems import Finding, Path, closest

_KINDS = {
    "string_type": "text (in quotes if it looks like a number)",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list, in brackets or with dashes",
    "dict_type": "a mapping of keys to values",
    "model_type": "a mapping of keys to values",
    "date_type": "a date such as 2024-08-28",
    "date_parsing": "a date such as 2024-08-28",
    "date_from_datetime_parsing": "a date such as 2024-08-28",
    "time_type": 'a time such as "09:00"',
    "time_parsing": 'a time such as "09:00"',
}


def type_findings(root: type[Node], error: ValidationError) -> Iterator[Finding]:
    """Every key that is unknown or missing and every value of the wrong kind."""
    for detail in error.errors(include_url=False):
        yield _finding(root, detail)


def _finding(root: type[Node], detail: ErrorDetails) -> Finding:
    path: Path = tuple(part for part in detail["loc"] if part != "[key]")
    kind = detail["type"]
    if kind == "extra_forbidden":
        return Finding(path, f"unknown key {path[-1]!r}", closest(str(path[-1]), _known_keys(root, path[:-1])))
    if kind == "missing":
        return Finding(path, f"the key {path[-1]!r} is missing", f"{path[-1]}: …")
    if kind == "literal_error":
        return Finding(path, f"{detail['input']!r} is not possible here", _literal(detail))
    message = detail["msg"].removeprefix("Value error, ")
    if kind in _KINDS:
        message = f"{_shown(detail['input'])} is of the wrong kind"
    return Finding(path, message, _KINDS.get(kind, ""))


def _known_keys(root: type[Node], path: Path) -> tuple[str, ...]:
    node = class_at(root, path)
    return tuple(node.model_fields) if node else ()


def _literal(detail: ErrorDetails) -> str:
    names = [
        name.strip(" '") for name in str(detail.get("ctx", {}).get("expected", "")).replace(" or ", ", ").split(",")
    ]
    return closest(str(detail["input"]), names)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
