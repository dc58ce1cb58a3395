"""From a mutation to one verb and back: one Work, one verb, one payload; a refusal becomes `userErrors`."""

from collections.abc import Awaitable, Callable
from dataclasses import fields
from typing import Any, Self, TypeVar, get_args, get_type_hints

import strawberry

from casework.kernel.errors import Code, Refusal
from casework.kernel.models import TenantRow
from casework.kernel.work import Work
from schema.context import Info
from schema.refusals import UserError, user_errors

Row = TypeVar("Row", bound=TenantRow)
Intent = TypeVar("Intent")
P = TypeVar("P", bound="Payload")


@strawberry.type
class Payload:
    """What every mutation answers; a payload adds one nullable field for the object that the mutation changed.

        @strawberry.type(description="What acceptCase answers.")
        class AcceptCasePayload(Payload):
            case: Case | None = strawberry.field(default=None, description="The accepted case; null when refused.")

    The type of that field has a class method `of(row)` which shows the row that the verb gave.
    """

    user_errors: list[UserError] = strawberry.field(
        default_factory=list, description="Why the office refused; empty when it was done (拒绝说明)."
    )

    @classmethod
    def granted(cls, row: TenantRow) -> Self:
        """Show what was done."""
        name, kind = cls.changed_object()
        return cls(**{name: kind.of(row)})

    @classmethod
    def refused(cls, refusal: Refusal, present: TenantRow | None = None) -> Self:
        """Show why it was not done, with the present object where the caller decided on an older one."""
        answer = cls() if present is None else cls.granted(present)
        answer.user_errors = user_errors(refusal)
        return answer

    @classmethod
    def changed_object(cls) -> tuple[str, Any]:
        """Find the one field that shows the changed object, and the GraphQL type of that object."""
        names = [field.name for field in fields(cls) if field.name != "user_errors"]
        if len(names) != 1:
            raise TypeError(f"{cls.__name__} shows {len(names)} objects; a payload shows exactly one")
        kinds = [kind for kind in get_args(get_type_hints(cls)[names[0]]) if kind is not type(None)]
        if len(kinds) != 1 or not hasattr(kinds[0], "of"):
            raise TypeError(f"{cls.__name__}.{names[0]} is not a nullable type with a class method `of`")
        return names[0], kinds[0]


def key_of_header(info: Info) -> str | None:
    """Give the header's key for this mutation of the document: one header serves several mutations, each on its own."""
    header = info.context.idempotency_key
    return None if header is None else f"{header}/{info.path.key}"


async def perform(
    info: Info,
    payload: type[P],
    verb: Callable[[Work, Intent], Awaitable[Row]],
    intent: Callable[[], Intent],
    idempotency_key: str | None,
    *,
    present: Callable[[Work], Awaitable[Row | None]] | None = None,
) -> P:
    """Let the office carry out one verb for the caller and answer with the payload.

    `intent` makes the verb's input when called, so that an id or text that cannot be used is refused in `userErrors`
    like everything else. Without a key in the input, the header `Idempotency-Key` counts. `present` reads the object
    again for a caller who decided on an older version of it.
    """
    context = info.context
    actor = context.whose()
    try:
        row = await context.office.carry_out(
            actor,
            verb,
            intent(),
            key=idempotency_key or key_of_header(info),
            correlation_id=context.correlation_id,
            used=lambda told: context.keyed.note(info, told),
        )
    except Refusal as refusal:
        if present is None or refusal.code is not Code.STALE_VERSION:
            return payload.refused(refusal)
        async with context.office.open(actor, context.correlation_id) as work:
            return payload.refused(refusal, await present(work))
    return payload.granted(row)
