"""Who is known at the door: a caller is looked up in the city's register at most once in three seconds.

A role that was ended or given elsewhere counts within that time, one whose end was known ends at its instant. What this
process changed itself counts at once.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

from starlette.datastructures import Headers

from authz.actor import Actor
from authz.tokens import Claims
from casework.kernel.law import Regulation
from casework.kernel.sight import Outlook
from casework.kernel.work import Office
from schema.authentication import REASON_HEADER, Authentication
from schema.reading.binds import written

FRESH_SECONDS = 3.0
AHEAD_SECONDS = 1.0
"""So long before a look-up ends the next one begins, so that nobody waits for it who keeps asking."""
FRESH = timedelta(seconds=FRESH_SECONDS)
MOST_KNOWN = 10_000
LOOKS = (
    "case.list_masked",
    "case.read_personal",
    "role.assign",
    "report.unit",
    "duty_handover.offer_accept",
    "assessment.perform",
    "guide.edit",
)
"""The actions under which rows are shown; every condition of a type's rows is written with these."""


@dataclass(frozen=True)
class Known:
    """A caller as looked up at one instant: the actor, the law in force in his city, and what he may see."""

    claims: Claims | None
    actor: Actor | None
    in_force: Regulation | None
    outlook: Outlook | None
    values: Mapping[str, bytes | None]
    """The values of the outlook as a statement takes them."""
    at: datetime
    until: float
    ends: datetime
    """The instant of the office's clock at which the look-up holds no longer, because it is old or a role has ended."""
    changes: int = 0
    """How many changes of who people are this process had committed in the city before the look-up."""


@dataclass
class Callers:
    """The callers known to this process."""

    office: Office
    authentication: Authentication
    remembers: bool = True
    """False looks everybody up at every request and leaves out what plans need."""
    _known: OrderedDict[tuple[bytes, bytes | None], Known] = field(default_factory=OrderedDict)
    _looking: dict[tuple[bytes, bytes | None], asyncio.Future[Known]] = field(default_factory=dict)

    async def identify(self, headers: Headers) -> Known:
        """Give the caller of a request."""
        reason = headers.get(REASON_HEADER)
        key = (headers.get("Authorization", "").encode("latin-1"), reason.encode("latin-1") if reason else None)
        found = self.fresh(*key)
        if found is not None:
            return found
        if not self.remembers or len(headers.getlist("Authorization")) != 1:
            return await self.look_up(headers)
        under_way = self._looking.get(key)
        # One look-up serves all requests that the caller has under way at this moment.
        known = await asyncio.shield(under_way or self._start(key, headers))
        return known if self._holds(known) else await self.look_up(headers)

    def _start(self, key: tuple[bytes, bytes | None], headers: Headers) -> asyncio.Future[Known]:
        under_way = self._looking[key] = asyncio.ensure_future(self.look_up(headers))
        under_way.add_done_callback(lambda done: self._remember(key, done))
        return under_way

    def _remember(self, key: tuple[bytes, bytes | None], done: asyncio.Future[Known]) -> None:
        self._looking.pop(key, None)
        if done.cancelled() or done.exception() is not None:
            return
        self._known[key] = done.result()
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)

    def fresh(self, authorization: bytes, reason: bytes | None) -> Known | None:
        """Give a caller who was looked up lately; one who goes on asking is looked up ahead of its end."""
        key = (authorization, reason or None)
        found, now = self._known.get(key), monotonic()
        if found is None or not self._is_fresh(found, now):
            return None
        self._known.move_to_end(key)
        if now >= found.until - AHEAD_SECONDS and key not in self._looking:
            self._start(key, headers_of(authorization, reason))
        return found

    async def finish(self) -> None:
        """Wait for the look-ups under way, before what they read from is closed."""
        await asyncio.gather(*self._looking.values(), return_exceptions=True)

    async def look_up(self, headers: Headers) -> Known:
        """Look a caller up in the register now."""
        now, until = self.office.clock.now(), monotonic() + FRESH_SECONDS
        before = self.office.changes.all if self.remembers else {}
        claims, actor = await self.authentication.identify(headers)
        if actor is None or actor.tenant is None or not self.remembers:
            return Known(claims, actor, None, None, {}, now, until, end_of(actor, now))
        async with self.office.open(actor) as work:
            in_force = work.regulation
        outlook = Outlook.of(in_force.table, actor, LOOKS)
        values = {name: written(value) for name, value in outlook.values.items()}
        changes = before.get(actor.tenant, 0)
        return Known(claims, actor, in_force, outlook, values, now, until, end_of(actor, now), changes)

    def _is_fresh(self, known: Known, now: float) -> bool:
        """Tell whether a look-up still holds: a clock that was set ends it, and so does a role's end."""
        if now >= known.until or not known.at <= self.office.clock.now() < known.ends:
            return False
        return self._holds(known)

    def _holds(self, known: Known) -> bool:
        """Tell whether nothing was changed here since of who the people of the caller's city are."""
        tenant = known.actor.tenant if known.actor else None
        return tenant is None or not self.remembers or known.changes == self.office.changes.of(tenant)


def end_of(actor: Actor | None, now: datetime) -> datetime:
    """Tell when a look-up made now holds no longer; all roles of an actor are held at that moment."""
    ends = [held.valid_to for held in actor.roles if held.valid_to is not None] if actor else []
    return min([now + FRESH, *ends])


def headers_of(authorization: bytes, reason: bytes | None) -> Headers:
    """Give the headers by which a caller is looked up."""
    raw = [(b"authorization", authorization)]
    return Headers(raw=raw if reason is None else [*raw, (REASON_HEADER.lower().encode(), reason)])
