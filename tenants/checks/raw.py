"""Looking into data that may still be of any kind; wrong kinds are reported by the types, not here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Data = Mapping[str, Any]


def mapping(value: Any) -> Data:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def entries(value: Any) -> list[Any]:
    """The value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def parts(value: Any) -> Iterator[tuple[int, Data]]:
    """The mappings of a list, each with its place."""
    for index, part in enumerate(entries(value)):
        if isinstance(part, dict):
            yield index, part


def text(value: Any) -> str:
    """The value if it is text, else none."""
    return value if isinstance(value, str) else ""


def texts(value: Any) -> list[str]:
    """The texts in a list."""
    return [part for part in entries(value) if isinstance(part, str)]
