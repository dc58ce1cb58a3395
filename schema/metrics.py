"""Figures for operators: how many operations, how long, how they ended, and what waits in the outbox."""

from collections.abc import Awaitable, Callable

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.requests import Request
from starlette.responses import Response

from schema.errors import log_failure
from schema.observation import Observation, observation_of

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
Backlog = Callable[[], Awaitable[float]]


class Metrics:
    """The figures of one process; labels are closed sets, never names that a caller chose."""

    def __init__(self, outbox_backlog: Backlog | None = None) -> None:
        self._backlog = outbox_backlog
        self.registry = CollectorRegistry()
        self._statuses: dict[int, Counter] = {}
        self._outcomes: dict[tuple[str, str], tuple[Counter, Histogram]] = {}
        self._requests = Counter(
            "bangban_http_requests", "HTTP requests by status.", ("status",), registry=self.registry
        )
        self._operations = Counter(
            "bangban_graphql_operations",
            "GraphQL operations by kind and outcome.",
            ("kind", "outcome"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "bangban_graphql_seconds",
            "Duration of GraphQL operations.",
            ("kind", "outcome"),
            registry=self.registry,
            buckets=BUCKETS,
        )
        self._waiting = Gauge(
            "bangban_outbox_backlog", "Events that wait in the outbox; -1 when unknown.", registry=self.registry
        )

    def report(self, seen: Observation, status: int, seconds: float) -> None:
        """Count one request."""
        self._of_status(status).inc()
        if seen.outcome is not None:
            operations, duration = self._of_outcome(seen.kind or "none", seen.outcome)
            operations.inc()
            duration.observe(seconds)

    def _of_status(self, status: int) -> Counter:
        if status not in self._statuses:
            self._statuses[status] = self._requests.labels(str(status))
        return self._statuses[status]

    def _of_outcome(self, kind: str, outcome: str) -> tuple[Counter, Histogram]:
        if (kind, outcome) not in self._outcomes:
            labelled = (self._operations.labels(kind, outcome), self._seconds.labels(kind, outcome))
            self._outcomes[kind, outcome] = labelled
        return self._outcomes[kind, outcome]

    async def scrape(self, request: Request) -> Response:
        """Answer `/metrics` in the format of Prometheus."""
        if self._backlog is not None:
            try:
                self._waiting.set(await self._backlog())
            except Exception as error:  # noqa: BLE001 - figures must stay readable while the database is away
                log_failure(error, observation_of(request.scope).correlation_id)
                self._waiting.set(-1)
        return Response(generate_latest(self.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
