"""Readers who try to work out hidden figures: one subtracts, one solves the equations, one tries every possible world."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from casework.reporting.suppress import Node

Vector = dict[str, Fraction]


def leaves_of(nodes: Sequence[Node]) -> dict[str, frozenset[str]]:
    """Each figure as the set of leaves it adds up."""
    parents = {node.parent for node in nodes}
    above = {node.key: node.parent for node in nodes}
    found: dict[str, set[str]] = {node.key: set() for node in nodes}
    for node in nodes:
        if node.key not in parents:
            key: str | None = node.key
            while key is not None:
                found[key].add(node.key)
                key = above[key]
    return {key: frozenset(leaves) for key, leaves in found.items()}


def subtracted(nodes: Sequence[Node], hidden: Collection[str]) -> dict[str, int]:
    """What a reader finds who again and again takes the known parts from a known whole, or adds up known parts."""
    known = {node.key: node.n for node in nodes if node.key not in hidden}
    parts: dict[str, list[str]] = {}
    for node in nodes:
        if node.parent:
            parts.setdefault(node.parent, []).append(node.key)
    while True:
        before = len(known)
        for whole, below in parts.items():
            missing = [key for key in below if key not in known]
            if not missing and whole not in known:
                known[whole] = sum(known[key] for key in below)
            if len(missing) == 1 and whole in known:
                known[missing[0]] = known[whole] - sum(known[key] for key in below if key in known)
        if len(known) == before:
            return {key: n for key, n in known.items() if key in hidden}


def solvable(published: Iterable[frozenset[str]], asked: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """Which of the asked sums of atoms follow from the published ones by any linear combination."""
    basis: dict[str, Vector] = {}
    for atoms in published:
        rest = _reduced({atom: Fraction(1) for atom in atoms}, basis)
        if rest:
            pivot = min(rest)
            basis[pivot] = {atom: factor / rest[pivot] for atom, factor in rest.items()}
    return [atoms for atoms in asked if not _reduced({atom: Fraction(1) for atom in atoms}, basis)]


def _reduced(vector: Vector, basis: Mapping[str, Vector]) -> Vector:
    rest = dict(vector)
    while pivots := sorted(rest.keys() & basis.keys()):
        factor = rest[pivots[0]]
        for atom, share in basis[pivots[0]].items():
            rest[atom] = rest.get(atom, Fraction(0)) - factor * share
            if not rest[atom]:
                del rest[atom]
    return rest


def hidden_leaves(nodes: Sequence[Node], hidden: Collection[str]) -> list[str]:
    """The hidden figures without parts."""
    return sorted(key for key, leaves in leaves_of(nodes).items() if leaves == {key} and key in hidden)


def worlds(
    nodes: Sequence[Node], hidden: Collection[str], supposed: Mapping[str, int] | None = None
) -> Iterator[dict[str, int]]:
    """Every way in which the hidden leaves may be filled so that all published figures stay as they are.

    `supposed` leaves are filled first, and with no less than is supposed. A hidden leaf counts at least one, unless the
    whole breakdown it stands in is hidden: only there zeros are hidden.
    """
    sets = leaves_of(nodes)
    supposed = supposed or {}
    secret = sorted(hidden_leaves(nodes, hidden), key=lambda key: key not in supposed)
    limits = [
        (sets[node.key] & set(secret), _rest(node, nodes, sets, hidden)) for node in nodes if node.key not in hidden
    ]
    least = {key: max(_least(key, nodes, sets, hidden), supposed.get(key, 0)) for key in secret}

    def fill(chosen: dict[str, int]) -> Iterator[dict[str, int]]:
        if len(chosen) == len(secret):
            yield dict(chosen)
            return
        key = secret[len(chosen)]
        for n in range(least[key], _room(key, limits, chosen) + 1):
            chosen[key] = n
            if all(_possible(group, rest, chosen) for group, rest in limits):
                yield from fill(chosen)
            del chosen[key]

    yield from fill({})


def _rest(node: Node, nodes: Sequence[Node], sets: Mapping[str, frozenset[str]], hidden: Collection[str]) -> int:
    shown = {other.key: other.n for other in nodes if sets[other.key] == {other.key} and other.key not in hidden}
    return node.n - sum(shown.get(leaf, 0) for leaf in sets[node.key])


def _least(key: str, nodes: Sequence[Node], sets: Mapping[str, frozenset[str]], hidden: Collection[str]) -> int:
    tops = [node for node in nodes if node.key not in hidden and key in sets[node.key]]
    nearest = min(tops, key=lambda node: len(sets[node.key]), default=None)
    return 0 if nearest is not None and sets[nearest.key] <= set(hidden) else 1


def _room(key: str, limits: Sequence[tuple[frozenset[str], int]], chosen: Mapping[str, int]) -> int:
    room = [rest - sum(chosen.get(leaf, 0) for leaf in group) for group, rest in limits if key in group]
    return min(room, default=30)


def _possible(group: frozenset[str], rest: int, chosen: Mapping[str, int]) -> bool:
    filled = sum(chosen.get(leaf, 0) for leaf in group)
    return filled == rest if all(leaf in chosen for leaf in group) else filled <= rest
