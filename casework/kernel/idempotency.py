"""Idempotency: the same key with the same input gives the same answer; with other input it is refused."""

import dataclasses
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import String, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from casework.kernel.errors import Code, Refusal
from casework.kernel.ids import new_id
from casework.kernel.models import TenantRow, unique_within_tenant
from casework.kernel.vault import SealedJson, opened_vault

MAX_KEY_LENGTH = 200


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
) -> IdempotencyRecord | None:
    """Claim a key, or give the record of its first use; a concurrent first use is waited for."""
    if not key or len(key) > MAX_KEY_LENGTH:
        raise Refusal(
            Code.INVALID_INPUT,
            f"An idempotency key has 1 to {MAX_KEY_LENGTH} characters.",
            f"幂等键长度应为1至{MAX_KEY_LENGTH}个字符。",
            ("idempotencyKey",),
        )
    row = {**base, "id": new_id(), "key": key, "operation": operation, "fingerprint": digest, "row_version": 1}
    added = await session.execute(
        insert(IdempotencyRecord).values(**row).on_conflict_do_nothing().returning(IdempotencyRecord.id)
    )
    if added.scalar_one_or_none() is not None:
        return None
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
    return record


async def keep_answer(session: AsyncSession, base: dict[str, Any], key: str, answer: TenantRow) -> IdempotencyRecord:
    """Remember which object answered the key."""
    record = (
        await session.scalars(
            select(IdempotencyRecord).where(
                IdempotencyRecord.tenant_id == base["tenant_id"],
                IdempotencyRecord.actor == base["actor"],
                IdempotencyRecord.key == key,
            )
        )
    ).one()
    record.answer_table = answer.__tablename__
    record.answer_id = answer.id
    return record
