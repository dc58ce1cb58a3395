"""What changes between two revisions of a profile, part by part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tenants.loader import dump
from tenants.profile import Profile

_IDENTITIES = (("id",), ("code",), ("type",), ("transition", "guard", "params"), ("on", "service_kind", "on_spot"))
_ABSENT: Any = None


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs; None stands for a part that is not there."""

    path: str
    before: Any
    after: Any


def diff(old: Profile, new: Profile) -> tuple[Change, ...]:
    """Every value that differs between two profiles, in the order of the profile; moved parts do not count."""
    return tuple(_differences("", dump(old), dump(new)))


def _differences(path: str, old: Any, new: Any) -> Iterator[Change]:
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _in_mappings(path, old, new, ".{}")
    elif isinstance(old, list) and isinstance(new, list) and _has_names(old) and _has_names(new):
        yield from _in_mappings(path, _by_name(old), _by_name(new), "[{}]")
    elif old != new:
        yield Change(path.lstrip("."), old, new)


def _in_mappings(path: str, old: dict[str, Any], new: dict[str, Any], form: str) -> Iterator[Change]:
    for key in dict.fromkeys([*old, *new]):
        yield from _differences(path + form.format(key), old.get(key, _ABSENT), new.get(key, _ABSENT))


def _has_names(entries: list[Any]) -> bool:
    names = [_name(entry) for entry in entries]
    return all(names) and len(set(names)) == len(names)


def _by_name(entries: list[Any]) -> dict[str, Any]:
    return {_name(entry) or "": entry for entry in entries}


def _name(entry: Any) -> str | None:
    """What a part of a list is called; none if it has no name and only its place tells it apart."""
    if isinstance(entry, dict):
        for keys in _IDENTITIES:
            if keys[0] in entry:
                return " ".join(_plain(entry[key]) for key in keys if key in entry)
    return None


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}={_plain(part)}" for key, part in value.items())
    if isinstance(value, list):
        return "+".join(_plain(part) for part in value)
    return str(value)
