"""Logs: one JSON object per line (readable in a terminal), without personal data and without exception messages."""

import asyncio
import logging
import sys
from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from time import monotonic
from typing import Any, ClassVar, TextIO

import orjson
import structlog
from structlog.types import EventDict, Processor, WrappedLogger

from casework.kernel.clock import HostClock
from schema.failures import failure_facts

ACCESS = "bangban.access"
TOGETHER_SECONDS = 0.05
HOST = HostClock()
AS_A_LINE = orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE
PERSONAL = (
    "name",
    "phone",
    "mobile",
    "telephone",
    "address",
    "email",
    "identity",
    "idnumber",
    "idcard",
    "birth",
    "account",
    "query",
    "document",
    "variables",
    "body",
    "statement",
    "parameters",
    "token",
    "authorization",
    "password",
    "secret",
    "cookie",
    "reason",
)
HARMLESS = frozenset({"hostname", "queuename", "actorname", "eventname", "pathname"})
QUIET = {"uvicorn.access": logging.CRITICAL, "uvicorn.error": logging.WARNING, "httpx": logging.WARNING}


@lru_cache(maxsize=2_000)
def may_be_personal(key: str) -> bool:
    """Ask whether a key of a log line is known to carry personal data, a secret, or a text that a caller typed."""
    plain = key.replace("_", "").replace("-", "").lower()
    return plain not in HARMLESS and any(word in plain for word in PERSONAL)


def without_personal(value: Any) -> Any:
    """Drop personal keys at any depth."""
    if isinstance(value, Mapping):
        return {key: without_personal(held) for key, held in value.items() if not may_be_personal(str(key))}
    if isinstance(value, (list, tuple)):
        return [without_personal(held) for held in value]
    return value


def drop_personal_data(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Drop the keys known to carry personal data, and name what was dropped so that nobody wonders."""
    dropped = sorted(key for key in event if may_be_personal(key))
    kept: EventDict = {key: without_personal(value) for key, value in event.items() if not may_be_personal(key)}
    if dropped:
        kept["dropped"] = dropped
    return kept


def exceptions_without_messages(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace a traceback by types and places; messages of exceptions quote values (a unique key, a parameter)."""
    given = event.pop("exc_info", None)
    if not given:
        return event
    error = given if isinstance(given, BaseException) else given[1] if isinstance(given, tuple) else sys.exc_info()[1]
    if error is not None:
        event["failure"] = failure_facts(error)
    return event


def write_json(event: MutableMapping[str, Any], **_: Any) -> str:
    """Write one line; what JSON does not know becomes text."""
    return orjson.dumps(event, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


class _Access:
    """Where lines of the access log go: the process's own log, unless it is set up to write JSON."""

    stream: ClassVar[TextIO | None] = None
    leaving: ClassVar[float] = 0.0
    """The instant of the host's steady clock until which lines are gathered; then they leave the process together."""

    @classmethod
    def leave(cls) -> None:
        """Let the lines leave the process."""
        if cls.stream is not None:
            cls.stream.flush()


def write_access(**facts: Any) -> None:
    """Write the line of one request.

    Every request writes one, and its facts are a closed set without personal data, so that the line needs none of the
    steps through which other lines pass. Lines of requests leave the process together, at the latest after
    `TOGETHER_SECONDS`, with the next line of another kind, or when the process ends.
    """
    stream = _Access.stream
    if stream is None:
        structlog.get_logger(ACCESS).info("request", **facts)
        return
    line = {**facts, "event": "request", "level": "info", "logger": ACCESS, "timestamp": HOST.now()}
    stream.write(orjson.dumps(line, option=AS_A_LINE).decode())
    now = monotonic()
    if now >= _Access.leaving:
        _Access.leaving = now + TOGETHER_SECONDS
        asyncio.get_running_loop().call_later(TOGETHER_SECONDS, _Access.leave)


def configure_logging(*, level: str = "INFO", pretty: bool | None = None, stream: TextIO | None = None) -> None:
    """Set up logs for a whole process, those of libraries included; `pretty` is decided by the terminal when None."""
    out = stream or sys.stdout
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        exceptions_without_messages,
        drop_personal_data,
    ]
    readable = out.isatty() if pretty is None else pretty
    last: Processor = (
        structlog.dev.ConsoleRenderer() if readable else structlog.processors.JSONRenderer(serializer=write_json)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    _Access.leave()
    _Access.stream = None if readable or logging.getLevelName(level) > logging.INFO else out
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name, quiet in QUIET.items():
        logging.getLogger(name).setLevel(quiet)
