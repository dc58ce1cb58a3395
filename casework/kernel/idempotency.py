"""Idempotency: the same key with the same input gives the same answer; with other input it is refused."""

import dataclasses
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import String, bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from casework.kernel.errors import Code, Refusal
from casework.kernel.ids import new_id
from casework.kernel.models import TenantRow, unique_within_tenant
from casework.kernel.vault import SealedJson, opened_vault
from casework.kernel.wire import Sentence, ask
from casework.kernel.writing import FIRST_VERSION, take_as_read

MAX_KEY_LENGTH = 200
CLAIMED = (
    "tenant_id",
    "id",
    "actor",
    "key",
    "operation",
    "fingerprint",
    "created_at",
    "updated_at",
    "row_version",
)
"""What is known when a key is claimed."""


class IdempotencyRecord(TenantRow):
    """One key that a caller has used: for what input, which object was the answer, and how it was told first."""

    __tablename__ = "idempotency_record"

    actor: Mapped[str]
    key: Mapped[str] = mapped_column(String(MAX_KEY_LENGTH))
    operation: Mapped[str]
    fingerprint: Mapped[str]
    answer_table: Mapped[str | None]
    answer_id: Mapped[UUID | None]
    told: Mapped[dict[str, str] | None] = mapped_column(SealedJson("idempotency_record.told"))

    __table_args__ = (unique_within_tenant("actor", "key"),)


def _plain(value: Any) -> Any:
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) and not isinstance(value, type) else str(value)


def fingerprint(operation: str, intent: object) -> str:
    """Digest an operation and its input; keyed, because inputs hold personal data."""
    body = orjson.dumps([operation, intent], default=_plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return opened_vault().fingerprint(body)


async def claim(
    session: AsyncSession, base: dict[str, Any], key: str, operation: str, digest: str
) -> tuple[IdempotencyRecord, bool]:
    """Claim a key: give its record, and whether this is its first use; a concurrent first use is waited for."""
    if not key or len(key) > MAX_KEY_LENGTH:
        raise Refusal(
            Code.INVALID_INPUT,
            f"An idempotency key has 1 to {MAX_KEY_LENGTH} characters.",
            f"幂等键长度应为1至{MAX_KEY_LENGTH}个字符。",
            ("idempotencyKey",),
        )
    mine = IdempotencyRecord(
        **base, id=new_id(), key=key, operation=operation, fingerprint=digest, row_version=FIRST_VERSION,
        answer_table=None, answer_id=None, told=None,
    )  # fmt: skip
    values = {name: getattr(mine, name) for name in CLAIM.names}
    if (await session.run_sync(lambda wire: ask(wire.connection(), CLAIM, CLAIM.values(values)))).ntuples:
        take_as_read(session.sync_session, mine)
        return mine, True
    first_use = select(IdempotencyRecord).where(
        IdempotencyRecord.tenant_id == base["tenant_id"],
        IdempotencyRecord.actor == base["actor"],
        IdempotencyRecord.key == key,
    )
    record = (await session.scalars(first_use)).one()
    if record.fingerprint != digest:
        raise Refusal(
            Code.IDEMPOTENCY_MISMATCH,
            "This idempotency key was used before with another input; use a new key for a new intent.",
            "该幂等键已用于其他内容的请求,请为新的操作使用新的幂等键。",
            ("idempotencyKey",),
        )
    return record, False


CLAIM = Sentence.of(
    insert(IdempotencyRecord)
    .values({name: bindparam(name, type_=IdempotencyRecord.__table__.c[name].type) for name in CLAIMED})
    .on_conflict_do_nothing()
    .returning(IdempotencyRecord.id)
)
