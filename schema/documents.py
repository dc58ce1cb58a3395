"""Documents that were read before: parsed, limited and validated once, then found again by their text."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    parse,
)

from schema.errors import DoorError, invalid_document
from schema.limits import Limits, Measure, check_cost, check_input_depth, refuse_above, size_of, too_large
from schema.reading.reader import Planned, Reader
from schema.validity import errors_in

MOST_COSTS = 16


@dataclass(frozen=True)
class Operation:
    """One operation of a document: its name, its kind, and the fields at its root."""

    node: OperationDefinitionNode
    name: str | None
    kind: OperationType
    root_fields: frozenset[str]
    declared: tuple[str, ...] = ()
    """The variables that the operation declares."""


class Prepared:
    """A document that passed the limits, with the errors that the specification's rules found in it."""

    def __init__(self, document: DocumentNode, errors: tuple[GraphQLError, ...], measure: Measure) -> None:
        self.document = document
        self.errors = errors
        self._measure = measure
        self.operations = tuple(operations_of(document, measure))
        self._costs: dict[tuple[Any, ...], int] = {}
        self._planned: dict[str | None, Planned | None] = {}

    def planned(self, operation: Operation, reader: Reader) -> Planned | None:
        """Give the plans of an operation, which live as long as the document is kept."""
        if operation.name not in self._planned:
            self._planned[operation.name] = reader.prepare(operation.node, self._measure.fragments)
        return self._planned[operation.name]

    def remaining(self, operation: Operation, selections: Iterable[FieldNode]) -> DocumentNode:
        """Give a document that asks for some root fields of an operation only."""
        node = operation.node
        asked = OperationDefinitionNode(
            operation=node.operation,
            name=node.name,
            variable_definitions=node.variable_definitions,
            directives=node.directives,
            selection_set=SelectionSetNode(selections=tuple(selections)),
            loc=node.loc,
        )
        fragments = self._measure.fragments.values()
        return DocumentNode(definitions=(asked, *fragments), loc=self.document.loc)

    def operation(self, name: str | None) -> Operation:
        """Choose the operation to carry out; a document with several needs the name."""
        if name is None and len(self.operations) == 1:
            return self.operations[0]
        for operation in self.operations:
            if name is not None and operation.name == name:
                return operation
        if name is None and self.operations:
            raise DoorError(
                "OPERATION_NAME_REQUIRED",
                "The document holds several operations; say which by operationName.",
                "文档包含多个操作,请用operationName指明。",
                in_document=True,
            )
        raise DoorError(
            "OPERATION_NOT_FOUND",
            "The document holds no operation of that name." if name else "The document holds no operation.",
            "文档中没有该操作。",
            in_document=True,
        )

    @property
    def fragments(self) -> Mapping[str, FragmentDefinitionNode]:
        """The fragments of the document by their names."""
        return self._measure.fragments

    def reckoned(self, operation: Operation, variables: Mapping[str, Any]) -> int:
        """Give the cost of an operation under its variables, whatever the limit."""
        return self._measure.cost(operation.node, variables)

    def cost(self, operation: Operation, variables: Mapping[str, Any]) -> int:
        """Give the cost of an operation under its variables, refusing what passes the limit."""
        limits = self._measure.limits
        if variables:
            check_input_depth(limits, variables)
        key = (operation.name, *[size_of(variables.get(name)) for name in operation.declared])
        cost = self._costs.get(key)
        if cost is None:
            if len(self._costs) >= MOST_COSTS:
                self._costs.clear()
            cost = self._costs[key] = self._measure.cost(operation.node, variables)
        check_cost(limits, cost)
        return cost


class Documents:
    """The documents of one schema, the least recently used forgotten first.

    What is refused by a limit or does not parse is not kept, so that junk cannot push out what portals use.
    """

    def __init__(
        self, schema: GraphQLSchema, limits: Limits, *, most: int = 1_000, most_characters: int = 1_000_000
    ) -> None:
        self.limits = limits
        self._schema = schema
        self._most = most
        self._most_characters = most_characters
        self._kept: OrderedDict[str, Prepared] = OrderedDict()
        self._characters = 0
        self._registered: dict[str, Prepared | None] = {}
        self._texts: dict[str, str] = {}

    def prepare(self, text: str) -> Prepared:
        """Give the document of a text; it is read only the first time."""
        known = self.known(text)
        if known is not None:
            return known
        prepared = self._registered.get(text) or self.read(text)
        if text in self._registered:
            self._registered[text] = prepared
        elif not prepared.errors:
            self._keep(text, prepared)
        return prepared

    def read(self, text: str) -> Prepared:
        """Read a document without keeping it."""
        document = read_document(text, self.limits)
        measure = Measure(document, self.limits)
        errors = errors_in(self._schema, document, text)
        return Prepared(document, tuple(errors), measure)

    def register(self, sha256: str, text: str) -> None:
        """Know a document by its hash; once it was asked for, it is kept for as long as the process lives."""
        self._registered[text] = None
        self._texts[sha256] = text

    def is_registered(self, text: str) -> bool:
        """Tell whether a text is, character for character, a registered document."""
        return text in self._registered

    def registered(self, sha256: str) -> str | None:
        """Give the text of the registered document of a hash."""
        return self._texts.get(sha256)

    def known(self, text: str) -> Prepared | None:
        """Give the document of a text that was read before."""
        found = self._kept.get(text)
        if found is not None:
            self._kept.move_to_end(text)
        return found

    def _keep(self, text: str, prepared: Prepared) -> None:
        self._kept[text] = prepared
        self._characters += len(text)
        while len(self._kept) > self._most or self._characters > self._most_characters:
            forgotten, _ = self._kept.popitem(last=False)
            self._characters -= len(forgotten)

    def __len__(self) -> int:
        return len(self._kept)


def read_document(text: str, limits: Limits) -> DocumentNode:
    """Parse a text into a document; one that is too long is refused as too large, not as malformed."""
    refuse_above(limits, "characters", len(text))
    try:
        return parse(text, max_lexical_tokens=limits.tokens, max_comments=limits.comments)
    except GraphQLSyntaxError as error:
        raise aborted(error, limits) or invalid_document(error) from None


def aborted(error: GraphQLSyntaxError, limits: Limits) -> DoorError | None:
    """Tell whether the parser stopped at a limit; it says so in words only."""
    if not error.message.endswith("Parsing aborted."):
        return None
    if "tokens" in error.message:
        return too_large("tokens", None, limits.tokens)
    if "comments" in error.message:
        return too_large("comments", None, limits.comments)
    return too_large("nesting", None, limits.nesting)


def operations_of(document: DocumentNode, measure: Measure) -> Iterator[Operation]:
    """List the operations of a document with the fields that stand at their roots."""
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            roots = frozenset(root_fields([node.selection_set], measure))
            declared = tuple(given.variable.name.value for given in node.variable_definitions or ())
            yield Operation(node, node.name.value if node.name else None, node.operation, roots, declared)


def root_fields(roots: Iterable[SelectionSetNode], measure: Measure) -> Iterator[str]:
    """Name the fields selected at the root of an operation, through fragments."""
    pending, seen = list(roots), set[str]()
    while pending:
        for selection in pending.pop().selections:
            if isinstance(selection, FieldNode):
                yield selection.name.value
            elif isinstance(selection, InlineFragmentNode):
                pending.append(selection.selection_set)
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in seen:
                seen.add(selection.name.value)
                fragment = measure.fragments.get(selection.name.value)
                pending.extend([fragment.selection_set] if fragment else [])
