"""One statement for one metric: its observations, placed, and counted as a whole and by each breakdown."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Float, Select, Text, Uuid, cast, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from casework.reporting.atlas import Atlas
from casework.reporting.metrics import PLACES, Dimension, Figure, MetricDefinition
from casework.reporting.publish import WHOLE, CellKey, Counted

COLUMNS = {
    Dimension.COUNTY: "county",
    Dimension.TOWNSHIP: "township",
    Dimension.UNIT_TYPE: "unit_type",
    Dimension.STATE: "state",
    Dimension.KIND: "kind",
}


async def tabulate(
    session: AsyncSession, metric: MetricDefinition, facts: Select[Any], atlas: Atlas, breakdowns: Iterable[Dimension]
) -> Mapping[CellKey, Counted]:
    """Count the observations of a metric; a breakdown in which nothing happened has no cells yet."""
    asked = tuple(breakdowns)
    rows = (await session.execute(_statement(metric.figure, facts, atlas, asked))).all()
    return {_cell(row, asked): Counted(int(row.n), None if row.value is None else float(row.value)) for row in rows}


def _statement(figure: Figure, facts: Select[Any], atlas: Atlas, asked: tuple[Dimension, ...]) -> Select[Any]:
    observed = facts.subquery("observed")
    placed = _placed(atlas)
    columns: dict[Dimension, ColumnElement[Any]] = {
        dimension: (placed if dimension in PLACES else observed).c[COLUMNS[dimension]] for dimension in asked
    }
    grouped = [func.grouping(column).label(f"without_{COLUMNS[each]}") for each, column in columns.items()]
    sets = func.grouping_sets(tuple_(), *(tuple_(column) for column in columns.values()))
    return (
        select(
            *columns.values(), *grouped, func.count().label("n"), _aggregate(figure, observed.c.value).label("value")
        )
        .select_from(observed)
        .join(placed, placed.c.unit_id == observed.c.unit_id)
        .group_by(sets)
    )


def _placed(atlas: Atlas) -> Any:
    """The map of the city as a table of the statement."""
    ids = literal([place.unit_id for place in atlas.places], ARRAY(Uuid))
    cells = (literal([place.cell(dimension) for place in atlas.places], ARRAY(Text)) for dimension in PLACES)
    names = ("unit_id", *(COLUMNS[dimension] for dimension in PLACES))
    return func.unnest(ids, *cells).table_valued(*names).render_derived(name="placed")


def _aggregate(figure: Figure, value: ColumnElement[Any]) -> ColumnElement[Any]:
    match figure:
        case Figure.COUNT:
            return cast(func.count(), Float)
        case Figure.MEDIAN:
            return func.percentile_cont(0.5).within_group(value.asc())
        case _:
            return func.avg(value)


def _cell(row: Any, asked: tuple[Dimension, ...]) -> CellKey:
    for dimension in asked:
        if getattr(row, f"without_{COLUMNS[dimension]}") == 0:
            return dimension, str(getattr(row, COLUMNS[dimension]))
    return Dimension.TENANT, WHOLE
