"""Is the process alive, and is it ready to serve: asked by supervisors and load balancers."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import orjson
from starlette.requests import Request
from starlette.responses import Response

from schema.errors import log_failure
from schema.observation import observation_of

PATIENCE_SECONDS = 2.0
Check = Callable[[], Awaitable[str | None]]


@dataclass(frozen=True)
class Health:
    """The checks of readiness by name; a check answers None when all is well, else what is wrong and what to do."""

    checks: Mapping[str, Check]

    async def alive(self, _request: Request) -> Response:
        """Answer that the process runs; says nothing about what it depends on."""
        return told({"status": "alive"}, 200)

    async def ready(self, request: Request) -> Response:
        """Answer whether everything that the office depends on is there."""
        correlation_id = observation_of(request.scope).correlation_id
        found = await asyncio.gather(*(examine(check, correlation_id) for check in self.checks.values()))
        problems = {name: problem for name, problem in zip(self.checks, found, strict=True) if problem is not None}
        states = {name: problems.get(name, "ok") for name in self.checks}
        return told({"status": "not ready" if problems else "ready", "checks": states}, 503 if problems else 200)


async def examine(check: Check, correlation_id: str) -> str | None:
    """Run one check; one that takes too long or fails is a problem, told without its inner message."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await check()
    except TimeoutError:
        return f"no answer within {PATIENCE_SECONDS:g} s"
    except Exception as error:  # noqa: BLE001 - every failure of a check is an answer
        log_failure(error, correlation_id)
        return f"check failed ({type(error).__name__}), see the log under {correlation_id}"


def told(body: dict[str, object], status: int) -> Response:
    """Answer in JSON that no cache keeps."""
    return Response(orjson.dumps(body), status, media_type="application/json", headers={"Cache-Control": "no-store"})
