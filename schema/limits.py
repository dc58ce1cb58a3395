"""How much one GraphQL document may ask for: measured in one memoised pass, before the rules of the specification run.

A fragment is measured once and its weight reused, so that a document of nested fragment spreads cannot make the office
count its exponential expansion. The specification's own rules compare fields pairwise; they only ever see documents
that passed here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

from schema.errors import DoorError, document_too_costly, document_too_large

INTROSPECTION = frozenset({"__schema", "__type"})


@dataclass(frozen=True)
class Limits:
    """What one document may hold; introspection has its own budget because tools need all of it."""

    characters: int = 50_000
    tokens: int = 1_500
    comments: int = 500
    nesting: int = 60
    depth: int = 14
    fields: int = 250
    root_fields: int = 20
    aliases: int = 30
    directives: int = 20
    fragments: int = 50
    introspection_depth: int = 16
    introspection_fields: int = 300
    input_depth: int = 12
    cost: int = 5_000


@dataclass(frozen=True)
class Weight:
    """What a part of a document asks for with its fragments expanded."""

    depth: int = 0
    top: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    introspection_depth: int = 0
    introspection_fields: int = 0

    def beside(self, other: "Weight") -> "Weight":
        """Weigh two parts that stand side by side."""
        return Weight(
            max(self.depth, other.depth),
            self.top + other.top,
            self.fields + other.fields,
            self.aliases + other.aliases,
            self.directives + other.directives,
            max(self.introspection_depth, other.introspection_depth),
            self.introspection_fields + other.introspection_fields,
        )


NOTHING = Weight()


def weight_of_field(field: FieldNode, inner: Weight) -> Weight:
    """Weigh a field around what it selects; below `__schema` and `__type` the budget of introspection counts."""
    aliases = inner.aliases + (1 if field.alias else 0)
    directives = inner.directives + len(field.directives or ())
    if field.name.value in INTROSPECTION:
        return Weight(1, 1, 1, aliases, directives, inner.depth, inner.fields)
    return Weight(
        inner.depth + 1, 1, inner.fields + 1, aliases, directives, inner.introspection_depth, inner.introspection_fields
    )


class Measure:
    """The measure of one document; what does not depend on variables is measured once."""

    def __init__(self, document: DocumentNode, limits: Limits) -> None:
        self.limits = limits
        self.fragments: Mapping[str, FragmentDefinitionNode] = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._weights: dict[str, Weight] = {}
        refuse_above(limits, "fragments", len(self.fragments))
        self._check_text(document)
        for operation in document.definitions:
            if isinstance(operation, OperationDefinitionNode):
                self._check(self._selections(operation.selection_set, 0))

    def _check(self, weight: Weight) -> None:
        refuse_above(self.limits, "depth", weight.depth)
        refuse_above(self.limits, "root_fields", weight.top)
        refuse_above(self.limits, "fields", weight.fields)
        refuse_above(self.limits, "aliases", weight.aliases)
        refuse_above(self.limits, "directives", weight.directives)
        refuse_above(self.limits, "introspection_depth", weight.introspection_depth)
        refuse_above(self.limits, "introspection_fields", weight.introspection_fields)

    def _check_text(self, document: DocumentNode) -> None:
        """Count what is written, used or not: the specification's rules also walk fragments that nobody spreads."""
        limits = self.limits
        fields = aliases = directives = input_depth = 0
        for node, input_depth in written_nodes(document):
            directives += len(getattr(node, "directives", None) or ())
            if isinstance(node, FieldNode):
                fields += 1
                aliases += 1 if node.alias else 0
            if input_depth > limits.input_depth or fields > limits.fields:
                break
        refuse_above(limits, "input_depth", input_depth)
        refuse_above(limits, "fields", fields)
        refuse_above(limits, "aliases", aliases)
        refuse_above(limits, "directives", directives)

    def _selections(self, selections: SelectionSetNode | None, level: int) -> Weight:
        refuse_above(self.limits, "nesting", level)
        total = NOTHING
        for selection in selections.selections if selections else ():
            total = total.beside(self._selection(selection, level + 1))
        return total

    def _selection(self, selection: SelectionNode, level: int) -> Weight:
        if isinstance(selection, FieldNode):
            return weight_of_field(selection, self._selections(selection.selection_set, level))
        own = Weight(directives=len(selection.directives or ()))
        if isinstance(selection, FragmentSpreadNode):
            return own.beside(self._fragment(selection.name.value, level))
        if isinstance(selection, InlineFragmentNode):
            return own.beside(self._selections(selection.selection_set, level))
        return own

    def _fragment(self, name: str, level: int) -> Weight:
        """Weigh a fragment once; one that spreads itself weighs nothing here and is refused by the specification."""
        if name not in self._weights:
            self._weights[name] = NOTHING
            fragment = self.fragments.get(name)
            self._weights[name] = self._selections(fragment.selection_set, level) if fragment else NOTHING
        return self._weights[name]

    def roots(self, operation: OperationDefinitionNode) -> int:
        """Count the fields at the root of an operation, through fragments."""
        return self._selections(operation.selection_set, 0).top


def written_nodes(document: DocumentNode) -> Iterator[tuple[Node, int]]:
    """Walk every written node without recursion, with the depth of input values around it."""
    pending: list[tuple[Node, int]] = [(definition, 0) for definition in document.definitions]
    while pending:
        node, input_depth = pending.pop()
        yield node, input_depth
        deeper = input_depth + 1 if node.kind in ("object_value", "list_value") else input_depth
        for key in node.keys:
            child = getattr(node, key, None)
            if isinstance(child, Node):
                pending.append((child, deeper))
            elif isinstance(child, (list, tuple)):
                pending.extend((part, deeper) for part in child if isinstance(part, Node))


def check_input_depth(limits: Limits, value: Any) -> None:
    """Refuse variables nested deeper than any filter or input of the office needs."""
    pending = [(value, 0)]
    while pending:
        part, depth = pending.pop()
        refuse_above(limits, "input_depth", depth)
        if isinstance(part, dict):
            pending.extend((inner, depth + 1) for inner in part.values())
        elif isinstance(part, list):
            pending.extend((inner, depth + 1) for inner in part)


def check_cost(limits: Limits, cost: int) -> None:
    """Refuse an operation that may fetch more objects than the office serves at once."""
    if cost > limits.cost:
        raise document_too_costly(cost, limits.cost)


def refuse_above(limits: Limits, limit: str, found: int) -> None:
    """Refuse a document that passes one limit, naming the limit, what was found and what is allowed."""
    allowed = int(getattr(limits, limit))
    if found > allowed:
        raise too_large(limit, found, allowed)


def too_large(limit: str, found: int | None, allowed: int) -> DoorError:
    """Name a limit as API users read it."""
    head, *tail = limit.split("_")
    return document_too_large(head + "".join(word.capitalize() for word in tail), found, allowed)
