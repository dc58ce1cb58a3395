"""What an operation selects, field by field, as the specification collects and merges it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    is_abstract_type,
)


class NotPlanned(Exception):
    """The standard executor has to answer: the plan does not know the field, or the input is wrong."""


Collected = dict[str, list[FieldNode]]
"""Response keys in the order of the answer, each with the nodes that ask for it."""


class Selection:
    """The selections of one document under given values of the variables that decide what is included."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
    ) -> None:
        self.schema = schema
        self._fragments = fragments
        self._variables = variables

    def below(self, kind: GraphQLObjectType, nodes: Iterable[FieldNode]) -> Collected:
        """Collect what is selected of an object of a type by all nodes that ask for it."""
        found: Collected = {}
        for node in nodes:
            if node.selection_set is not None:
                self._collect(kind, node.selection_set, found, set())
        return found

    def root(self, kind: GraphQLObjectType, selections: SelectionSetNode) -> Collected:
        """Collect the root fields of an operation."""
        found: Collected = {}
        self._collect(kind, selections, found, set())
        return found

    def _collect(
        self, kind: GraphQLObjectType, selections: SelectionSetNode, found: Collected, spread: set[str]
    ) -> None:
        for node in selections.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                found.setdefault(key, []).append(node)
                continue
            for inner in self._fragment(kind, node, spread):
                self._collect(kind, inner, found, spread)

    def _fragment(self, kind: GraphQLObjectType, node: SelectionNode, spread: set[str]) -> Iterator[SelectionSetNode]:
        fragment: Any = node
        if isinstance(node, FragmentSpreadNode):
            name = node.name.value
            if name in spread:
                return
            spread.add(name)
            fragment = self._fragments[name]
        if not isinstance(fragment, (FragmentDefinitionNode, InlineFragmentNode)):
            raise NotPlanned(node.kind)
        if self._fits(kind, fragment):
            yield fragment.selection_set

    def _fits(self, kind: GraphQLObjectType, fragment: FragmentDefinitionNode | InlineFragmentNode) -> bool:
        if fragment.type_condition is None:
            return True
        named = self.schema.get_type(fragment.type_condition.name.value)
        if named is kind:
            return True
        return is_abstract_type(named) and self.schema.is_sub_type(named, kind)

    def _included(self, node: SelectionNode) -> bool:
        for directive in node.directives or ():
            name = directive.name.value
            if name not in ("skip", "include"):
                raise NotPlanned(name)
            if self._condition(directive) is (name == "skip"):
                return False
        return True

    def _condition(self, directive: DirectiveNode) -> bool:
        value = (directive.arguments or ())[0].value
        if isinstance(value, BooleanValueNode):
            return value.value
        if isinstance(value, VariableNode) and value.name.value in self._variables:
            return bool(self._variables[value.name.value])
        raise NotPlanned("condition")
