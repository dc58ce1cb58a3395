"""From the figures of one metric to what may be shown outside the city: small cells hidden, numbers rounded. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from casework.cases.models import CaseState, ServiceKind
from casework.reporting.atlas import Atlas
from casework.reporting.metrics import Dimension, Figure, MetricDefinition
from casework.reporting.suppress import Node, Order, blocks_of, hidden

WHOLE = "ALL"
"""The one cell of a city as a whole."""

WHOLE_ZH = "全域"

STATES_ZH: Mapping[str, str] = {
    CaseState.RECEIVED: "已提出",
    CaseState.RESPONDED: "已响应",
    CaseState.ACCEPTED: "已受理",
    CaseState.COMMISSIONED: "已受理委托",
    CaseState.PLANNED: "已定方案",
    CaseState.PREPARING: "准备材料",
    CaseState.FILED: "已递交",
    CaseState.DECIDED: "已有结果",
    CaseState.DELIVERING: "送达中",
    CaseState.COMPLETED: "已办结",
    CaseState.TERMINATED: "已终止",
    CaseState.DECLINED: "不予办理",
    CaseState.REFERRED_OUT: "引导他处",
    CaseState.WITHDRAWN: "已撤回",
    CaseState.ARCHIVED: "已归档",
}
KINDS_ZH: Mapping[str, str] = {
    ServiceKind.CONSULTATION: "咨询",
    ServiceKind.ASSIST: "帮办",
    ServiceKind.AGENCY: "代办",
    ServiceKind.BUNDLE: "一件事",
    ServiceKind.ORDER: "点单",
    ServiceKind.JOINT: "联合服务",
}

CellKey = tuple[Dimension, str]
KNOWN_SUM = "~"
"""Begins the key of a sum that is not published itself but that another table gives away."""


@dataclass(frozen=True)
class Counted:
    """What was counted in one cell: the exact number of observations and the exact value."""

    n: int
    value: float | None


@dataclass(frozen=True)
class Published:
    """What is shown of one cell; of a suppressed one nothing but that it is suppressed."""

    dimension: Dimension
    cell: str
    name_zh: str
    value: float | None
    n: int | None
    suppressed: bool


EMPTY = Counted(0, None)


def publish(
    metric: MetricDefinition, counted: Mapping[CellKey, Counted], atlas: Atlas, threshold: int, order: Order
) -> list[Published]:
    """Show a metric as a whole and, when `counted` holds breakdowns, by each of them; zeros are shown as zeros."""
    broken_down = [each for each in metric.breakdowns if any(dimension is each for dimension, _ in counted)]
    secret = hidden_cells(counted, broken_down, atlas, threshold, order)
    names = {Dimension.TENANT: {WHOLE: WHOLE_ZH}, Dimension.STATE: STATES_ZH, Dimension.KIND: KINDS_ZH, **atlas.names}
    return [
        _shown(metric, dimension, str(cell), name, counted.get((dimension, cell), EMPTY), secret, threshold)
        for dimension in (Dimension.TENANT, *broken_down)
        for cell, name in names[dimension].items()
    ]


def hidden_cells(
    counted: Mapping[CellKey, Counted], broken_down: Iterable[Dimension], atlas: Atlas, threshold: int, order: Order
) -> frozenset[CellKey]:
    """Choose the cells to hide in all tables of one metric, which share their total and may know of each other's sums."""
    dimensions = set(broken_down)
    total = _n(counted, (Dimension.TENANT, WHOLE))
    secret: set[CellKey] = {(Dimension.TENANT, WHOLE)} if 0 < total < threshold else set()
    blocks = atlas.blocks(
        {(each, cell) for each in atlas.names for cell in atlas.names[each] if not _n(counted, (each, cell))}
    )
    touched: frozenset[str] = frozenset()
    if Dimension.TOWNSHIP in dimensions:
        nodes = _places(counted, atlas, blocks, total)
        found = hidden(nodes, threshold, order)
        touched = blocks_of(nodes, found)
        secret |= _cells(found)
    if Dimension.UNIT_TYPE in dimensions:
        secret |= _unit_types(counted, atlas, blocks, total, touched, threshold, order)
    for dimension, names in ((Dimension.STATE, STATES_ZH), (Dimension.KIND, KINDS_ZH)):
        if dimension in dimensions:
            flat = [_node(counted, (dimension, str(cell)), WHOLE) for cell in names]
            secret |= _cells(hidden([Node(WHOLE, total), *flat], threshold, order))
    return frozenset(secret)


def _unit_types(
    counted: Mapping[CellKey, Counted],
    atlas: Atlas,
    blocks: Mapping[CellKey, str],
    total: int,
    touched: frozenset[str],
    threshold: int,
    order: Order,
) -> set[CellKey]:
    """Choose among the kinds of units, when the places already give away the sum of each block of them.

    With cells hidden in several blocks of places, the kinds of units would tell how these sums divide: then none is
    shown.
    """
    types = [(Dimension.UNIT_TYPE, code) for code in atlas.names[Dimension.UNIT_TYPE]]
    if len(touched) > 1:
        return set(types)
    sums: dict[str, int] = {}
    for cell in types:
        block = KNOWN_SUM + blocks.get(cell, cell[1])
        sums[block] = sums.get(block, 0) + _n(counted, cell)
    nodes = [Node(WHOLE, total), *(Node(block, n, WHOLE) for block, n in sums.items())]
    nodes += [_node(counted, cell, KNOWN_SUM + blocks.get(cell, cell[1])) for cell in types]
    return _cells(hidden(nodes, threshold, order))


def _places(counted: Mapping[CellKey, Counted], atlas: Atlas, blocks: Mapping[CellKey, str], total: int) -> list[Node]:
    """Lay out city, counties and townships as one tree."""
    counties = [(Dimension.COUNTY, code) for code in atlas.names[Dimension.COUNTY]]
    nodes = [Node(WHOLE, total), *(_node(counted, cell, WHOLE) for cell in counties)]
    for township, county in atlas.counties.items():
        cell = (Dimension.TOWNSHIP, township)
        nodes.append(_node(counted, cell, _key((Dimension.COUNTY, county)), blocks.get(cell, "")))
    return nodes


def _n(counted: Mapping[CellKey, Counted], cell: CellKey) -> int:
    return counted.get(cell, EMPTY).n


def _node(counted: Mapping[CellKey, Counted], cell: CellKey, parent: str, block: str = "") -> Node:
    return Node(_key(cell), _n(counted, cell), parent, block)


def _key(cell: CellKey) -> str:
    return f"{cell[0].value} {cell[1]}"


def _cells(keys: Iterable[str]) -> set[CellKey]:
    named = (key.split(" ", 1) for key in keys if key != WHOLE and not key.startswith(KNOWN_SUM))
    return {(Dimension(dimension), cell) for dimension, cell in named}


def _shown(
    metric: MetricDefinition,
    dimension: Dimension,
    cell: str,
    name: str,
    found: Counted,
    secret: frozenset[CellKey],
    threshold: int,
) -> Published:
    if (dimension, cell) in secret:
        return Published(dimension, cell, name, None, None, suppressed=True)
    value = rounded(metric.figure, found.value if metric.figure is not Figure.COUNT else float(found.n))
    n = found.n if metric.figure is Figure.COUNT else found.n - found.n % max(1, threshold)
    return Published(dimension, cell, name, value, n, suppressed=False)


def rounded(figure: Figure, value: float | None) -> float | None:
    """Round so that nobody can tell from the decimals how many observations there were; a share is 1 only if it is.

    The number of observations behind it is rounded down as well: two figures that count nearly the same people would
    otherwise tell how many were in one and not in the other.
    """
    if value is None:
        return None
    match figure:
        case Figure.SHARE if 0 < value < 1:
            return min(max(round(value, 2), 0.01), 0.99)
        case Figure.MEAN:
            return round(value, 1)
        case _:
            return float(round(value))
