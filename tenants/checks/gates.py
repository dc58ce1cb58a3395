"""Gates that stand where something happens, with the parameters their guards take."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from tenants import vocabulary
from tenants.checks.names import Declared
from tenants.checks.raw import Data, entries, mapping, parts, text
from tenants.guards import COMMON_PARAMS, DEFERRABLE, FORMS, GUARDS, LIST_PURPOSE, POWER, GuardSpec
from tenants.problems import Finding, Path, closest

Known = dict[str, tuple[str, Collection[str]]]


def gate_findings(profile: Data, declared: Declared) -> Iterator[Finding]:
    """Every gate that is never tried, stands twice, or has parameters its guard cannot use."""
    for key, flow in mapping(profile.get("workflows")).items():
        path: Path = ("workflows", key, "gates")
        yield from _gates(path, mapping(flow), declared, tuple(vocabulary.TRANSITIONS))
    yield from _gates(("gates",), profile, declared, tuple(vocabulary.OFFICE_TRANSITIONS))


def _gates(path: Path, holder: Data, declared: Declared, possible: tuple[str, ...]) -> Iterator[Finding]:
    known = _known_names(holder, declared)
    everywhere = (*vocabulary.TRANSITIONS, *vocabulary.OFFICE_TRANSITIONS)
    seen: set[str] = set()
    for index, gate in parts(holder.get("gates")):
        place: Path = (*path, index)
        transition = text(gate.get("transition"))
        if transition in everywhere and transition not in possible:
            yield Finding((*place, "transition"), f"{transition} does not happen here", closest(transition, possible))
        mark = repr((transition, gate.get("guard"), gate.get("params")))
        if mark in seen:
            yield Finding(place, "the same gate stands twice", "one gate per transition and guard")
        seen.add(mark)
        spec = GUARDS.get(text(gate.get("guard")))
        if spec is not None:
            yield from _params((*place, "params"), mapping(gate.get("params")), spec, known)


def _known_names(holder: Data, declared: Declared) -> Known:
    return {
        FORMS: ("form", declared.get("form", {})),
        POWER: ("power of this workflow", {text(power.get("code")) for _, power in parts(holder.get("powers"))}),
        LIST_PURPOSE: ("list purpose", vocabulary.LIST_PURPOSES),
        "when": ("condition", vocabulary.CONDITIONS),
        "when_delivery": ("delivery method", declared.get("delivery method", {})),
        "when_triage": ("triage class", declared.get("triage class", {})),
    }


def _params(path: Path, params: Data, spec: GuardSpec, known: Known) -> Iterator[Finding]:
    allowed = (*spec.needs, *spec.may, *COMMON_PARAMS)
    for name in spec.needs:
        if name not in params:
            yield Finding(path, f"the guard needs the parameter {name!r}", f"params: {{{name}: …}}")
    for name, value in params.items():
        place = (*path, name)
        if name not in allowed:
            yield Finding(place, f"the guard takes no parameter {name!r}", closest(name, allowed))
        elif name == DEFERRABLE:
            yield from _true_or_false(place, value)
        elif name == FORMS:
            for index, form in enumerate(entries(value) or [value]):
                yield from _one_of((*place, index), form, *known[name])
        else:
            yield from _one_of(place, value, *known[name])


def _true_or_false(path: Path, value: Any) -> Iterator[Finding]:
    if not isinstance(value, bool):
        yield Finding(path, f"{value!r} is of the wrong kind", "true or false")


def _one_of(path: Path, value: Any, what: str, known: Collection[str]) -> Iterator[Finding]:
    if not isinstance(value, str) or value not in known:
        yield Finding(path, f"unknown {what} {value!r}", closest(str(value), known))
