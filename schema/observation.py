"""What one request turned out to be, noted by the endpoint for the access log and the metrics."""

from dataclasses import dataclass

from starlette.types import Scope


@dataclass(slots=True)
class Observation:
    """Facts of one request that may be logged: never the document and never its variables."""

    correlation_id: str
    operation: str | None = None
    kind: str | None = None
    outcome: str | None = None
    tenant: str | None = None
    actor_kind: str | None = None
    cost: int | None = None
    codes: tuple[str, ...] = ()
    plan: str | None = None
    """"whole" when a plan answered all of it, "part" when the executor answered the rest, None without a plan."""


def observation_of(scope: Scope) -> Observation:
    """Give the observation of a request; the correlation middleware put it there."""
    found: Observation = scope["state"]["observation"]
    return found
