"""What surrounds every request: its correlation id, its line in the log, headers of caution, and a last resort."""

import re
from collections.abc import Callable, Mapping
from time import perf_counter

import orjson
import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from casework.kernel.ids import new_mark
from schema.errors import MASKED, MASKED_ZH, log_failure
from schema.logs import write_access
from schema.observation import Observation, observation_of

SANE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
UNLOGGED = frozenset({"/healthz", "/readyz", "/metrics"})
CAUTION: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
}
Report = Callable[[Observation, int, float], None]
Tell = Callable[[Observation, str, str, int, float], None]
"""Told of each answered request: what was seen, method, path, status and seconds."""


def telling(report: Report) -> Tell:
    """Give what tells the log and the metrics of a request; neither knows documents or variables."""

    def tell(seen: Observation, method: str, path: str, status: int, seconds: float) -> None:
        write_access(
            correlation_id=seen.correlation_id,
            method=method,
            path=path,
            status=status,
            ms=round(seconds * 1000, 1),
            operation=seen.operation,
            kind=seen.kind,
            outcome=seen.outcome,
            codes=seen.codes,
            cost=seen.cost,
            plan=seen.plan,
            tenant=seen.tenant,
            actor_kind=seen.actor_kind,
        )
        report(seen, status, seconds)

    return tell


class Correlation:
    """Gives every request a correlation id: the caller's when it is sane, else a new one; answers carry it back."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Bind the id for the request and for everything it logs."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("X-Correlation-Id", "")
        correlation_id = given if SANE_ID.fullmatch(given) else new_mark()
        scope.setdefault("state", {})["observation"] = Observation(correlation_id)

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Correlation-Id"] = correlation_id
            await send(message)

        with structlog.contextvars.bound_contextvars(correlation_id=correlation_id):
            await self.app(scope, receive, send_with_id)


class AccessLog:
    """Tells of each request that it was answered, with its status and its time."""

    def __init__(self, app: ASGIApp, tell: Tell) -> None:
        self.app = app
        self.tell = tell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Time a request and note its status."""
        if scope["type"] != "http" or scope["path"] in UNLOGGED:
            await self.app(scope, receive, send)
            return
        started, statuses = perf_counter(), [0]

        async def send_noting_status(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses[0] = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_noting_status)
        finally:
            seconds = perf_counter() - started
            self.tell(observation_of(scope), scope["method"], scope["path"], statuses[0], seconds)


class Caution:
    """Adds the security headers that an answer does not set itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to the start of the answer."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in CAUTION.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class LastResort:
    """Masks what escaped every other handler, so that no traceback and no message of an exception leaves the house."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 500 with the correlation id, unless the answer has already begun."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = [False]

        async def send_noting_start(message: Message) -> None:
            begun[0] = True
            await send(message)

        try:
            await self.app(scope, receive, send_noting_start)
        except Exception as error:  # noqa: BLE001 - the last handler there is
            seen = observation_of(scope)
            seen.outcome = "failed"
            log_failure(error, seen.correlation_id, http_path=scope["path"])
            if not begun[0]:
                await masked_answer(seen.correlation_id)(scope, receive, send)


def masked_answer(correlation_id: str) -> Response:
    """Answer that something went wrong, and under which id it can be found."""
    told = {"code": "INTERNAL", "messageZh": MASKED_ZH, "correlationId": correlation_id}
    body = orjson.dumps({"errors": [{"message": MASKED, "extensions": told}]})
    return Response(body, 500, media_type="application/json")
