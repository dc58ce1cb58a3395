"""Whether a document is valid: the specification's rules, walked past everything that none of them looks at.

The library asks every rule at every node, names included. Here each rule is asked only at the kinds of nodes that it has
something to say about. What is found to be wrong is told by the library, which walks once more and in its own order.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from graphql import (
    SKIP,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    Node,
    TypeInfo,
    ValidationContext,
    Visitor,
    specified_rules,
    validate,
)
from graphql.language.ast import QUERY_DOCUMENT_KEYS
from graphql.validation import (
    ASTValidationRule,
    NoUndefinedVariablesRule,
    NoUnusedVariablesRule,
    VariablesInAllowedPositionRule,
)
from graphql.validation.validation_context import VariableUsage, VariableUsageVisitor
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

RULES: tuple[type[ASTValidationRule], ...] = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
OF_VARIABLES = frozenset({NoUndefinedVariablesRule, NoUnusedVariablesRule, VariablesInAllowedPositionRule})
"""These go through the whole document to look for variables; one without a "$" has none."""
MOST_ERRORS = 10
UNSEEN = frozenset({"alias", "name", "description"})
"""Children that no rule looks at by themselves."""
KEYS = {kind: tuple(key for key in keys if key not in UNSEEN) for kind, keys in QUERY_DOCUMENT_KEYS.items()}
Method = Callable[..., Any]


class Wrong(Exception):
    """Something is wrong with the document."""


def errors_in(schema: GraphQLSchema, document: DocumentNode, text: str) -> list[GraphQLError]:
    """List what the specification's rules find in a document; nothing for one that is valid."""
    rules = [rule for rule in RULES if "$" in text or rule not in OF_VARIABLES]
    try:
        context = Context(schema, document)
        Walk(context.info, [rule(context) for rule in rules]).through(document, None)
    except (Wrong, GraphQLError, RecursionError):
        return validate(schema, document, RULES, max_errors=MOST_ERRORS)
    return []


class Context(ValidationContext):
    """What rules know of a document; the first error ends the walk."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self.info = TypeInfo(schema)
        super().__init__(schema, document, self.info, found)
        self._usages: dict[int, list[VariableUsage]] = {}

    def get_variable_usages(self, node: Any) -> list[VariableUsage]:
        """List where an operation or a fragment uses variables."""
        usages = self._usages.get(id(node))
        if usages is None:
            fragment = node if node.kind == "fragment_definition" else None
            visitor = VariableUsageVisitor(self.info, fragment)
            Walk(self.info, [visitor]).through(node, None)
            usages = self._usages[id(node)] = visitor.usages
        return usages


def found(error: GraphQLError) -> None:
    """End the walk."""
    raise Wrong from error


class Walk:
    """One walk through a document with the rules that look at it."""

    def __init__(self, info: TypeInfo, visitors: Sequence[Visitor]) -> None:
        self.info, self.skipping = info, set[int]()
        self.entering: dict[str, list[tuple[int, Method]]] = defaultdict(list)
        self.leaving: dict[str, list[tuple[int, Method]]] = defaultdict(list)
        for number, visitor in enumerate(visitors):
            kind: Any = type(visitor)
            for methods, names in zip((self.entering, self.leaving), spoken(kind), strict=True):
                for node_kind, name in names:
                    methods[node_kind].append((number, getattr(visitor, name)))
        self.path: list[Any] = []
        self.ancestors: list[Any] = []

    def through(self, node: Node, parent: Any) -> None:
        """Ask the rules at a node and at all that is below it."""
        kind, skipping, ancestors = node.kind, self.skipping, self.ancestors
        self.info.enter(node)
        begun = []
        for number, enter in self.entering.get(kind, ()):
            if number in skipping:
                continue
            said = enter(node, None, parent, self.path, ancestors)
            if said is SKIP or said is False:
                begun.append(number)
                skipping.add(number)
        if parent is not None:
            ancestors.append(parent)
        for key in KEYS.get(kind, ()):
            child = getattr(node, key, None)
            if isinstance(child, tuple):
                ancestors.append(node)
                for each in child:
                    self.through(each, child)
                ancestors.pop()
            elif child is not None:
                self.through(child, node)
        if parent is not None:
            ancestors.pop()
        for number, leave in self.leaving.get(kind, ()):
            if number not in skipping:
                leave(node, None, parent, self.path, ancestors)
        skipping.difference_update(begun)
        self.info.leave(node)


@cache
def spoken(visitor: type[Visitor]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Name, for a kind of visitor, the methods by which it looks at kinds of nodes: entering and leaving them."""
    return _methods(visitor, "enter"), _methods(visitor, "leave")


def _methods(visitor: type[Visitor], act: str) -> list[tuple[str, str]]:
    named = {kind: f"{act}_{kind}" if hasattr(visitor, f"{act}_{kind}") else act for kind in kinds_of(Node)}
    return [(kind, name) for kind, name in named.items() if hasattr(visitor, name)]


def kinds_of(node: type[Node]) -> set[str]:
    """Name all kinds of nodes that a document may hold."""
    return {node.kind}.union(*(kinds_of(narrower) for narrower in node.__subclasses__()))
