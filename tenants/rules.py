"""The register of rules: every normative statement of the regulations, in our own words, with where it stands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a regulation: its id, article and force, and what it says in our own words."""

    id: str
    file: str
    article: str
    force: str
    kind: str
    action: str
    summary: str

    @property
    def tenant(self) -> str:
        """The prefix that all rules of one tenant share (`TA` of `TA-15-2`)."""
        return self.id.partition("-")[0]

    @property
    def citation(self) -> str:
        """The rule as a profile cites it: id, file and article."""
        return f"{self.id} [{self.file}, {self.article}]"


@dataclass(frozen=True, slots=True)
class RegulationSource:
    """The document a rule comes from; `doc_no` is empty where none is printed."""

    file: str
    title_zh: str
    issuer_zh: str
    doc_no: str | None
    issued: date


def _source(entry: dict[str, Any]) -> RegulationSource:
    return RegulationSource(**{**entry, "issued": date.fromisoformat(entry["issued"])})


def _read() -> tuple[dict[str, RegulationSource], dict[str, Rule]]:
    sources: dict[str, RegulationSource] = {}
    rules: dict[str, Rule] = {}
    for path in sorted(REGISTER.glob("*.json")):
        register = json.loads(path.read_text(encoding="utf-8"))
        sources |= {entry["file"]: _source(entry) for entry in register["sources"]}
        rules |= {entry["id"]: Rule(**entry) for entry in register["rules"]}
    return sources, rules


REGISTER = Path(__file__).parent / "register"
"""One file per city: its regulation and every rule in it; a new city adds a file, no code."""

_SOURCES, _RULES = _read()

RULES: Mapping[str, Rule] = MappingProxyType(_RULES)
"""All rules by id; a profile may cite nothing else."""


def source(rule_id: str) -> RegulationSource:
    """The document in which a rule stands; an unknown rule is a KeyError."""
    return _SOURCES[RULES[rule_id].file]


def rules_of(prefix: str) -> tuple[Rule, ...]:
    """All rules of the tenant with this prefix, in the order of its text."""
    return tuple(rule for rule in RULES.values() if rule.tenant == prefix)
