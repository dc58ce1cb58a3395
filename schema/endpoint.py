"""`/graphql`: one request in, one document prepared, one operation carried out, one answer back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import DocumentNode, FieldNode, GraphQLError, OperationType
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry.types import ExecutionResult

from authz.actor import Actor, ActorKind
from casework.kernel.database import Database
from casework.kernel.work import Office
from schema.build import DoorSchema
from schema.callers import Callers, Known
from schema.context import RequestContext
from schema.documents import Operation, Prepared
from schema.errors import DoorError, formatted, invalid_document, log_failure, unauthenticated
from schema.observation import Observation, observation_of
from schema.persisted import Admission
from schema.reading.plan import Plan
from schema.reading.reader import Answer, Reader
from schema.replay import tell_first_answers
from schema.transport import JSON, GraphQLRequest, answer_type, read_request

READABLE_HEADERS = ("accept-language", "user-agent")
LONGEST_NAME = 80
EXECUTED = {OperationType.QUERY: "query", OperationType.MUTATION: "mutation"}


@dataclass(frozen=True)
class GraphQLEndpoint:
    """The GraphQL door; each kind of actor is served by its own schema, callers without a token by that of None."""

    office: Office
    schemas: Mapping[ActorKind | None, DoorSchema]
    callers: Callers
    body_limit: int = 1_000_000
    province: Database | None = None
    readers: Mapping[DoorSchema, Reader] = field(default_factory=dict)
    admission: Admission = field(default_factory=Admission)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        response = await self.answer(Request(scope, receive))
        await response(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        """Answer a request, whatever is wrong with it."""
        seen = observation_of(request.scope)
        media_type = JSON
        try:
            check_method(request)
            media_type = answer_type(request.headers.get("Accept"))
            return await self._carry_out(request, seen, media_type)
        except DoorError as error:
            return refusal(error, seen, media_type)
        except Exception as error:  # noqa: BLE001 - nothing may leave this door unmasked
            log_failure(error, seen.correlation_id)
            return failure(error, seen, media_type)

    async def _carry_out(self, request: Request, seen: Observation, media_type: str) -> Response:
        failed: Exception | None = request.scope["state"].get("failed")
        if failed is not None:
            raise failed
        asked = await read_request(request, self.body_limit)
        caller = await self.callers.identify(request.headers)
        note_actor(seen, caller.actor)
        schema = self._schema_for(caller.actor)
        asked, prepared = self.admission.prepare(asked, caller.actor, schema.documents)
        if prepared.errors:
            return invalid(prepared, seen, media_type)
        operation = prepared.operation(asked.operation_name)
        note_operation(seen, operation)
        check_operation(request, operation)
        if caller.actor is None and not schema.is_public(operation):
            raise unauthenticated("This needs an access token.", "此操作需要访问令牌。")
        seen.cost = prepared.cost(operation, asked.variables)
        limit = schema.documents.limits.cost
        answer = await self._planned(schema, prepared, operation, asked, caller, seen)
        if answer is not None and not answer.plan.rest:
            return planned(answer.data, seen, media_type, limit)
        remaining = None
        if answer is not None:
            seen.plan, remaining = "part", prepared.remaining(operation, first_nodes(answer.plan))
        context = self._context(request, caller, seen, remaining)
        result = await execute(schema, asked, operation, context)
        if operation.kind is not OperationType.QUERY:
            await tell_first_answers(context.keyed, self.office, caller.actor, seen.correlation_id, result)
        return executed(result if answer is None else joined(answer, result), seen, media_type, limit)

    async def _planned(
        self,
        schema: DoorSchema,
        prepared: Prepared,
        operation: Operation,
        asked: GraphQLRequest,
        caller: Known,
        seen: Observation,
    ) -> Answer | None:
        reader = self.readers.get(schema)
        if reader is None or operation.kind is not OperationType.QUERY or seen.cost is None:
            return None
        found = prepared.planned(operation, reader)
        if found is None:
            return None
        return await reader.read(found, asked.variables, caller, seen.cost, seen.correlation_id)

    def _context(
        self, request: Request, caller: Known, seen: Observation, remaining: DocumentNode | None
    ) -> RequestContext:
        return RequestContext(
            office=self.office,
            actor=caller.actor,
            claims=caller.claims,
            correlation_id=seen.correlation_id,
            idempotency_key=request.headers.get("Idempotency-Key"),
            headers={name: request.headers[name] for name in READABLE_HEADERS if name in request.headers},
            province=self.province,
            remaining=remaining,
        )

    def _schema_for(self, actor: Actor | None) -> DoorSchema:
        schema = self.schemas.get(actor.kind if actor else None)
        if schema is None:
            raise DoorError(
                "FORBIDDEN", "This door does not serve your kind of caller.", "本接口不受理此类调用方。", status=403
            )
        return schema


async def execute(
    schema: DoorSchema, asked: GraphQLRequest, operation: Operation, context: RequestContext
) -> ExecutionResult:
    """Have the schema carry out one operation."""
    return await schema.execute(
        asked.query,
        variable_values=dict(asked.variables),
        context_value=context,
        operation_name=operation.name,
        operation_extensions=dict(asked.extensions),
    )


def first_nodes(plan: Plan) -> list[FieldNode]:
    """List the nodes of all root fields that a plan leaves to the executor."""
    return [node for nodes in plan.rest.values() for node in nodes]


def joined(answer: Answer, result: ExecutionResult) -> ExecutionResult:
    """Join the planned part of an answer with what the executor gave, in the order of the document."""
    if result.data is None:
        return result
    both = {**answer.data, **result.data}
    data = {key: both[key] for key in answer.plan.keys}
    return ExecutionResult(data=data, errors=result.errors, extensions=result.extensions)


def planned(data: dict[str, Any], seen: Observation, media_type: str, cost_limit: int) -> Response:
    """Answer with what a plan gave."""
    seen.outcome, seen.plan = "done", "whole"
    return write({"data": data, "extensions": cost_told(seen, cost_limit)}, 200, seen, media_type)


def check_method(request: Request) -> None:
    """Serve GET and POST only."""
    if request.method not in ("GET", "POST"):
        raise DoorError("METHOD_NOT_ALLOWED", "Use POST, or GET for queries.", "请使用POST,查询可用GET。", status=405)


def check_operation(request: Request, operation: Operation) -> None:
    """Let a GET read only; subscriptions are not served over this door."""
    if operation.kind not in EXECUTED:
        raise DoorError(
            "SUBSCRIPTIONS_NOT_SERVED", "Subscriptions are not served over HTTP requests.", "HTTP请求不支持订阅操作。"
        )
    if request.method == "GET" and operation.kind is not OperationType.QUERY:
        raise DoorError("METHOD_NOT_ALLOWED", "Mutations need POST.", "变更操作须使用POST。", status=405)


def note_actor(seen: Observation, actor: Actor | None) -> None:
    """Note for the log whose request it is, by tenant and kind only."""
    if actor is not None:
        seen.tenant, seen.actor_kind = actor.tenant, actor.kind.value


def note_operation(seen: Observation, operation: Operation) -> None:
    """Note for the log what was asked, by name and kind only."""
    seen.operation = operation.name[:LONGEST_NAME] if operation.name else None
    seen.kind = operation.kind.value


def codes_of(errors: list[dict[str, Any]]) -> tuple[str, ...]:
    """List the codes of a response's errors."""
    return tuple(sorted({str(error["extensions"]["code"]) for error in errors}))


def write(
    body: dict[str, Any], status: int, seen: Observation, media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Write a GraphQL response; every answer carries its correlation id and is never stored by a cache."""
    body["extensions"] = {**body.get("extensions", {}), "correlationId": seen.correlation_id}
    seen.codes = codes_of(body.get("errors", []))
    return Response(
        orjson.dumps(body),
        status,
        headers={"Content-Type": f"{media_type}; charset=utf-8", "Cache-Control": "no-store", **(headers or {})},
    )


def refusal(error: DoorError, seen: Observation, media_type: str) -> Response:
    """Answer that the request was not carried out, with the status that says why."""
    seen.outcome = seen.outcome or "refused"
    headers = {}
    if error.status == 401:
        reason = ', error="invalid_token"' if "reason" in (error.extensions or {}) else ""
        headers["WWW-Authenticate"] = f'Bearer realm="bangban"{reason}'
    if error.status == 405:
        headers["Allow"] = "GET, POST" if seen.kind is None else "POST"
    status = 200 if error.in_document and media_type == JSON else error.status
    return write({"errors": [formatted(error, seen.correlation_id)]}, status, seen, media_type, headers)


def invalid(prepared: Prepared, seen: Observation, media_type: str) -> Response:
    """Answer that the document breaks the rules of the specification."""
    seen.outcome = "refused"
    errors = [formatted(invalid_document(error), seen.correlation_id) for error in prepared.errors]
    return write({"errors": errors}, 200 if media_type == JSON else 400, seen, media_type)


def failure(error: Exception, seen: Observation, media_type: str) -> Response:
    """Answer that something went wrong on our side."""
    seen.outcome = "failed"
    masked = formatted(GraphQLError("masked", original_error=error), seen.correlation_id)
    return write({"errors": [masked]}, 500, seen, media_type)


def cost_told(seen: Observation, limit: int) -> dict[str, Any]:
    """Tell what the operation was reckoned to cost, and how much is allowed."""
    return {"cost": {"requested": seen.cost, "limit": limit}}


def outcome_of(codes: tuple[str, ...], began: bool) -> str:
    """Name how an operation went, for the log and the metrics."""
    if "INTERNAL" in codes:
        return "failed"
    if not began:
        return "refused"
    return "partial" if codes else "done"


def executed(result: ExecutionResult, seen: Observation, media_type: str, cost_limit: int) -> Response:
    """Answer with what an operation gave; one that never began, for a bad variable, has no `data`."""
    errors = [formatted(error, seen.correlation_id) for error in result.errors or []]
    began = result.data is not None or any(error.path is not None for error in result.errors or [])
    body: dict[str, Any] = {"data": result.data} if began else {}
    if errors:
        body["errors"] = errors
    seen.outcome = outcome_of(codes_of(errors), began)
    body["extensions"] = {**(result.extensions or {}), **cost_told(seen, cost_limit)}
    never_began = 500 if seen.outcome == "failed" else 200 if media_type == JSON else 400
    return write(body, 200 if began else never_began, seen, media_type)
