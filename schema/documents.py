"""Documents that were read before: parsed, limited and validated once, then found again by their text."""

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)

from schema.cost import cost_of, size_of
from schema.errors import DoorError
from schema.limits import Limits, check_cost, check_input_depth
from schema.reading.reader import Asking, Planned, Reader
from schema.trees import Tree, Trees
from schema.validity import errors_in

MOST_COSTS = 16


@dataclass(frozen=True)
class Operation:
    """One operation of a document: its name, its kind, and the fields at its root."""

    name: str | None
    kind: OperationType
    root_fields: frozenset[str]
    declared: tuple[str, ...] = ()
    """The variables that the operation declares."""


class Prepared:
    """A document that passed the limits, with the errors that the specification's rules found in it."""

    def __init__(
        self, schema: GraphQLSchema, text: str, errors: tuple[GraphQLError, ...], trees: Trees, limits: Limits
    ) -> None:
        self.errors = errors
        self._schema, self._text, self._trees, self._limits = schema, text, trees, limits
        self.operations = tuple(operations_of(self.tree))
        self._costs: dict[tuple[Any, ...], int] = {}
        self._planned: dict[str | None, Planned | None] = {}

    @property
    def tree(self) -> Tree:
        """The document as it was parsed, or is parsed again now."""
        return self._trees.of(self._text)

    def node(self, operation: Operation) -> OperationDefinitionNode:
        """Give an operation as it was parsed."""
        return self.tree.operation(operation.name)

    def planned(self, operation: Operation, reader: Reader) -> Planned | None:
        """Give the plans of an operation, which live as long as the document is kept."""
        if operation.name not in self._planned:
            self._planned[operation.name] = reader.prepare(partial(asked, self._trees, self._text, operation.name))
        return self._planned[operation.name]

    def remaining(self, operation: Operation, selections: Iterable[FieldNode]) -> DocumentNode:
        """Give a document that asks for some root fields of an operation only."""
        tree = self.tree
        node = tree.operation(operation.name)
        remaining = OperationDefinitionNode(
            operation=node.operation,
            name=node.name,
            variable_definitions=node.variable_definitions,
            directives=node.directives,
            selection_set=SelectionSetNode(selections=tuple(selections)),
            loc=node.loc,
        )
        return DocumentNode(definitions=(remaining, *tree.fragments.values()), loc=tree.document.loc)

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

    def reckoned(self, operation: Operation, variables: Mapping[str, Any]) -> int:
        """Give the cost of an operation under its variables, whatever the limit."""
        return cost_of(self._schema, self.tree.measure, self.node(operation), variables)

    def cost(self, operation: Operation, variables: Mapping[str, Any]) -> int:
        """Give the cost of an operation under its variables, refusing what passes the limit."""
        if variables:
            check_input_depth(self._limits, variables)
        key = (operation.name, *[size_of(variables.get(name)) for name in operation.declared])
        cost = self._costs.get(key)
        if cost is None:
            if len(self._costs) >= MOST_COSTS:
                self._costs.clear()
            cost = self._costs[key] = self.reckoned(operation, variables)
        check_cost(self._limits, cost)
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
        self._trees = Trees(limits)
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
        document = self._trees.of(text).document
        errors = tuple(errors_in(self._schema, document, text))
        return Prepared(self._schema, text, errors, self._trees, self.limits)

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


def asked(trees: Trees, text: str, name: str | None) -> Asking:
    """Give an operation with the fragments of its document."""
    tree = trees.of(text)
    return tree.operation(name), tree.fragments


def operations_of(tree: Tree) -> Iterator[Operation]:
    """List the operations of a document with the fields that stand at their roots."""
    for node in tree.document.definitions:
        if isinstance(node, OperationDefinitionNode):
            roots = frozenset(root_fields([node.selection_set], tree.fragments))
            declared = tuple(given.variable.name.value for given in node.variable_definitions or ())
            yield Operation(node.name.value if node.name else None, node.operation, roots, declared)


def root_fields(roots: Iterable[SelectionSetNode], fragments: Mapping[str, FragmentDefinitionNode]) -> Iterator[str]:
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
                fragment = fragments.get(selection.name.value)
                pending.extend([fragment.selection_set] if fragment else [])
