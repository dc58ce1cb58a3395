"""The short way: a query that is known, by a caller who is known, wholly planned, is answered without the long one.

Whatever is unusual about a request (another address, an unknown document or caller, wrong input, a part that has no
plan, a browser of another origin) goes the long way unchanged. Both ways give the same answer and the same line in
the log; the short one leaves out the layers that decide what is decided already.
"""

import gzip
from collections.abc import Sequence
from functools import lru_cache
from time import perf_counter
from typing import Any, NamedTuple

import orjson
from graphql import OperationType
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from casework.kernel.ids import new_mark
from schema.callers import Known
from schema.documents import Operation
from schema.endpoint import GraphQLEndpoint, cost_told, note_actor, note_operation
from schema.errors import DoorError
from schema.middleware import CAUTION, SANE_ID, Tell
from schema.observation import Observation
from schema.reading.reader import Planned, Reader
from schema.transport import GRAPHQL_JSON, JSON, answer_type

PATH = "/graphql"
LEAST_COMPRESSED = 1024
COMPRESSION = 5
CONTENT_TYPES = frozenset({b"application/json", b"application/json; charset=utf-8", b"application/json;charset=utf-8"})
UNUSUAL = frozenset({b"origin", b"content-encoding", b"expect", b"x-http-method-override"})
STANDING = {
    media_type: (
        *((name.lower().encode(), value.encode()) for name, value in CAUTION.items()),
        (b"cache-control", b"no-store"),
        (b"content-type", f"{media_type}; charset=utf-8".encode()),
    )
    for media_type in (JSON, GRAPHQL_JSON)
}
"""The headers that all answers of a media type carry."""


class Heads(NamedTuple):
    """The headers that matter for the short way."""

    authorization: bytes
    reason: bytes | None
    accept: bytes
    correlation: bytes
    encodings: bytes


def heads_of(headers: Sequence[tuple[bytes, bytes]]) -> Heads | None:
    """Read the headers; None for a request that is unusual."""
    given = dict(headers)
    authorization = given.get(b"authorization")
    if not authorization or given.get(b"content-type") not in CONTENT_TYPES or not UNUSUAL.isdisjoint(given):
        return None
    if len(given) != len(headers) and [name for name, _ in headers].count(b"authorization") > 1:
        return None
    return Heads(
        authorization,
        given.get(b"x-access-reason"),
        given.get(b"accept", b"*/*"),
        given.get(b"x-correlation-id", b""),
        given.get(b"accept-encoding", b""),
    )


@lru_cache(maxsize=256)
def media_type_of(accept: bytes) -> str | None:
    """Choose the media type of the answer; None where the long way has to refuse."""
    try:
        return answer_type(accept.decode("latin-1"))
    except DoorError:
        return None


class Familiar(NamedTuple):
    """A request that can go the short way."""

    reader: Reader
    planned: Planned
    operation: Operation
    variables: dict[str, Any]
    cost: int
    limit: int


class SwiftDoor:
    """Stands before all other layers and lets what is known take the short way."""

    def __init__(self, app: ASGIApp, door: GraphQLEndpoint, tell: Tell) -> None:
        self.app, self.door, self.tell = app, door, tell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on as it came."""
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "POST" or not self.door.readers:
            await self.app(scope, receive, send)
            return
        started = perf_counter()
        heads = heads_of(scope["headers"])
        caller = None if heads is None else self.door.callers.fresh(heads.authorization, heads.reason)
        media_type = None if heads is None else media_type_of(heads.accept)
        if heads is None or caller is None or media_type is None:
            await self.app(scope, receive, send)
            return
        body, again = await whole_body(receive, self.door.body_limit)
        known = self._known(body, caller)
        seen = Observation(correlation_of(heads))
        answer = None if known is None else await self._answer(known, caller, seen, scope)
        if known is None or answer is None:
            await self.app(scope, again, send)
            return
        seen.outcome, seen.plan, seen.cost = "done", "whole", known.cost
        note_actor(seen, caller.actor)
        note_operation(seen, known.operation)
        try:
            await respond(send, written(answer, seen, known.limit), heads, media_type, seen.correlation_id)
        finally:
            self.tell(seen, "POST", PATH, 200, perf_counter() - started)

    def _known(self, body: bytes | None, caller: Known) -> Familiar | None:
        """Find the document, its operation and its plans; None for everything that is new or wrong."""
        asked = None if body is None else plainly_asked(body)
        if asked is None or caller.actor is None:
            return None
        text, name, variables = asked
        try:
            schema = self.door.schemas[caller.actor.kind]
            documents = schema.documents
            prepared, reader = documents.known(text), self.door.readers.get(schema)
            if prepared is None or reader is None or not self.door.admission.takes(text, caller.actor.kind, documents):
                return None
            operation = prepared.operation(name)
            planned = prepared.planned(operation, reader)
            if operation.kind is not OperationType.QUERY or planned is None:
                return None
            cost = prepared.cost(operation, variables)
            return Familiar(reader, planned, operation, variables, cost, documents.limits.cost)
        except (DoorError, KeyError):
            return None

    async def _answer(self, known: Familiar, caller: Known, seen: Observation, scope: Scope) -> dict[str, Any] | None:
        try:
            answer = await known.reader.read(
                known.planned, known.variables, caller, known.cost, seen.correlation_id, only_whole=True
            )
        except Exception as error:  # noqa: BLE001 - the long way says it, and does not ask the database once more
            scope.setdefault("state", {})["failed"] = error
            return None
        return None if answer is None else answer.data


def plainly_asked(body: bytes) -> tuple[str, str | None, dict[str, Any]] | None:
    """Read the text of the document, the operation's name and the variables; None for whatever is asked otherwise."""
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if type(given) is not dict or given.get("documentId") is not None or given.get("extensions") not in (None, {}):
        return None
    text, name, variables = given.get("query"), given.get("operationName"), given.get("variables")
    if type(text) is not str or not (name is None or type(name) is str):
        return None
    if variables is None:
        return text, name or None, {}
    return (text, name or None, variables) if type(variables) is dict else None


async def whole_body(receive: Receive, limit: int) -> tuple[bytes | None, Receive]:
    """Read a body, and give the way to read it again; None for one that is too long or was broken off."""
    messages: list[Message] = []
    size, more = 0, True
    while more:
        message = await receive()
        messages.append(message)
        size += len(message.get("body", b""))
        more = message["type"] == "http.request" and message.get("more_body", False) and size <= limit

    async def again() -> Message:
        return messages.pop(0) if messages else await receive()

    if size > limit or messages[-1]["type"] != "http.request":
        return None, again
    return b"".join([message.get("body", b"") for message in messages]), again


def correlation_of(heads: Heads) -> str:
    """Give the request's id: the caller's when it is sane, else a new one."""
    if not heads.correlation:
        return new_mark()
    given = heads.correlation.decode("latin-1")
    return given if SANE_ID.fullmatch(given) else new_mark()


def written(data: dict[str, Any], seen: Observation, limit: int) -> bytes:
    """Write the answer."""
    extensions = {**cost_told(seen, limit), "correlationId": seen.correlation_id}
    return orjson.dumps({"data": data, "extensions": extensions})


async def respond(send: Send, body: bytes, heads: Heads, media_type: str, correlation_id: str) -> None:
    """Send the answer, compressed where the caller likes that and it is worth it."""
    headers = [*STANDING[media_type], (b"x-correlation-id", correlation_id.encode())]
    if len(body) >= LEAST_COMPRESSED:
        headers.append((b"vary", b"Accept-Encoding"))
        if b"gzip" in heads.encodings:
            body = gzip.compress(body, COMPRESSION, mtime=0)
            headers.append((b"content-encoding", b"gzip"))
    headers.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
