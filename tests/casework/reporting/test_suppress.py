"""Small cells stay hidden from readers who subtract, solve, enumerate, and know how the hiding is done (S-X-05)."""

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from casework.reporting.suppress import Node, NotATableError, blocks_of, groups, hidden
from tests.casework.reporting.attackers import hidden_leaves, leaves_of, solvable, subtracted, worlds

THRESHOLD = 10
FEW = 3


def by_key(key: str) -> str:
    return key


def tree(counties: Sequence[Sequence[int]]) -> list[Node]:
    """A city with counties and townships; the townships' numbers are given."""
    nodes = [Node("city", sum(sum(county) for county in counties))]
    for i, county in enumerate(counties):
        nodes.append(Node(f"c{i}", sum(county), "city"))
        nodes += [Node(f"c{i}t{j}", n, f"c{i}") for j, n in enumerate(county)]
    return nodes


def numbers(largest: int) -> st.SearchStrategy[list[list[int]]]:
    few_or_many = st.one_of(st.just(0), st.integers(1, 4), st.integers(0, largest))
    return st.lists(st.lists(few_or_many, min_size=1, max_size=5), min_size=1, max_size=4)


@given(numbers(60))
def test_every_small_figure_is_hidden_and_a_table_without_small_figures_is_whole(counties: list[list[int]]) -> None:
    nodes = tree(counties)
    secret = hidden(nodes, THRESHOLD, by_key)
    small = {node.key for node in nodes if 0 < node.n < THRESHOLD}
    assert small <= secret
    assert small or not secret


@given(numbers(60))
def test_a_zero_is_hidden_only_with_its_whole_breakdown(counties: list[list[int]]) -> None:
    nodes = tree(counties)
    secret = hidden(nodes, THRESHOLD, by_key)
    sets = leaves_of(nodes)
    for node in nodes:
        if node.n == 0 and node.key in secret:
            line = [each for each in nodes if each.key not in secret and sets[node.key] <= sets[each.key]]
            nearest = min(line, key=lambda each: len(sets[each.key]))
            assert sets[nearest.key] <= secret


@given(numbers(60))
def test_subtracting_parts_from_wholes_finds_no_small_figure(counties: list[list[int]]) -> None:
    nodes = tree(counties)
    found = subtracted(nodes, hidden(nodes, THRESHOLD, by_key))
    assert not [key for key, n in found.items() if 0 < n < THRESHOLD]


@given(numbers(60))
def test_no_combination_of_published_figures_gives_a_small_one(counties: list[list[int]]) -> None:
    nodes = tree(counties)
    secret = hidden(nodes, THRESHOLD, by_key)
    sets = leaves_of(nodes)
    # Zeros are known to be nobody, so a reader leaves them out of every sum.
    nobody = {node.key for node in nodes if node.n == 0 and node.key not in secret}
    published = [sets[node.key] - nobody for node in nodes if node.key not in secret]
    small = [sets[node.key] - nobody for node in nodes if node.key in secret and 0 < node.n < THRESHOLD]
    assert not solvable(published, small)


@settings(max_examples=60, deadline=None)
@example([[0, 0, 1], [2, 0, 1], [5, 2]])
@given(st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=3), min_size=1, max_size=3))
def test_a_hidden_small_leaf_might_as_well_be_large(counties: list[list[int]]) -> None:
    nodes = tree(counties)
    secret = hidden(nodes, FEW, by_key)
    if "city" in secret:
        return
    for leaf in hidden_leaves(nodes, secret):
        assert next(worlds(nodes, secret, {leaf: FEW}), None) is not None, leaf


def test_a_reader_who_knows_how_it_is_done_but_not_the_order_is_never_sure() -> None:
    """All tables of four cells up to a total of eight, under every order: none fits only worlds with one small value."""
    cells = ("a", "b", "c", "d")
    orders = [dict(zip(order, "1234", strict=True)) for order in itertools.permutations(cells)]
    seen: dict[tuple[int | None, ...], set[tuple[int, ...]]] = {}
    for counted in itertools.product(range(9), repeat=4):
        if FEW <= sum(counted) <= 8:
            nodes = [Node("city", sum(counted)), *(Node(key, n, "city") for key, n in zip(cells, counted, strict=True))]
            for order in orders:
                secret = hidden(nodes, FEW, order.__getitem__)
                view = tuple(None if node.key in secret else node.n for node in nodes)
                seen.setdefault(view, set()).add(counted)
    for view, possible in seen.items():
        for place, shown in enumerate(view[1:]):
            values = {world[place] for world in possible}
            assert shown is not None or len(values) > 1 or not 0 < min(values) < FEW, view


def test_a_village_with_four_cases_takes_a_neighbour_with_it() -> None:
    nodes = [Node("township", 75), Node("v1", 4, "township"), Node("v2", 30, "township"), Node("v3", 41, "township")]
    assert hidden(nodes, THRESHOLD, by_key) == {"v1", "v2"}
    assert hidden(nodes, THRESHOLD, lambda key: "" if key == "v3" else key) == {"v1", "v3"}


def test_two_small_ones_protect_each_other_only_if_their_sum_is_not_small() -> None:
    both_small = [Node("city", 45), Node("a", 4, "city"), Node("b", 9, "city"), Node("c", 32, "city")]
    assert hidden(both_small, THRESHOLD, by_key) == {"a", "b"}
    sum_small = [Node("city", 37), Node("a", 1, "city"), Node("b", 1, "city"), Node("c", 35, "city")]
    assert hidden(sum_small, THRESHOLD, by_key) == {"a", "b", "c"}


def test_twelve_cells_of_one_are_not_given_away_by_their_number() -> None:
    nodes = [Node("city", 12), Node("z", 0, "city"), *(Node(f"a{i}", 1, "city") for i in range(12))]
    assert hidden(nodes, THRESHOLD, by_key) == {node.key for node in nodes} - {"city"}


def test_a_small_whole_is_hidden_with_all_that_happened_in_it() -> None:
    nodes = [Node("city", 7), Node("a", 7, "city"), Node("b", 0, "city")]
    assert hidden(nodes, THRESHOLD, by_key) == {"city", "a"}


def test_a_small_county_takes_a_township_of_another_county_with_it() -> None:
    nodes = tree([[4], [20, 30], [40]])
    secret = hidden(nodes, THRESHOLD, by_key)
    assert {"c0", "c0t0"} < secret
    assert groups(nodes, secret).keys() == {"city"}


def test_complementary_cells_stay_in_one_block_if_they_can() -> None:
    nodes = [
        Node("city", 100),
        Node("a", 30, "city", "upper"),
        Node("b", 30, "city", "lower"),
        Node("c", 4, "city", "lower"),
        Node("d", 36, "city", "upper"),
    ]
    secret = hidden(nodes, THRESHOLD, by_key)
    assert secret == {"b", "c"}
    assert blocks_of(nodes, secret) == {"lower"}


@pytest.mark.parametrize(
    "nodes",
    [
        [Node("city", 5), Node("a", 4, "city")],
        [Node("city", 5), Node("city", 5)],
        [Node("city", -1)],
        [Node("a", 4, "nowhere")],
    ],
)
def test_figures_that_do_not_add_up_are_refused(nodes: list[Node]) -> None:
    with pytest.raises(NotATableError):
        hidden(nodes, THRESHOLD, by_key)
