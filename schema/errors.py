"""What callers read when something went wrong: refusals as they are, library errors without literals, the rest masked.

Nothing that a caller typed (names, telephone numbers, identity numbers) reaches a log from here: an unknown failure is
logged by its type and by the places in the code it passed through, never by its message.
"""

import re
from collections.abc import Sequence
from typing import Any

import structlog
from graphql import ArgumentNode, GraphQLError, ValueNode, VariableDefinitionNode
from strawberry.exceptions import StrawberryInputCoercionError

from casework.kernel.errors import Refusal
from schema.failures import chain, failure_facts

log = structlog.get_logger("bangban.schema")

MASKED = "Something went wrong on our side. Quote the correlation id when you report it."
MASKED_ZH = "系统内部发生错误,请联系管理员并提供关联编号。"
INVALID_ZH = "请求内容不符合接口规范。"
QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
NAME_LIKE = re.compile(r"[\[$@]?[A-Za-z_<][\w.!\]\[()>:]{0,59}")
PUNCTUATION = re.compile(r"[{}()\[\]!$&:=@|]|\.{1,3}")
NUMBER = re.compile(r"\d{6,}(?:\.\d+)?")
COMPOSITE = re.compile(r"\{.*\}|\[(?![\w!]+\]).{12,}\]", re.DOTALL)
LONGEST_MESSAGE = 400
QUERY_CANCELED = "57014"
"""PostgreSQL ended a statement at its time limit."""


class DoorError(GraphQLError):
    """An error that callers may read as it is: a stable code, the message in two languages, and details.

    `status` is the HTTP status it causes; `in_document` marks faults of the GraphQL document, which a caller that
    asked for plain `application/json` gets with status 200 as the GraphQL-over-HTTP specification wants.
    """

    def __init__(
        self,
        code: str,
        message: str,
        message_zh: str,
        *,
        status: int = 400,
        in_document: bool = False,
        locations_of: GraphQLError | None = None,
        **details: Any,
    ) -> None:
        super().__init__(message, extensions={"code": code, "messageZh": message_zh, **details})
        self.code = code
        self.status = status
        self.in_document = in_document
        if locations_of is not None:
            self.locations = locations_of.locations


def bad_input(message: str, message_zh: str, where: str, **details: Any) -> DoorError:
    """Refuse an argument or variable of a query, naming where it stands."""
    return DoorError("BAD_INPUT", message, message_zh, in_document=True, where=where, **details)


def unauthenticated(message: str, message_zh: str) -> DoorError:
    """Refuse a request whose token is missing or not good."""
    return DoorError("UNAUTHENTICATED", message, message_zh, status=401)


def document_too_large(limit: str, found: int | None, allowed: int) -> DoorError:
    """Refuse a document that is larger than the office reads."""
    counted = "more" if found is None else str(found)
    counted_zh = "超出" if found is None else f"为{found}"
    return DoorError(
        "DOCUMENT_TOO_LARGE",
        f"The document is too large: {limit} is {counted}, at most {allowed} is allowed.",
        f"查询文档过大:{limit}{counted_zh},上限为{allowed}。",
        in_document=True,
        limit=limit,
        found=found,
        allowed=allowed,
    )


def document_too_costly(found: int, allowed: int) -> DoorError:
    """Refuse an operation that may fetch more objects than the office serves at once."""
    return DoorError(
        "DOCUMENT_TOO_COSTLY",
        f"The operation may fetch {found} objects, at most {allowed} are allowed. Ask for smaller pages.",
        f"该操作可能读取{found}个对象,上限为{allowed},请减小分页大小。",
        in_document=True,
        limit="cost",
        found=found,
        allowed=allowed,
    )


def too_slow(seconds: float | None = None) -> DoorError:
    """Say that the database ended a statement at its time limit; asking the same again would not help."""
    return DoorError(
        "TOO_SLOW",
        "Reading took too long and was ended. Ask for less: smaller pages, a narrower filter.",
        "查询耗时过长,已被终止。请缩小分页或收窄筛选条件。",
        status=504,
        limitSeconds=seconds,
    )


def busy() -> DoorError:
    """Say that no connection became free in time; the same request may succeed a little later."""
    return DoorError(
        "BUSY", "Too many requests at this moment; try again later.", "当前请求过多,请稍后重试。", status=503
    )


def refused_read(refusal: Refusal) -> DoorError:
    """Show a refusal that was raised while reading; a mutation puts it into `userErrors` instead."""
    return DoorError(
        refusal.code.value,
        refusal.message,
        refusal.message_zh,
        in_document=True,
        where=".".join(refusal.path) or None,
        rules=list(refusal.rules),
    )


def without_literals(message: str) -> str:
    """Take out of a library's message every value that the caller typed; names of types and fields stay."""
    kept = COMPOSITE.sub("…", message)
    kept = QUOTED.sub(lambda match: match[0] if tells_nothing(match[0][1:-1]) else f"{match[0][0]}…{match[0][0]}", kept)
    return NUMBER.sub("…", kept)[:LONGEST_MESSAGE]


def tells_nothing(quoted: str) -> bool:
    """Say whether what a message quotes is a name of the schema or a sign of the language, and no value."""
    return bool(NAME_LIKE.fullmatch(quoted) or PUNCTUATION.fullmatch(quoted))


def invalid_document(error: GraphQLError) -> DoorError:
    """Show an error of graphql-core about the document itself."""
    return DoorError(
        "DOCUMENT_INVALID", without_literals(error.message), INVALID_ZH, in_document=True, locations_of=error
    )


def _about_values(error: GraphQLError) -> bool:
    """Ask whether graphql-core complains about a value that the caller gave, not about one that we returned."""
    return bool(error.nodes) and all(
        isinstance(node, (ArgumentNode, ValueNode, VariableDefinitionNode)) for node in error.nodes or ()
    )


def _cause(error: BaseException) -> BaseException:
    """Look through the wrappers that the executor puts around what a resolver raised."""
    while isinstance(error, GraphQLError) and not isinstance(error, DoorError) and error.original_error is not None:
        error = error.original_error
    return error


def shown(error: GraphQLError) -> DoorError | None:
    """Give what a caller may read of an error; None means that it must be masked."""
    cause = _cause(error)
    if isinstance(cause, DoorError):
        return cause
    if isinstance(cause, Refusal):
        return refused_read(cause)
    if any(getattr(link, "sqlstate", None) == QUERY_CANCELED for link in chain(cause)):
        return too_slow()
    is_of_the_request = error.path is None and error.original_error is None
    if _about_values(error) or is_of_the_request or isinstance(cause, StrawberryInputCoercionError):
        return DoorError("BAD_INPUT", without_literals(error.message), INVALID_ZH, in_document=True)
    return None


def formatted(error: GraphQLError, correlation_id: str) -> dict[str, Any]:
    """Write one entry of the response's `errors`."""
    known = shown(error)
    entry: dict[str, Any] = {"message": known.message if known else MASKED}
    locations = error.locations or (known.locations if known else None)
    if locations:
        entry["locations"] = [{"line": place.line, "column": place.column} for place in locations]
    if error.path is not None:
        entry["path"] = list(error.path)
    told = known.extensions if known else {"code": "INTERNAL", "messageZh": MASKED_ZH}
    entry["extensions"] = {**(told or {}), "correlationId": correlation_id}
    return entry


def log_failure(error: BaseException, correlation_id: str | None, **where: Any) -> None:
    """Log a failure of our own, once, so that somebody can find it by the correlation id that the caller quotes."""
    log.error("failure", correlation_id=correlation_id, failure=failure_facts(_cause(error)), **where)


def log_masked(errors: Sequence[GraphQLError], correlation_id: str | None) -> None:
    """Log those errors of an execution that callers will see masked."""
    for error in errors:
        if shown(error) is None:
            path = [str(step) for step in error.path or ()]
            log_failure(error, correlation_id, path=path)
