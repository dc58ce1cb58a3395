"""Which cases a caller sees, and the trace that a look at somebody else's case leaves."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from casework.cases.models import Case
from casework.cases.queries import case_by_id
from casework.kernel.errors import not_found
from casework.kernel.work import Work
from schema.context import Info


async def cases_by_id(info: Info, node_ids: Iterable[str]) -> Sequence[Case | None]:
    """Load cases that the caller sees; each id that answers "not found" leaves a trace in the audit trail (S-X-02)."""
    context = info.context
    keys = [UUID(str(key)) for key in node_ids]
    async with context.office.open(context.whose(), context.correlation_id) as work:
        found = {key: await case_by_id(work, key) for key in keys}
    await note_attempts(info, "read_case", found)
    return [found[key] for key in keys]


async def rows_of_visible_cases(info: Info, kind: type[Any], node_ids: Iterable[str]) -> Sequence[Any]:
    """Load rows that hang on a case, where the caller sees the case; the other ids leave a trace."""
    context = info.context
    keys = [UUID(str(key)) for key in node_ids]
    async with context.office.open(context.whose(), context.correlation_id) as work:
        found = {key: await _of_visible_case(work, kind, key) for key in keys}
    await note_attempts(info, f"read_{kind.__tablename__}", found)
    return [found[key] for key in keys]


async def note_attempts(info: Info, reading: str, found: Mapping[UUID, Any]) -> None:
    """Leave a trace of each id that answered "not found": it may be somebody else's (S-X-02)."""
    context = info.context
    for key, row in found.items():
        if row is None:
            refusal = not_found("object", "对象", target=key)
            await context.office.audit_attempt(context.whose(), reading, refusal, context.correlation_id)


async def _of_visible_case(work: Work, kind: type[Any], key: UUID) -> Any:
    row = await work.find(kind, key)
    if row is None or await case_by_id(work, row.case_id) is None:
        return None
    return row
