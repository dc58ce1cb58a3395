"""GraphQL over HTTP, the part before GraphQL: which media type is wanted, and what the body or the address says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from starlette.requests import Request

from schema.errors import DoorError

JSON = "application/json"
GRAPHQL_JSON = "application/graphql-response+json"
PARAMETERS = ("query", "documentId", "operationName", "variables", "extensions")


@dataclass(frozen=True)
class GraphQLRequest:
    """The parameters of a GraphQL request; `query` is empty where the document is named by its hash alone."""

    query: str
    operation_name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict)
    extensions: Mapping[str, Any] = field(default_factory=dict)
    document_id: Any = None


def media_ranges(accept: str) -> list[tuple[str, float]]:
    """Read an Accept header into media ranges with their weights."""
    ranges = []
    for part in accept.split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip().lower() == "q":
                weight = float(value) if value.replace(".", "", 1).isdigit() else 0.0
        if name:
            ranges.append((name.lower(), weight))
    return ranges


def answer_type(accept: str | None) -> str:
    """Choose the media type of the answer; a caller who names none gets plain JSON, as older clients expect."""
    ranges = dict(media_ranges(accept or "*/*"))
    anything = max(ranges.get("*/*", 0.0), ranges.get("application/*", 0.0))
    modern, plain = ranges.get(GRAPHQL_JSON, 0.0), ranges.get(JSON, anything)
    if modern > 0 and modern >= plain:
        return GRAPHQL_JSON
    if plain > 0:
        return JSON
    raise DoorError(
        "NOT_ACCEPTABLE",
        f"This address answers {GRAPHQL_JSON} or {JSON}.",
        f"本接口仅返回{GRAPHQL_JSON}或{JSON}。",
        status=406,
    )


def check_content_type(request: Request) -> None:
    """Demand a JSON body in UTF-8 that is not compressed."""
    given, *parameters = (part.strip().lower() for part in request.headers.get("Content-Type", "").split(";"))
    charsets = {part.partition("=")[2].strip('"') for part in parameters if part.startswith("charset=")}
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if given != JSON or charsets - {"utf-8", "utf8"} or encoding != "identity":
        raise DoorError(
            "UNSUPPORTED_MEDIA_TYPE",
            f"Send the request as {JSON} in UTF-8, not compressed.",
            f"请以UTF-8编码的{JSON}发送请求,不要压缩。",
            status=415,
        )


async def read_body(request: Request, limit: int) -> bytes:
    """Read a body, stopping as soon as it is longer than the limit."""
    announced = request.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) > limit:
        raise body_too_large(limit)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise body_too_large(limit)
    return bytes(body)


def body_too_large(limit: int) -> DoorError:
    """Refuse a body that is longer than the office reads."""
    return DoorError(
        "BODY_TOO_LARGE",
        f"The body is longer than {limit} bytes.",
        f"请求体超过{limit}字节。",
        status=413,
        limit="body",
        allowed=limit,
    )


def malformed(message: str, message_zh: str) -> DoorError:
    """Refuse a request that is not one GraphQL request."""
    return DoorError("BAD_REQUEST", message, message_zh)


def load_json(text: str | bytes, what: str) -> Any:
    """Read JSON, without repeating it when it is broken."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise malformed(
            f"{what} is not JSON (line {error.lineno}, column {error.colno}).", "请求内容不是有效的JSON。"
        ) from None


async def read_request(request: Request, body_limit: int) -> GraphQLRequest:
    """Read the GraphQL request from the body of a POST or from the address of a GET."""
    if request.method == "GET":
        given: Any = {name: request.query_params[name] for name in PARAMETERS if name in request.query_params}
        for name in ("variables", "extensions"):
            if name in given:
                given[name] = load_json(given[name] or "null", name)
        return checked(given)
    check_content_type(request)
    return checked(load_json(await read_body(request, body_limit), "The body"))


def checked(given: Any) -> GraphQLRequest:
    """Check the shape of a GraphQL request."""
    if isinstance(given, list):
        raise DoorError(
            "BATCHING_NOT_SUPPORTED",
            "Send one operation per request; batches are not read.",
            "每次请求只能包含一个操作。",
        )
    if not isinstance(given, dict):
        raise malformed("The body must be a JSON object.", "请求体须为JSON对象。")
    query, name = given.get("query"), given.get("operationName")
    document_id = given.get("documentId")
    if not query and names_a_document(given):
        query = ""
    elif not isinstance(query, str) or not query.strip():
        raise malformed("`query` must be the text of a GraphQL document.", "缺少query或其不是文本。")
    if name is not None and not isinstance(name, str):
        raise malformed("`operationName` must be a text or null.", "operationName须为文本。")
    for part in ("variables", "extensions"):
        if not isinstance(given.get(part), (dict, type(None))):
            raise malformed(f"`{part}` must be an object or null.", f"{part}须为对象。")
    return GraphQLRequest(query, name or None, given.get("variables") or {}, given.get("extensions") or {}, document_id)


def names_a_document(given: Mapping[str, Any]) -> bool:
    """Tell whether a request names its document by a hash, in either of the two ways in use."""
    extensions = given.get("extensions")
    return given.get("documentId") is not None or (isinstance(extensions, dict) and "persistedQuery" in extensions)
