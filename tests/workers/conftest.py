"""Small houses with real worker processes: a database of their own, and every broker that can be reached."""

import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pika
import pytest
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.brokers.redis import RedisBroker

from bangban.connections import Connections
from tests.conftest import NOT_TESTED
from tests.workers.house import SmallHouse
from workers.broker import BrokerSettings, broker_fault, make_broker

TENANTS = ("east", "west")
SERVICES = {
    "rabbitmq": ("BANGBAN_TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672"),
    "redis": ("BANGBAN_TEST_REDIS_URL", "redis://127.0.0.1:6379/0"),
}
SWIFT = {"heartbeat_seconds": 0.5, "dead_after_seconds": 2, "maintenance_seconds": 1, "pool_size": 10}


def settings_of(kind: str, database: Connections) -> BrokerSettings:
    """Address a broker, under a prefix that no other test uses."""
    variable, usual = SERVICES.get(kind, ("", ""))
    url = os.environ.get(variable, usual)
    return BrokerSettings(url, database.app_url, prefix=f"test{uuid4().hex[:8]}", **SWIFT)


def require(kind: str, settings: BrokerSettings) -> None:
    """Skip when a service is not there, unless it has to be."""
    broker = make_broker(settings)
    fault = broker_fault(broker)
    broker.close()
    if fault is None:
        return
    said = f"{kind} at {SERVICES[kind][0]} is not reachable ({fault})"
    if os.environ.get("BANGBAN_REQUIRE_SERVICES") == "1":
        pytest.fail(said)
    pytest.skip(f"{NOT_TESTED}{said}")


@pytest.fixture(
    params=[
        "postgresql",
        pytest.param("rabbitmq", marks=pytest.mark.server),
        pytest.param("redis", marks=pytest.mark.server),
    ]
)
def any_broker(request: pytest.FixtureRequest, fresh_database: Connections) -> Iterator[BrokerSettings]:
    settings = settings_of(request.param, fresh_database)
    if settings.url:
        require(request.param, settings)
    yield settings
    if settings.url:
        forget(settings)


def forget(settings: BrokerSettings) -> None:
    """Leave nothing of a test in a broker that others use too."""
    broker = make_broker(settings)
    if isinstance(broker, RedisBroker):
        for key in broker.client.scan_iter(f"{settings.prefix}*"):
            broker.client.delete(key)
    elif isinstance(broker, RabbitmqBroker):
        with suppress(pika.exceptions.AMQPError):
            for queue in ("events", "timers"):
                for ending in ("", ".DQ", ".XQ"):
                    broker.channel.queue_delete(f"{settings.prefix}.{queue}{ending}")
    broker.close()


@pytest.fixture
async def open_house(fresh_database: Connections) -> AsyncIterator[Callable[[BrokerSettings], SmallHouse]]:
    opened: list[SmallHouse] = []
    with tempfile.TemporaryDirectory(prefix="bangban-house-") as folder:

        def open_one(broker: BrokerSettings) -> SmallHouse:
            place = Path(folder, str(len(opened)))
            place.mkdir()
            opened.append(SmallHouse(place, fresh_database.app_url, broker, TENANTS, threads=2))
            return opened[-1]

        yield open_one
        for house in opened:
            await house.close()


@pytest.fixture
async def house(open_house: Callable[[BrokerSettings], SmallHouse], fresh_database: Connections) -> SmallHouse:
    """Open a house on PostgreSQL alone, with its tenants entered."""
    made = open_house(settings_of("postgresql", fresh_database))
    for tenant in made.tenants:
        await made.open_tenant(tenant)
    return made


@pytest.fixture
async def any_house(open_house: Callable[[BrokerSettings], SmallHouse], any_broker: BrokerSettings) -> SmallHouse:
    """Open a house on each broker in turn, with its tenants entered."""
    made = open_house(any_broker)
    for tenant in made.tenants:
        await made.open_tenant(tenant)
    return made
