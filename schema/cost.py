"""What an operation may cost, reckoned from the document, its variables and the declarations before anything is read.

The cost is the number of objects that it may fetch. A page holds `first` or `last` of them, a list without an end as many as
its declaration says is usual, and what stands below counts once for each. Counting a whole list has a price of its own,
because it goes through all rows whatever the size of the page.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    ArgumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NamedTypeNode,
    NullValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    StringValueNode,
    VariableNode,
    get_named_type,
)

from schema.limits import INTROSPECTION, Measure
from schema.reading.sources import SOURCE, Grouped, Many, Nested, Root, Source
from schema.reading.values import DEFINITION

UNBOUNDED_PAGE = 100
MUTATION_COST = 10
COUNT = "totalCount"
COUNTED, COUNTED_BELOW = 100, 10
"""What it costs to count a list of the city, as much as its longest page; and the list of one row."""
COUNTING = frozenset({"first", "last", "ids", "limit"})
"""The arguments that say how many objects a field gives."""
WRAPPERS = frozenset({"edges", "node", "nodes", "pageInfo"})


@dataclass(frozen=True)
class Price:
    """What is selected of an object: what is fetched with each, and how often the list is counted that it stands in."""

    each: int = 0
    counts: int = 0

    def __add__(self, other: "Price") -> "Price":
        """Add up what stands side by side."""
        return Price(self.each + other.each, self.counts + other.counts)


NOTHING = Price()


def cost_of(
    schema: GraphQLSchema, measure: Measure, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> int:
    """Reckon the cost of an operation; of a mutation, what it reads back and a price for each deed."""
    asked = CostOf(schema, measure.fragments, page_variables(operation, variables))
    price = asked.selections(schema.get_root_type(operation.operation), operation.selection_set)
    deeds = measure.roots(operation) if operation.operation is OperationType.MUTATION else 0
    return price.each + MUTATION_COST * deeds


class CostOf:
    """The prices of the parts of one operation under given variables."""

    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], variables: Mapping[str, Any]
    ) -> None:
        self.schema, self.fragments, self.variables = schema, fragments, variables
        self._fragments: dict[str, Price] = {}

    def selections(self, kind: Any, selections: SelectionSetNode | None) -> Price:
        """Add up what is selected of an object of a type."""
        parts = (self._selection(kind, selection) for selection in selections.selections) if selections else ()
        return sum(parts, NOTHING)

    def _selection(self, kind: Any, selection: SelectionNode) -> Price:
        if isinstance(selection, FieldNode):
            return self._field(kind, selection)
        if isinstance(selection, InlineFragmentNode):
            return self.selections(self._narrowed(kind, selection.type_condition), selection.selection_set)
        return self._fragment(selection.name.value) if isinstance(selection, FragmentSpreadNode) else NOTHING

    def _field(self, kind: Any, field: FieldNode) -> Price:
        name = field.name.value
        if field.selection_set is None:
            return Price(counts=1) if name == COUNT else NOTHING
        if name in INTROSPECTION:
            return NOTHING
        declared: GraphQLField | None = getattr(kind, "fields", {}).get(name)
        below = self.selections(get_named_type(declared.type) if declared else None, field.selection_set)
        if name in WRAPPERS and not field.arguments:
            return below
        counted = COUNTED_BELOW if isinstance(source_of(declared), Nested) else COUNTED
        return Price(self._size(declared, field.arguments or ()) * (1 + below.each) + below.counts * counted)

    def _fragment(self, name: str) -> Price:
        """Reckon a fragment once; one that spreads itself costs nothing here and is refused by the specification."""
        if name not in self._fragments:
            self._fragments[name] = NOTHING
            fragment = self.fragments.get(name)
            if fragment is not None:
                kind = self._narrowed(None, fragment.type_condition)
                self._fragments[name] = self.selections(kind, fragment.selection_set)
        return self._fragments[name]

    def _narrowed(self, kind: Any, condition: NamedTypeNode | None) -> Any:
        return kind if condition is None else self.schema.get_type(condition.name.value)

    def _size(self, declared: GraphQLField | None, arguments: Iterable[ArgumentNode]) -> int:
        """Tell how many objects a field may give."""
        counting = [argument for argument in arguments if argument.name.value in COUNTING]
        sizes = [size for argument in counting if (size := self._given(argument)) is not None]
        return max(sizes, default=usual_size(declared) or (UNBOUNDED_PAGE if counting else 1))

    def _given(self, argument: ArgumentNode) -> int | None:
        """Read a size; None for what is not given."""
        value: Any = UNBOUNDED_PAGE
        if isinstance(argument.value, NullValueNode):
            return None
        if isinstance(argument.value, IntValueNode):
            value = int(argument.value.value)
        elif isinstance(argument.value, ListValueNode):
            value = len(argument.value.values)
        elif isinstance(argument.value, StringValueNode):
            value = 1
        elif isinstance(argument.value, VariableNode):
            value = self.variables.get(argument.value.name.value)
        return None if value is None else max(1, value) if isinstance(value, int) else UNBOUNDED_PAGE


def page_variables(operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Give the page sizes that variables may be: whole numbers, and the lengths of lists, defaults included."""
    found: dict[str, Any] = {}
    for definition in operation.variable_definitions or ():
        name = definition.variable.name.value
        if isinstance(definition.default_value, IntValueNode):
            found[name] = int(definition.default_value.value)
        size = size_of(variables.get(name))
        if size is not None:
            found[name] = size
    return found


def size_of(value: Any) -> int | None:
    """Give how many objects a variable may ask for; None where it is no size."""
    if isinstance(value, list):
        return len(value)
    return value if isinstance(value, int) else None


def source_of(declared: GraphQLField | None) -> Source | Root | None:
    """Find where a field is declared to come from."""
    definition = declared.extensions.get(DEFINITION) if declared else None
    found: Source | Root | None = definition.metadata.get(SOURCE) if definition else None
    return found


def usual_size(declared: GraphQLField | None) -> int | None:
    """Tell how many objects a list without an end usually holds, by its declaration or by a default; None for everything else."""
    source = source_of(declared)
    if isinstance(source, (Many, Grouped)):
        return source.usual
    arguments = declared.args if declared else {}
    defaults = (argument.default_value for name, argument in arguments.items() if name in COUNTING)
    return next((default for default in defaults if isinstance(default, int)), None)
