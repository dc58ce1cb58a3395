"""Workflows a case can run from end to end: a stage for every state, one default per kind of service."""

from __future__ import annotations

from collections.abc import Iterator

from tenants import vocabulary
from tenants.checks.raw import Data, mapping, parts, text, texts
from tenants.problems import Finding, Path

MATERIALS_AT = {
    "NONE": (),
    "BEFORE_MANDATE": ("COMMISSION",),
    "BEFORE_WINDOW": ("FILE",),
    "BEFORE_FILING": ("FILE",),
}
"""Where a gate must ask for complete papers, by the materials gate of the workflow."""


def workflow_findings(profile: Data) -> Iterator[Finding]:
    """Everything that would stop a case on its way."""
    workflows = mapping(profile.get("workflows"))
    for key, flow in workflows.items():
        path: Path = ("workflows", key)
        yield from _states_without_stage(path, mapping(flow))
        yield from _stages_twice(path, mapping(flow))
        yield from _conversions(path, mapping(flow))
        yield from _materials(path, mapping(flow))
    yield from _default_workflows(workflows)


def _gates(flow: Data) -> list[tuple[str, str]]:
    return [(text(gate.get("transition")), text(gate.get("guard"))) for _, gate in parts(flow.get("gates"))]


def _states_without_stage(path: Path, flow: Data) -> Iterator[Finding]:
    covered = {state for _, stage in parts(flow.get("stages")) for state in texts(stage.get("states"))}
    opened = {transition for transition, _ in _gates(flow)}
    optional = [state for transition, state in vocabulary.OPENED_BY_GATE.items() if transition in opened]
    for state in dict.fromkeys([*vocabulary.ALWAYS_REACHABLE, *optional]):
        if state not in covered:
            yield Finding((*path, "stages"), f"no stage covers {state}", f"{state} in the states of a stage")


def _stages_twice(path: Path, flow: Data) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, stage in parts(flow.get("stages")):
        stage_id = text(stage.get("id"))
        if stage_id in seen:
            yield Finding((*path, "stages", index, "id"), f"the stage {stage_id!r} stands twice", "another id")
        seen.add(stage_id)


def _conversions(path: Path, flow: Data) -> Iterator[Finding]:
    gated = any(transition == "CONVERT" for transition, _ in _gates(flow))
    if gated and not flow.get("converts_to"):
        yield Finding(path, "a gate for CONVERT, but no workflow to go on with", "converts_to: [a workflow]")
    if flow.get("converts_to") and not gated:
        yield Finding((*path, "converts_to"), "no gate opens CONVERT", "a gate with transition: CONVERT")


def _materials(path: Path, flow: Data) -> Iterator[Finding]:
    chosen = text(flow.get("materials_gate"))
    if chosen not in MATERIALS_AT:
        return
    asked = {transition for transition, guard in _gates(flow) if guard == "MATERIALS_COMPLETE"}
    for transition in ("COMMISSION", "FILE"):
        expected = transition in MATERIALS_AT[chosen]
        if expected and transition not in asked:
            missing = f"transition: {transition}, guard: MATERIALS_COMPLETE"
            yield Finding((*path, "materials_gate"), f"no gate asks for complete papers at {transition}", missing)
        if transition in asked and not expected:
            yield Finding((*path, "materials_gate"), f"a gate at {transition} asks for complete papers", "its place")


def _default_workflows(workflows: Data) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for key, flow in workflows.items():
        kind = text(mapping(flow).get("default_for"))
        if kind and first.setdefault(kind, key) != key:
            path = ("workflows", key, "default_for")
            yield Finding(path, f"{first[kind]!r} is already the default for {kind}", "one default per service kind")
    for kind in ("ASSIST", "AGENCY"):
        if kind not in first:
            yield Finding(("workflows",), f"no workflow is the default for {kind}", f"default_for: {kind}")
