"""Work: one actor, one tenant, one transaction. It opens at a door, and it is the only thing in the house that commits."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, datetime
from itertools import chain
from typing import Any, TypeVar, cast
from uuid import UUID, uuid4

from psycopg import DataError
from psycopg import errors as pg
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm.exc import StaleDataError

from authz.actor import Actor
from authz.decide import Decision, Resource, decide
from casework.kernel import idempotency, replay
from casework.kernel.audit import AuditEntry
from casework.kernel.changes import Changes
from casework.kernel.clock import Clock
from casework.kernel.database import Bound, Database, Line, Opening
from casework.kernel.errors import (
    Code,
    Refusal,
    forbidden,
    lost_race,
    not_found,
    not_kept,
    not_registered,
    stale,
    stale_by_race,
)
from casework.kernel.events import Event
from casework.kernel.ids import new_id
from casework.kernel.law import Regulation, Regulations
from casework.kernel.models import TenantRow
from casework.kernel.outbox import OutboxEvent, OutboxState
from casework.kernel.sight import Sight
from casework.kernel.tenancy import binding
from casework.kernel.wire import Sentence
from tenants.profile import Profile

Row = TypeVar("Row", bound=TenantRow)
Intent = TypeVar("Intent")
AUDITED_REFUSALS = frozenset({Code.NOT_FOUND, Code.FORBIDDEN, Code.REASON_REQUIRED, Code.SEPARATION_OF_DUTIES})
LOST_RACES = (pg.LockNotAvailable, pg.DeadlockDetected, pg.SerializationFailure, pg.UniqueViolation)
NOT_KEPT = (
    pg.CharacterNotInRepertoire,
    pg.UntranslatableCharacter,
    pg.StringDataRightTruncation,
    pg.NumericValueOutOfRange,
    pg.DatetimeFieldOverflow,
)
"""What PostgreSQL answers to a value that it cannot keep; psycopg itself answers a null character with a DataError."""


@dataclass(frozen=True)
class Work:
    """What a verb may use; frozen, so that nobody swaps the tenant or the instant half-way."""

    session: AsyncSession
    line: Line
    actor: Actor
    tenant: str
    regulation: Regulation
    regulations: Regulations
    now: datetime
    correlation_id: str

    @property
    def profile(self) -> Profile:
        """The profile in force for new matters of this tenant."""
        return self.regulation.profile

    @property
    def today(self) -> date:
        """The local date at the office."""
        return self.regulation.date_at(self.now)

    @property
    def sight(self) -> Sight:
        """What the actor may see here and now."""
        timezone = self.profile.calendar.timezone
        return Sight(self.regulation.table, self.actor, self.tenant, self.now, self.today, timezone)

    async def pinned(self, revision_id: UUID | None) -> Regulation:
        """Give the revision that an object is pinned to, or the one in force while it is not pinned yet."""
        if revision_id is None or revision_id == self.regulation.revision_id:
            return self.regulation
        return await self.regulations.revision(self.session, self.tenant, revision_id)

    def add(self, row: Row) -> Row:
        """Add a row to this tenant; it has its id from now on."""
        row.tenant_id = self.tenant
        row.id = row.id or new_id()
        self._session.enter(row)
        return row

    @property
    def _session(self) -> Bound:
        return cast("Bound", self.session.sync_session)

    async def find(self, kind: type[Row], row_id: UUID, *, lock: bool = False) -> Row | None:
        """Find a row of this tenant, locked against other writers when asked."""
        query = select(kind).where(kind.tenant_id == self.tenant, kind.id == row_id)
        if lock:
            query = query.with_for_update().execution_options(populate_existing=True)
        return (await self.session.scalars(query)).one_or_none()

    async def load(self, kind: type[Row], row_id: UUID, what: str, what_zh: str, *path: str, lock: bool = False) -> Row:
        """Find a row or refuse with NOT_FOUND."""
        row = await self.find(kind, row_id, lock=lock)
        if row is None:
            raise not_found(what, what_zh, path or ("id",), row_id)
        return row

    def waits(self, kind: type[TenantRow]) -> bool:
        """Tell whether rows of a kind were added or changed and are not written yet."""
        return any(isinstance(row, kind) for row in chain(self._session.entered, self._session.dirty))

    async def ask(self, sentence: Sentence, **values: Any) -> list[tuple[bytes | None, ...]]:
        """Ask with a statement that was written once and for all.

        It sees what was written, and not what was added or changed since; write that first where it matters.
        """
        return await self.line.ask(sentence, values)

    def decide(self, action: str, resource: Resource) -> Decision:
        """Ask the permission table, without refusing."""
        return decide(self.regulation.table, self.actor, action, resource)

    def require(self, action: str, resource: Resource, *path: str) -> Decision:
        """Demand that the actor may do `action` to `resource`."""
        decision = self.decide(action, resource)
        if decision.allowed:
            return decision
        if decision.reason_required and not self.actor.reason:
            raise Refusal(
                Code.REASON_REQUIRED,
                f"{action} outside your own cases needs a recorded reason.",
                "办理范围之外的操作须说明理由并留痕。",
                path,
            )
        raise self.unregistered(action, resource, path) or forbidden(action, path)

    def unregistered(self, action: str, resource: Resource, path: tuple[str, ...] = ()) -> Refusal | None:
        """Explain a refusal by a role that would allow the action once it is registered, naming the rule (ZZ-3-2)."""
        person = replace(self.actor, roles=self.actor.waiting)
        if not self.actor.waiting or not decide(self.regulation.table, person, action, resource).allowed:
            return None
        return not_registered([each.basis.rules for each in self.profile.registers if each.activates_role], path)

    def emit(self, event: Event) -> None:
        """Tell what happened: an outbox row and an audit row in this transaction."""
        self.add(
            OutboxEvent(
                name=event.name,
                aggregate=event.aggregate,
                aggregate_id=event.aggregate_id,
                occurred_at=self.now,
                actor=self.actor.key,
                correlation_id=self.correlation_id,
                payload=dict(event.payload),
                rules=list(event.rules),
                state=OutboxState.PENDING,
                attempts=0,
            )
        )
        self.audit(event.name, event.aggregate, event.aggregate_id, after=event.payload, rules=event.rules)

    def audit(
        self,
        action: str,
        object_kind: str,
        object_id: UUID | str,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        rules: tuple[str, ...] = (),
        reason: str | None = None,
    ) -> None:
        """Write one entry of the audit trail; values are ids, codes and instants, never personal data."""
        self.add(
            AuditEntry(
                at=self.now,
                actor=self.actor.key,
                action=action,
                object_kind=object_kind,
                object_id=str(object_id),
                before=dict(before) if before is not None else None,
                after=dict(after) if after is not None else None,
                reason=reason or self.actor.reason,
                rules=list(rules),
                correlation_id=self.correlation_id,
            )
        )


def check_version(row: TenantRow, expected: int | None) -> None:
    """Refuse when the caller decided on an older state than the present one."""
    if expected is not None and expected != row.row_version:
        raise stale(row.row_version)


@dataclass(frozen=True)
class Office:
    """The running office of all tenants: its database, its clock and its shelf of regulations."""

    database: Database
    clock: Clock
    regulations: Regulations
    changes: Changes = field(default_factory=Changes)

    @asynccontextmanager
    async def open(self, actor: Actor, correlation_id: str | None = None) -> AsyncIterator[Work]:
        """Open a Work; it commits once when the block ends well, and leaves no trace when it does not."""
        if actor.tenant is None:
            raise not_found("tenant", "租户", ())
        opening = Opening(f"{binding(actor.tenant)}; {self.regulations.newest(actor.tenant)}")
        async with self.database.opened(opening) as (session, line):
            now = self.clock.now()
            session.sync_session.info.update(now=now, tenant=actor.tenant)
            regulation = await self.regulations.in_force(session, actor.tenant, opening.answer)
            session.sync_session.info["regulation"] = regulation
            told = correlation_id or uuid4().hex
            work = Work(session, line, actor, actor.tenant, regulation, self.regulations, now, told)
            try:
                yield work
                await session.commit()
                if session.sync_session.info.get("says_who"):
                    self.changes.note(actor.tenant)
            except StaleDataError as error:
                raise stale_by_race() from error
            except DataError as error:
                raise not_kept() from error
            except DBAPIError as error:
                if isinstance(error.orig, LOST_RACES):
                    raise lost_race() from error
                if isinstance(error.orig, NOT_KEPT) or type(error.orig) is DataError:
                    raise not_kept() from error
                raise

    async def carry_out(
        self,
        actor: Actor,
        verb: Callable[[Work, Intent], Awaitable[Row]],
        intent: Intent,
        *,
        key: str | None,
        correlation_id: str | None = None,
        used: Callable[[replay.UsedKey], None] | None = None,
    ) -> Row:
        """Carry out one verb once: an idempotency key that was used before gives the first answer's object again.

        `used` hears of a key whose deed stands, so that a door can tell again word by word what it told first.
        """
        operation = verb.__name__
        try:
            async with self.open(actor, correlation_id) as work:
                if key is None:
                    return await verb(work, intent)
                base = {
                    "tenant_id": work.tenant,
                    "actor": actor.key,
                    "created_at": work.now,
                    "updated_at": work.now,
                }
                digest = idempotency.fingerprint(operation, intent)
                record, is_first = await idempotency.claim(work.session, base, key, operation, digest)
                if not is_first:
                    answer: Row = await replay.first_answer(work, record)
                else:
                    answer = await verb(work, intent)
                    record.answer_table, record.answer_id = answer.__tablename__, answer.id
                told = replay.used_key(work, record)
            if used is not None:
                used(told)
            return answer
        except Refusal as refusal:
            if refusal.code in AUDITED_REFUSALS:
                await self.audit_attempt(actor, operation, refusal, correlation_id, target_of(intent))
            raise

    async def audit_attempt(
        self, actor: Actor, operation: str, refusal: Refusal, correlation_id: str | None, target: str = "-"
    ) -> None:
        """Leave a trace of an attempt at what the actor may not see or do; a refusal may name its target itself."""
        async with self.open(actor, correlation_id) as work:
            target = str(refusal.details.get("target", target))
            work.audit(f"attempt.{operation}", "attempt", target, after={"refused": refusal.code.value})


def target_of(intent: object) -> str:
    """Name what an intent is about: the first id in it."""
    values = (getattr(intent, field.name) for field in fields(intent)) if is_dataclass(intent) else ()
    return next((str(value) for value in values if isinstance(value, UUID)), "-")
