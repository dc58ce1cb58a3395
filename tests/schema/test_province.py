"""The province's side of the API: figures with their rules, "no rule", hidden cells, and no way to a person (S-X-04)."""

import random
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from graphql import GraphQLObjectType

from authz.actor import Actor, ActorKind
from bangban.connections import Connections
from casework.kernel.database import Database
from casework.reporting.period import Period
from casework.reporting.take_snapshot import TakeSnapshot, take_snapshot
from schema.build import DoorSchema, build_schema
from schema.context import RequestContext
from schema.errors import shown
from schema.province import FiguresQuery
from tests.casework.feedback.founding import founder
from tests.casework.feedback.town import Town, local
from tests.casework.reporting.history import live, populate

SUPERVISOR = Actor(ActorKind.PROVINCE, None, "supervisor", province="37")
MARCH = 'period: {first: "2025-03-01", last: "2025-03-31"}'


@pytest.fixture(scope="module")
def schema() -> DoorSchema:
    return build_schema(FiguresQuery)


@pytest.fixture
async def province(database: Connections) -> AsyncIterator[Database]:
    pool = Database.connect(database.province_url, pool_size=2)
    yield pool
    await pool.close()


@pytest.fixture
async def towns(database: Connections) -> AsyncIterator[tuple[Town, Town]]:
    async with founder(database) as found:
        made = await found("taian"), await found("zaozhuang")
        for town in made:
            await populate(town)
            town.clock.instant = local("2025-04-02T08:00")
            await live(town, random.Random(7), 120).write(town)
            march = Period(date(2025, 3, 1), date(2025, 3, 31))
            await town.do(town.system, take_snapshot, TakeSnapshot(march))
        yield made


async def ask(
    schema: DoorSchema, town: Town, province: Database | None, query: str, actor: Actor | None = SUPERVISOR
) -> Any:
    context = RequestContext(town.office, actor, None, "test", province=province)
    return await schema.execute(query, context_value=context)


@pytest.mark.rule("TA-15-2", "ZZ-7.1-1")
async def test_a_supervisor_compares_two_cities(
    schema: DoorSchema, towns: tuple[Town, Town], province: Database
) -> None:
    taian, zaozhuang = towns
    query = f"""{{ compareCities(
        metrics: ["cases_received", "median_response", "response_within_limit"],
        {MARCH}, tenants: ["{taian.tenant}", "{zaozhuang.tenant}"]
    ) {{ metric {{ code nameZh kind unit needsRule dimensions }} comparable
         cities {{ tenant value n suppressed noRule legalStatus computedAt rules {{ id article source {{ titleZh }} }} }} }} }}"""
    result = await ask(schema, taian, province, query)
    assert result.errors is None
    received, median, limit = result.data["compareCities"]
    assert received["metric"]["dimensions"] == ["TENANT", "COUNTY", "TOWNSHIP", "UNIT_TYPE", "STATE", "KIND"]
    assert all(city["value"] == city["n"] > 0 for city in received["cities"])
    assert (median["comparable"], limit["comparable"]) == (True, False)
    at_taian, at_zaozhuang = limit["cities"]
    assert (at_taian["tenant"], at_taian["noRule"], at_taian["legalStatus"]) == (taian.tenant, False, "REGULATION")
    assert at_taian["rules"] == [
        {"id": "TA-15-2", "article": "Art.15(1)", "source": {"titleZh": "泰安市政务服务帮办代办工作实施细则"}}
    ]
    assert at_taian["computedAt"] == "2025-04-02T08:00:00+08:00"
    assert (at_zaozhuang["noRule"], at_zaozhuang["value"], at_zaozhuang["rules"]) == (True, None, [])


async def test_small_cells_are_null(schema: DoorSchema, towns: tuple[Town, Town], province: Database) -> None:
    query = f"""{{ cells(tenant: "{towns[0].tenant}", metric: "cases_received", dimension: TOWNSHIP, {MARCH})
        {{ cell nameZh value n suppressed }} }}"""
    result = await ask(schema, towns[0], province, query)
    cells = result.data["cells"]
    hidden = [cell for cell in cells if cell["suppressed"]]
    assert len(hidden) >= 2
    assert all(cell["value"] is None and cell["n"] is None for cell in hidden)
    assert all(cell["n"] == 0 or cell["n"] >= 10 for cell in cells if not cell["suppressed"])


async def test_cities_and_metrics_are_listed(schema: DoorSchema, towns: tuple[Town, Town], province: Database) -> None:
    query = "{ cities { tenant nameZh nameEn adminLevel periods { first last } } metrics { code formula } }"
    result = await ask(schema, towns[0], province, query)
    mine = {city["tenant"]: city for city in result.data["cities"]}
    assert mine[towns[0].tenant]["periods"] == [{"first": "2025-03-01", "last": "2025-03-31"}]
    assert mine[towns[1].tenant]["nameEn"] == "Zaozhuang Citizen Centre"
    assert len(result.data["metrics"]) == 10


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (f'{{ compareCities(metrics: ["rank"], {MARCH}) {{ comparable }} }}', "INVALID_INPUT"),
        (f'{{ compareCities(metrics: [], {MARCH}, tenants: ["atlantis"]) {{ comparable }} }}', "NOT_FOUND"),
        (
            '{ compareCities(metrics: [], period: {first: "2025-03-01", last: "2025-04-30"}) { comparable } }',
            "INVALID_INPUT",
        ),
    ],
)
async def test_bad_input_is_refused_with_a_code(
    schema: DoorSchema, towns: tuple[Town, Town], province: Database, query: str, code: str
) -> None:
    result = await ask(schema, towns[0], province, query)
    found = shown(result.errors[0])
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    "field", ["cities { tenant }", "metrics { code }", f"compareCities(metrics: [], {MARCH}) {{ comparable }}"]
)
async def test_nobody_but_a_supervisor_is_served(
    schema: DoorSchema, towns: tuple[Town, Town], province: Database, field: str
) -> None:
    staff = await towns[0].staff("city", "city_supervisor")
    for actor, code in ((staff, "FORBIDDEN"), (None, "UNAUTHENTICATED")):
        result = await ask(schema, towns[0], province, f"{{ {field} }}", actor)
        found = shown(result.errors[0])
        assert found is not None
        assert found.code == code
    without_database = await ask(schema, towns[0], None, f"{{ {field} }}")
    assert without_database.errors


def test_the_schema_knows_no_person_and_no_case(schema: DoorSchema) -> None:
    types = {name for name in schema._schema.type_map if not name.startswith("__")}
    assert types == {
        "Boolean", "City", "CityMetric", "Comparison", "DateTime", "Dimension", "FigureKind", "FiguresQuery", "Float", "Int",
        "LegalStatus", "LocalDate", "Metric", "MetricCell", "Month", "MonthInput", "Rule", "RuleForce", "RuleSource", "String",
    }  # fmt: skip
    assert schema._schema.mutation_type is None


def test_every_type_field_and_argument_says_what_it_is(schema: DoorSchema) -> None:
    for name, kind in schema._schema.type_map.items():
        if isinstance(kind, GraphQLObjectType) and not name.startswith("__"):
            assert kind.description, name
            for field_name, field in kind.fields.items():
                assert field.description, f"{name}.{field_name}"
                assert all(argument.description for argument in field.args.values()), f"{name}.{field_name}"
