"""Figures for operators: how many operations, how long, how they ended, and what waits in the outbox."""

from bisect import bisect_left
from collections.abc import Awaitable, Callable, Iterator
from itertools import accumulate

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString
from starlette.requests import Request
from starlette.responses import Response

from schema.errors import log_failure
from schema.observation import Observation, observation_of

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
Backlog = Callable[[], Awaitable[float]]


class Durations:
    """How long operations of one kind and outcome took: how many ended within each bucket, and all seconds."""

    def __init__(self) -> None:
        self.within = [0] * (len(BUCKETS) + 1)
        self.total = 0.0

    def add(self, seconds: float) -> None:
        """Add one operation."""
        self.within[bisect_left(BUCKETS, seconds)] += 1
        self.total += seconds

    def cumulated(self) -> list[tuple[str, float]]:
        """Give the buckets as Prometheus reads them: each with all that ended within its bound."""
        bounds = (*map(floatToGoString, BUCKETS), "+Inf")
        return list(zip(bounds, accumulate(self.within), strict=True))


class Metrics(Collector):
    """The figures of one process; labels are closed sets, never names that a caller chose.

    A request adds to plain numbers; what Prometheus reads is made of them when it asks.
    """

    def __init__(self, outbox_backlog: Backlog | None = None) -> None:
        self._backlog = outbox_backlog
        self.registry = CollectorRegistry()
        self._requests: dict[int, int] = {}
        self._seconds: dict[tuple[str, str], Durations] = {}
        self.registry.register(self)
        self._waiting = Gauge(
            "bangban_outbox_backlog", "Events that wait in the outbox; -1 when unknown.", registry=self.registry
        )

    def report(self, seen: Observation, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests[status] = self._requests.get(status, 0) + 1
        if seen.outcome is not None:
            key = (seen.kind or "none", seen.outcome)
            durations = self._seconds.get(key)
            if durations is None:
                durations = self._seconds[key] = Durations()
            durations.add(seconds)

    def collect(self) -> Iterator[Metric]:
        """Give the figures of requests and operations."""
        requests = CounterMetricFamily("bangban_http_requests", "HTTP requests by status.", labels=("status",))
        for status, number in self._requests.items():
            requests.add_metric((str(status),), number)
        labels = ("kind", "outcome")
        operations = CounterMetricFamily(
            "bangban_graphql_operations", "GraphQL operations by kind and outcome.", labels=labels
        )
        lasting = HistogramMetricFamily("bangban_graphql_seconds", "Duration of GraphQL operations.", labels=labels)
        for key, durations in self._seconds.items():
            operations.add_metric(key, sum(durations.within))
            lasting.add_metric(key, durations.cumulated(), durations.total)
        return iter((requests, operations, lasting))

    async def scrape(self, request: Request) -> Response:
        """Answer `/metrics` in the format of Prometheus."""
        if self._backlog is not None:
            try:
                self._waiting.set(await self._backlog())
            except Exception as error:  # noqa: BLE001 - figures must stay readable while the database is away
                log_failure(error, observation_of(request.scope).correlation_id)
                self._waiting.set(-1)
        return Response(generate_latest(self.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
