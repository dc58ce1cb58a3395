"""The broker: a wake-up between the outbox and the workers; PostgreSQL by default, RabbitMQ or Redis by address."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import dramatiq
import pika  # type: ignore[import-untyped]
import structlog
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware import Middleware, Retries, TimeLimit
from dramatiq_postgres import PostgresBroker
from psycopg.conninfo import conninfo_to_dict

log = structlog.get_logger("bangban.workers")

DRIVER = re.compile(r"^postgres(ql)?(\+\w+)?://")
MAINTENANCE_PER_MILLION = 300_000
REACH_SECONDS = 3


@dataclass(frozen=True)
class BrokerSettings:
    """Where the broker is and how soon it notices dead workers.

    An empty `url` means PostgreSQL at `pg_url` (a URL or a libpq connection string of the program's role). `prefix`
    keeps two houses apart that share one RabbitMQ or Redis.
    """

    url: str
    pg_url: str
    prefix: str = "bangban"
    heartbeat_seconds: float = 2
    dead_after_seconds: float = 8
    maintenance_seconds: float = 4
    pool_size: int = 16
    time_limit_ms: int = 60_000


def make_broker(settings: BrokerSettings) -> dramatiq.Broker:
    """Make the broker that the settings name; nothing is connected yet."""
    if not settings.url:
        return _postgres(settings)
    scheme = urlsplit(settings.url).scheme
    if scheme in {"amqp", "amqps"}:
        return _rabbitmq(settings)
    if scheme in {"redis", "rediss"}:
        return _redis(settings)
    raise ValueError("a broker address begins with amqp://, amqps://, redis:// or rediss://")


def broker_fault(broker: dramatiq.Broker) -> str | None:
    """Try the broker and tell what is wrong with it; None means that it answers."""
    try:
        _try(broker)
    except Exception as error:  # noqa: BLE001 - every way to be out of reach is an answer here
        return type(error).__name__
    return None


def broker_reachable(broker: dramatiq.Broker) -> bool:
    """Tell whether the broker answers."""
    return broker_fault(broker) is None


def broker_warning(broker: dramatiq.Broker) -> str | None:
    """Tell when an answering broker may forget messages; the outbox sends them again, but late."""
    if isinstance(broker, RedisBroker) and not broker.client.info("persistence").get("aof_enabled"):
        return "Redis runs without an append-only file: a restart loses wake-ups. Set `appendonly yes`."
    return None


def _middleware(settings: BrokerSettings) -> list[Middleware]:
    """Retry what the outbox cannot count (an unreachable database), soon and seldom; the sweeper does the rest."""
    return [
        TimeLimit(time_limit=settings.time_limit_ms),
        Retries(max_retries=3, min_backoff=200, max_backoff=5_000),
    ]


def _postgres(settings: BrokerSettings) -> dramatiq.Broker:
    parts: dict[str, Any] = conninfo_to_dict(DRIVER.sub("postgresql://", settings.pg_url))
    broker: dramatiq.Broker = PostgresBroker(
        url={**parts, "maxconn": settings.pool_size},
        results=False,
        heartbeat_interval=settings.heartbeat_seconds,
        heartbeat_ttl=settings.dead_after_seconds,
        maintenance_interval=settings.maintenance_seconds,
        middleware=_middleware(settings),
    )
    return broker


def _rabbitmq(settings: BrokerSettings) -> dramatiq.Broker:
    # A server that blocks publishers (memory alarm) must not hold the sender for ever.
    patience = {"blocked_connection_timeout": "10", "socket_timeout": "5", "heartbeat": "30"}
    return RabbitmqBroker(
        url=_with_defaults(settings.url, patience), confirm_delivery=True, middleware=_middleware(settings)
    )


def _redis(settings: BrokerSettings) -> dramatiq.Broker:
    patience = {"socket_timeout": "10", "socket_connect_timeout": "5"}
    return RedisBroker(  # type: ignore[no-untyped-call]
        url=_with_defaults(settings.url, patience),
        namespace=settings.prefix,
        maintenance_chance=MAINTENANCE_PER_MILLION,
        heartbeat_timeout=int(settings.dead_after_seconds * 1000),
        middleware=_middleware(settings),
    )


def _with_defaults(url: str, defaults: dict[str, str]) -> str:
    parts = urlsplit(url)
    query = {**defaults, **dict(parse_qsl(parts.query))}
    return urlunsplit(parts._replace(query=urlencode(query)))


def _try(broker: dramatiq.Broker) -> None:
    if isinstance(broker, RedisBroker):
        broker.client.ping()
    elif isinstance(broker, RabbitmqBroker):
        pika.BlockingConnection(broker.parameters).close()
    elif isinstance(broker, PostgresBroker):
        with broker.pool.connection(timeout=REACH_SECONDS) as connection:
            connection.execute("SELECT count(*) FROM (SELECT FROM dramatiq.queue LIMIT 1) AS any_message")
