"""The address decides which broker it is; what is wrong with it is said without stopping anybody."""

import pytest
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.brokers.redis import RedisBroker
from dramatiq_postgres import PostgresBroker

from bangban.connections import Connections
from workers.broker import BrokerSettings, broker_fault, broker_reachable, broker_warning, make_broker

NOWHERE = "postgresql+psycopg://bangban_app@127.0.0.1:1/bangban"


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("", PostgresBroker),
        ("amqp://guest:guest@127.0.0.1:1", RabbitmqBroker),
        ("amqps://guest:guest@127.0.0.1:1/house", RabbitmqBroker),
        ("redis://127.0.0.1:1/0", RedisBroker),
        ("rediss://127.0.0.1:1/0", RedisBroker),
    ],
)
def test_the_address_decides_and_nothing_is_connected_yet(url: str, kind: type) -> None:
    broker = make_broker(BrokerSettings(url, NOWHERE))
    assert isinstance(broker, kind)
    broker.close()


def test_an_address_of_no_known_kind_is_refused_with_what_would_be_right() -> None:
    with pytest.raises(ValueError, match="begins with amqp://"):
        make_broker(BrokerSettings("kafka://127.0.0.1", NOWHERE))


@pytest.mark.parametrize("url", ["amqp://guest:guest@127.0.0.1:1", "redis://127.0.0.1:1/0"])
def test_a_broker_that_is_away_is_named_by_the_kind_of_fault(url: str) -> None:
    broker = make_broker(BrokerSettings(url, NOWHERE))
    assert not broker_reachable(broker)
    assert broker_fault(broker) in {"AMQPConnectionError", "ConnectionError"}
    broker.close()


def test_postgresql_is_reached_by_url_and_by_libpq_string(database: Connections) -> None:
    for address in (database.app_url, database.dsn("app")):
        broker = make_broker(BrokerSettings("", address))
        assert broker_fault(broker) is None
        broker.close()


def test_rabbitmq_confirms_what_it_took_and_gives_up_on_a_blocked_connection() -> None:
    broker = make_broker(BrokerSettings("amqp://guest:guest@127.0.0.1:1/?heartbeat=7", NOWHERE))
    assert isinstance(broker, RabbitmqBroker)
    assert broker.confirm_delivery
    assert (broker.parameters.blocked_connection_timeout, broker.parameters.heartbeat) == (10, 7)


def test_redis_without_an_append_only_file_is_warned_about(monkeypatch: pytest.MonkeyPatch) -> None:
    broker = make_broker(BrokerSettings("redis://127.0.0.1:1/0", NOWHERE, prefix="house"))
    assert isinstance(broker, RedisBroker)
    assert broker.namespace == "house"
    monkeypatch.setattr(broker.client, "info", lambda section: {"aof_enabled": 0})
    assert "appendonly" in (broker_warning(broker) or "")
    monkeypatch.setattr(broker.client, "info", lambda section: {"aof_enabled": 1})
    assert broker_warning(broker) is None


async def test_a_reachable_broker_of_any_kind_has_no_fault(any_broker: BrokerSettings) -> None:
    broker = make_broker(any_broker)
    assert broker_fault(broker) is None
    broker.close()
