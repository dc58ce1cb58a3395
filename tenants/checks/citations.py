"""The legal basis of every part: rules that exist and are the city's own, or a default with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tenants.checks.raw import entries, text
from tenants.model.node import cited_rule
from tenants.outline import FoundNode
from tenants.problems import Finding, Path, closest
from tenants.rules import Rule

_CITED = "cite, with what the text leaves open in default_fields"
_REASON = "why: what the text does not say, and why this was chosen"


def citation_findings(nodes: Sequence[FoundNode], prefix: str | None, rules: Mapping[str, Rule]) -> Iterator[Finding]:
    """Every wrong citation, every part without a basis, and every rule of the city that nothing cites."""
    cited: set[str] = set()
    for node in nodes:
        if node.needs_basis:
            yield from _basis(node)
            for path, citation in _citations(node):
                cited.add(cited_rule(citation))
                yield from _citation(path, citation, prefix, rules)
    for rule in rules.values():
        if rule.tenant == prefix and rule.id not in cited:
            yield Finding((), f"no part of the profile cites {rule.citation}", f"a part that rests on: {rule.summary}")


def _citations(node: FoundNode) -> Iterator[tuple[Path, str]]:
    for index, citation in enumerate(entries(node.data.get("cite"))):
        if isinstance(citation, str):
            yield (*node.path, "cite", index), citation


def _citation(path: Path, citation: str, prefix: str | None, rules: Mapping[str, Rule]) -> Iterator[Finding]:
    rule = rules.get(cited_rule(citation))
    if rule is None:
        own = [entry.id for entry in rules.values() if prefix is None or entry.tenant == prefix]
        yield Finding(path, f"unknown rule id {citation!r}", _nearest_rule(cited_rule(citation), own, rules))
    elif prefix is not None and rule.tenant != prefix:
        yield Finding(path, f"{rule.id} is a rule of another tenant", f"a rule id that begins with {prefix}-")
    elif "[" in citation and citation.strip() != rule.citation:
        yield Finding(path, f"{rule.id} does not stand there", rule.citation)


def _nearest_rule(wrong: str, own: list[str], rules: Mapping[str, Rule]) -> str:
    nearest = max(own, key=lambda rule: _shared(rule, wrong), default=None)
    return rules[nearest].citation if nearest else "an id of the register of rules"


def _shared(one: str, other: str) -> int:
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _basis(node: FoundNode) -> Iterator[Finding]:
    cites, default = bool(node.data.get("cite")), node.data.get("default") is True
    why = text(node.data.get("why")).strip()
    if cites and default:
        yield Finding(node.path, "cites a rule and is marked as a default", _CITED)
    elif default and not why:
        yield Finding(node.path, "a default without a reason", _REASON)
    elif not cites and not default:
        yield Finding(node.path, "neither a rule nor a reason", "cite: [rule ids], or default: true with why")
    yield from _default_fields(node)


def _default_fields(node: FoundNode) -> Iterator[Finding]:
    known = [name for name in node.type.model_fields if name not in ("cite", "default", "why", "default_fields")]
    for index, name in enumerate(entries(node.data.get("default_fields"))):
        if isinstance(name, str) and name not in known:
            path = (*node.path, "default_fields", index)
            yield Finding(path, f"{name!r} is no attribute of this part", closest(name, known))
