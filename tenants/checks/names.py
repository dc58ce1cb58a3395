"""Names: declared once, pointing at something that is there, and known to the program where it must understand them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tenants.model.node import Declares, OneOf, Refers
from tenants.outline import MarkedName
from tenants.problems import Finding, Path, closest, key_text

Declared = dict[str, dict[str, Path]]


def declared_names(names: Sequence[MarkedName]) -> Declared:
    """All names that the profile declares, by kind, with the first place of each."""
    declared: Declared = defaultdict(dict)
    for name in names:
        if isinstance(name.marker, Declares):
            declared[name.marker.kind].setdefault(name.name, name.path)
    return declared


def name_findings(names: Sequence[MarkedName], declared: Declared) -> Iterator[Finding]:
    """Every name that is declared twice, points at nothing, or is unknown to the program."""
    for name in names:
        match name.marker:
            case Declares():
                yield from _declared_twice(name, name.marker, declared)
            case Refers():
                yield from _points_at_nothing(name, name.marker, declared)
            case OneOf():
                yield from _unknown(name, name.marker)


def _declared_twice(name: MarkedName, marker: Declares, declared: Declared) -> Iterator[Finding]:
    first = declared[marker.kind][name.name]
    if marker.unique and first != name.path:
        yield Finding(name.path, f"the {marker.kind} {name.name!r} is declared twice", f"only {key_text(first)}")


def _points_at_nothing(name: MarkedName, marker: Refers, declared: Declared) -> Iterator[Finding]:
    known = [*marker.also, *(entry for kind in marker.kinds for entry in declared.get(kind, {}))]
    if name.name not in known:
        what = " or ".join(marker.kinds)
        yield Finding(name.path, f"unknown {what} {name.name!r}", closest(name.name, known))


def _unknown(name: MarkedName, marker: OneOf) -> Iterator[Finding]:
    if name.name not in marker.names:
        yield Finding(name.path, f"unknown {marker.what} {name.name!r}", closest(name.name, marker.names))
