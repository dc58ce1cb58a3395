"""What was parsed of documents: kept for those that were needed lately, and parsed once more for the others.

A tree takes some fifty times the memory of its text, and nobody needs it any more once all of the document is planned.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    Token,
    parse,
)

from schema.errors import DoorError, invalid_document
from schema.limits import Limits, Measure, refuse_above, too_large

MOST_CHARACTERS = 100_000
"""So much text the trees that are kept were parsed from; the tree of the last document is kept in any case."""


@dataclass(frozen=True)
class Tree:
    """A document as it was parsed, and the measure that was taken of it."""

    document: DocumentNode
    measure: Measure

    @property
    def fragments(self) -> Mapping[str, FragmentDefinitionNode]:
        """The fragments of the document by their names."""
        return self.measure.fragments

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """Give the operation of a name, or the one that has none."""
        for node in self.document.definitions:
            if isinstance(node, OperationDefinitionNode) and (node.name.value if node.name else None) == name:
                return node
        raise LookupError(name)


class Trees:
    """The trees of the documents that were needed lately, the longest unneeded forgotten first."""

    def __init__(self, limits: Limits, most_characters: int = MOST_CHARACTERS) -> None:
        self._limits, self._most_characters = limits, most_characters
        self._kept: OrderedDict[str, Tree] = OrderedDict()
        self._characters = 0

    def of(self, text: str) -> Tree:
        """Give the tree of a document, refusing one that passes the limits."""
        found = self._kept.get(text)
        if found is not None:
            self._kept.move_to_end(text)
            return found
        document = read_document(text, self._limits)
        tree = self._kept[text] = Tree(document, Measure(document, self._limits))
        self._characters += len(text)
        while self._characters > self._most_characters and len(self._kept) > 1:
            forgotten, _ = self._kept.popitem(last=False)
            self._characters -= len(forgotten)
        return tree


def read_document(text: str, limits: Limits) -> DocumentNode:
    """Parse a text into a document; one that is too long is refused as too large, not as malformed."""
    refuse_above(limits, "characters", len(text))
    try:
        document = parse(text, max_lexical_tokens=limits.tokens, max_comments=limits.comments)
    except GraphQLSyntaxError as error:
        raise aborted(error, limits) or invalid_document(error) from None
    if document.loc is not None:
        unchain(document.loc.start_token)
    return document


def unchain(token: Token | None) -> None:
    """Take the tokens of a document apart: as a chain each of them keeps all others until the collector comes."""
    while token is not None:
        following = token.next
        token.next = token.prev = None
        token = following


def aborted(error: GraphQLSyntaxError, limits: Limits) -> DoorError | None:
    """Tell whether the parser stopped at a limit; it says so in words only."""
    if not error.message.endswith("Parsing aborted."):
        return None
    if "tokens" in error.message:
        return too_large("tokens", None, limits.tokens)
    if "comments" in error.message:
        return too_large("comments", None, limits.comments)
    return too_large("nesting", None, limits.nesting)
