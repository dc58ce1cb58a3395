"""Profiles in and out: YAML files that people edit, canonical documents that are published, and their hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from tenants.checks.citations import citation_findings
from tenants.checks.gates import gate_findings
from tenants.checks.names import declared_names, name_findings
from tenants.checks.sense import sense_findings
from tenants.checks.types import type_findings
from tenants.checks.workflows import workflow_findings
from tenants.document import Document, read_document
from tenants.outline import FoundNode, MarkedName, walk
from tenants.problems import Finding as Finding
from tenants.problems import Problem as Problem
from tenants.problems import ProfileInvalid as ProfileInvalid
from tenants.problems import key_text
from tenants.profile import Profile
from tenants.rules import RULES, Rule
from tenants.shipped import PROFILES as PROFILES
from tenants.shipped import shipped_profiles as shipped_profiles


def load_profile(path: FilePath) -> Profile:
    """Read a profile from its file, or raise `ProfileInvalid` with everything that is wrong with it."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise _unreadable(path, f"cannot be read: {error.strerror or error}", "a readable file") from error
    except UnicodeDecodeError as error:
        raise _unreadable(path, f"not UTF-8 at byte {error.start}", "text in UTF-8") from error
    return parse_profile(text, path.name)


def parse_profile(text: str, name: str, rules: Mapping[str, Rule] = RULES) -> Profile:
    """Read a profile from text; `name` stands for the file in the problems it reports."""
    document = read_document(text)
    profile: Profile | None = None
    findings: list[Finding] = []
    if document.data is not None or not document.findings:
        profile, findings = _check(document.data, rules)
    problems = _located(document, findings, name)
    if problems or profile is None:
        raise ProfileInvalid(problems)
    return profile


def from_document(document: Mapping[str, Any]) -> Profile:
    """Rebuild a profile from its canonical document; the fast path for published revisions."""
    try:
        return Profile.model_validate(document)
    except ValidationError as error:
        findings = list(type_findings(Profile, error))
        raise ProfileInvalid(_located(Document(), findings, "document")) from error


def dump(profile: Profile) -> dict[str, Any]:
    """The canonical document of a profile: plain JSON values, only what differs from the schema's own defaults."""
    return profile.model_dump(mode="json", exclude_defaults=True)


def profile_sha256(profile: Profile) -> str:
    """The hash of the canonical document; two profiles with the same hash say the same."""
    text = json.dumps(dump(profile), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _check(data: Any, rules: Mapping[str, Rule]) -> tuple[Profile | None, list[Finding]]:
    meaning = list(_meaning(data, rules)) if isinstance(data, dict) else []
    try:
        return Profile.model_validate(data), meaning
    except ValidationError as error:
        named = {finding.path for finding in meaning}
        types = [finding for finding in type_findings(Profile, error) if finding.path not in named]
        return None, types + meaning


def _meaning(data: dict[str, Any], rules: Mapping[str, Rule]) -> Iterator[Finding]:
    found = list(walk(Profile, data))
    nodes = [entry for entry in found if isinstance(entry, FoundNode)]
    names = [entry for entry in found if isinstance(entry, MarkedName)]
    declared = declared_names(names)
    prefix = data.get("rule_prefix")
    yield from name_findings(names, declared)
    yield from citation_findings(nodes, prefix if isinstance(prefix, str) else None, rules)
    yield from workflow_findings(data)
    yield from gate_findings(data, declared)
    yield from sense_findings(data)


def _located(document: Document, findings: list[Finding], name: str) -> tuple[Problem, ...]:
    placed = [*document.findings, *((document.line_of(finding.path), finding) for finding in findings)]
    problems = {Problem(name, line, key_text(found.path), found.message, found.expected) for line, found in placed}
    return tuple(sorted(problems))


def _unreadable(path: FilePath, message: str, expected: str) -> ProfileInvalid:
    return ProfileInvalid((Problem(path.name, 1, "(whole file)", message, expected),))
