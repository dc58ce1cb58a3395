"""A used idempotency key: what answers it, to whom it may still be told, and what was told first, word by word."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import update

from casework.kernel.errors import not_found
from casework.kernel.idempotency import IdempotencyRecord, fingerprint
from casework.kernel.models import TenantRow

if TYPE_CHECKING:
    from casework.kernel.work import Work

ReplayCheck = Callable[["Work", Any], Awaitable[bool | None]]
REPLAY_CHECKS: list[ReplayCheck] = []


def add_replay_check(check: ReplayCheck) -> ReplayCheck:
    """Let a room say whether the actor may still see an object that answers a used key; None: it is not the room's."""
    REPLAY_CHECKS.append(check)
    return check


async def _still_visible(work: "Work", row: TenantRow) -> bool:
    """Ask the highest room that knows the object; without roles nobody of the staff sees anything again."""
    for check in reversed(REPLAY_CHECKS):
        verdict = await check(work, row)
        if verdict is not None:
            return verdict
    return work.actor.staff_id is None or bool(work.actor.roles)


async def first_answer(work: "Work", record: IdempotencyRecord) -> Any:
    """Load the object that answered the first use of an idempotency key."""
    kinds = (mapper.class_ for mapper in TenantRow.registry.mappers)
    kind = next((kind for kind in kinds if kind.__tablename__ == record.answer_table), None)
    row = await work.find(kind, record.answer_id) if kind is not None and record.answer_id is not None else None
    if row is None or not await _still_visible(work, row):
        raise not_found("answer to this idempotency key", "幂等键对应结果", ("idempotencyKey",))
    return row


@dataclass(frozen=True)
class UsedKey:
    """A key whose deed stands: its record, what was told first (None: nothing yet), and the powers it is told under."""

    record_id: UUID
    told: dict[str, str] | None
    powers: str


def used_key(work: "Work", record: IdempotencyRecord) -> UsedKey:
    """Describe a used key to a door; powers are the posts, the reason and the regulation that decide what is shown."""
    actor = work.actor
    posts = sorted((held.role_code, str(held.unit_id), held.unit_path) for held in actor.roles)
    shown_by = [posts, actor.reason, actor.approved_by, str(work.regulation.revision_id)]
    return UsedKey(record.id, record.told, fingerprint("powers", shown_by))


@dataclass(frozen=True)
class Telling:
    """What a door is about to tell for a used key: which selection of the object, and the answer as written."""

    used: UsedKey
    selection: str
    data: str

    @property
    def entry(self) -> dict[str, str]:
        """What the record keeps."""
        return {"powers": self.used.powers, "selection": self.selection, "data": self.data}

    def again(self, told: dict[str, str] | None) -> str:
        """Give what was told first when the same is asked under the same powers; else the object as it is now."""
        same = told is not None and (told["powers"], told["selection"]) == (self.used.powers, self.selection)
        return told["data"] if told is not None and same else self.data


async def tell(work: "Work", tellings: Sequence[Telling]) -> list[str]:
    """Keep what is told for the first time, and give for each telling what the caller is to be told."""
    return [telling.again(await _first_told(work, telling)) for telling in tellings]


async def _first_told(work: "Work", telling: Telling) -> dict[str, str] | None:
    """Keep an answer unless the key has one; of two that come at once the first to be written counts."""
    if telling.used.told is not None:
        return telling.used.told
    mine = (IdempotencyRecord.tenant_id == work.tenant, IdempotencyRecord.id == telling.used.record_id)
    kept = await work.session.scalar(
        update(IdempotencyRecord)
        .where(*mine, IdempotencyRecord.told.is_(None))
        .values(told=telling.entry)
        .returning(IdempotencyRecord.id)
        .execution_options(synchronize_session=False)
    )
    if kept is not None:
        return telling.entry
    record = await work.find(IdempotencyRecord, telling.used.record_id)
    return None if record is None else record.told
