"""Hiding small figures so that nobody can work them out again from what is published (MODEL 10, S-X-05). Pure.

A table is a tree: a whole, its parts, their parts. A figure about 1 to threshold - 1 observations is small and hidden;
a zero is about nobody and stays. What a reader can derive is, for each published node, the sum of the hidden leaves
below it that no nearer published node covers: its group. Such a sum is safe when each hidden leaf of the group could
still be as large as the threshold, given that all of them are at least one. An unsafe group takes in another leaf
(the complementary cell); where none is left, the breakdown of its node is not published at all, zeros included.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

Order = Callable[[str], str]
"""Puts keys into an order that readers cannot know: who knows which neighbour is taken works out the hidden figure."""


@dataclass(frozen=True)
class Node:
    """A figure of a table: how many observations it rests on, and the figure it is a part of (None: the whole).

    `block` names leaves that another table may sum up by itself; complementary cells stay in one block if they can.
    """

    key: str
    n: int
    parent: str | None = None
    block: str = ""


class NotATableError(ValueError):
    """The figures do not add up as a tree."""


class Table:
    """A tree of figures that has been checked to add up."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.nodes: dict[str, Node] = {}
        self.parts: dict[str, list[Node]] = {}
        for node in nodes:
            if node.key in self.nodes or node.n < 0:
                raise NotATableError(f"{node.key} appears twice or counts below zero")
            self.nodes[node.key] = node
            if node.parent is not None:
                self.parts.setdefault(node.parent, []).append(node)
        for key, parts in self.parts.items():
            if key not in self.nodes or self.nodes[key].n != sum(part.n for part in parts):
                raise NotATableError(f"the parts of {key} do not add up to it")

    @property
    def leaves(self) -> tuple[Node, ...]:
        """The figures without parts."""
        return tuple(node for node in self.nodes.values() if node.key not in self.parts)

    def line_up(self, key: str) -> tuple[Node, ...]:
        """A figure and everything it is a part of, the figure first."""
        line = [self.nodes[key]]
        while (parent := line[-1].parent) is not None:
            line.append(self.nodes[parent])
        return tuple(line)

    def below(self, key: str) -> tuple[Node, ...]:
        """Every part of a figure, and the parts of these."""
        parts = self.parts.get(key, [])
        return tuple(parts) + tuple(deeper for part in parts for deeper in self.below(part.key))


def hidden(nodes: Iterable[Node], threshold: int, order: Order) -> frozenset[str]:
    """Choose the figures to hide: the small ones, and as few others as protect them from subtraction."""
    table = Table(nodes)
    chosen = {node.key for node in table.nodes.values() if 0 < node.n < threshold}
    closed: set[str] = set()
    while (top := _unsafe(table, chosen, closed, threshold)) is not None:
        leaf = _complement(table, chosen, top, order)
        if leaf is None:
            closed.add(top)
            chosen.update(node.key for node in table.below(top))
        else:
            chosen.update(node.key for node in _between(table, leaf.key, top))
    return frozenset(chosen)


def groups(nodes: Iterable[Node], chosen: frozenset[str] | set[str]) -> Mapping[str, tuple[Node, ...]]:
    """Tell what a reader can derive: by published node, the hidden leaves whose sum it gives away."""
    return _groups(nodes if isinstance(nodes, Table) else Table(nodes), chosen)


def blocks_of(nodes: Iterable[Node], chosen: frozenset[str]) -> frozenset[str]:
    """Name the blocks in which leaves are hidden."""
    return frozenset(leaf.block for leaf in Table(nodes).leaves if leaf.key in chosen)


def _groups(table: Table, chosen: frozenset[str] | set[str]) -> dict[str, tuple[Node, ...]]:
    found: dict[str, tuple[Node, ...]] = {}
    for leaf in table.leaves:
        if leaf.key in chosen:
            top = next((node.key for node in table.line_up(leaf.key) if node.key not in chosen), None)
            if top is not None:
                found[top] = (*found.get(top, ()), leaf)
    return found


def _unsafe(table: Table, chosen: set[str], closed: set[str], threshold: int) -> str | None:
    """Find a published node that says too much about the hidden leaves below it."""
    for top, leaves in sorted(_groups(table, chosen).items()):
        largest_possible = sum(leaf.n for leaf in leaves) - (len(leaves) - 1)
        if top not in closed and largest_possible < threshold:
            return top
    return None


def _complement(table: Table, chosen: set[str], top: str, order: Order) -> Node | None:
    """Choose the leaf to hide besides: in a block already touched, together with few others, and first in the order."""
    touched = {leaf.block for leaf in _groups(table, chosen)[top]}
    below = {node.key for node in table.below(top)}

    def cost(leaf: Node) -> tuple[bool, int, str]:
        newly = sum(node.key not in chosen for node in _between(table, leaf.key, top))
        return leaf.block not in touched, newly, order(leaf.key)

    return min((leaf for leaf in table.leaves if leaf.key in below - chosen and leaf.n > 0), key=cost, default=None)


def _between(table: Table, leaf: str, top: str) -> tuple[Node, ...]:
    """The leaf and what lies between it and the published node, which stays published."""
    line = table.line_up(leaf)
    return line[: [node.key for node in line].index(top)]
