"""Who a profile speaks for, which texts it rests on, how long it holds, and when its offices work."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from tenants import vocabulary
from tenants.model.names import TierRef, UnitTypeRef, Words
from tenants.model.node import CodedZh, Node, OneOf, RuleNode


class Names(Node):
    """What the tenant is called."""

    zh: str
    en: str
    brand_zh: str | None = None


class Root(RuleNode):
    """The top unit of the tenant and what lies below it."""

    unit_type: UnitTypeRef
    admin_level: Literal["CITY", "CITY_VENUE", "COUNTY", "DISTRICT"]
    scope: str


class Province(RuleNode):
    """The province a tenant lies in; `code` is the two-digit code of GB/T 2260."""

    code: Annotated[str, Field(pattern=r"^\d{2}$")]
    zh: str
    en: str
    note: str | None = None


class Annex(Node):
    """An annex that a source names, and whether its body was supplied."""

    zh: str
    supplied: bool


class Source(RuleNode):
    """A regulation the profile is made from."""

    id: str
    file: str
    title_zh: str
    issuer_zh: str
    doc_no: str | None = None
    issued: date
    parents_zh: Words = ()
    annexes: tuple[Annex, ...] = ()
    texts_referred_not_supplied_zh: Words = ()
    interpreter_zh: str | None = None


class OnExpiry(Node):
    """What changes when a regulation for a trial period has run out."""

    state: str
    new_cases: Literal["ALLOW", "ALLOW_WITH_NOTICE", "REFUSE"]
    open_cases: Literal["KEEP_PINNED_PROFILE"]
    breaches_reported_as: Literal["REGULATION", "OPERATIONAL"]
    alert_before_days: tuple[int, ...] = ()
    blocks_service: bool = False


class Validity(RuleNode):
    """From when to when the regulation holds; `valid_to` is its last day."""

    kind: Literal["TRIAL", "FIXED_TERM", "OPEN_ENDED"]
    valid_from: date
    valid_to: date | None = None
    renewal: str
    note: str | None = None
    on_expiry: OnExpiry | None = None


def _weekday_number(value: object) -> object:
    return vocabulary.WEEKDAYS.index(value) if value in vocabulary.WEEKDAYS else value


def _weekday_name(number: int) -> str:
    return vocabulary.WEEKDAYS[number]


def _clock_text(moment: time) -> str:
    return moment.strftime("%H:%M")


Weekday = Annotated[
    int,
    BeforeValidator(_weekday_number),
    Field(ge=0, le=6),
    PlainSerializer(_weekday_name, return_type=str),
    WithJsonSchema({"enum": list(vocabulary.WEEKDAYS)}),
    OneOf("weekday", vocabulary.WEEKDAYS),
]
ClockTime = Annotated[
    time,
    PlainSerializer(_clock_text, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d{2}:\d{2}$"}),
]


class ExtraShift(CodedZh):
    """Service outside office hours, and whether a clock in working time runs during it."""

    tiers: tuple[TierRef, ...] = ()
    requires: Literal["APPOINTMENT"] | None = None
    counts_as_working_time: bool


class Calendar(RuleNode):
    """When offices work unless a unit has hours of its own; weekdays count from Monday = 0."""

    timezone: str
    working_days: tuple[Weekday, ...]
    office_hours: tuple[tuple[ClockTime, ClockTime], ...]
    holidays: Literal["CN_STATE_COUNCIL_ANNUAL_NOTICE", "NONE"]
    makeup_workdays: bool
    extra_shifts: tuple[ExtraShift, ...] = ()


class Invariant(CodedZh):
    """Something that holds for every service of the tenant."""

    exception: str | None = None
    applies_to: Words = ()
    covers: Words = ()


class TextOnly(RuleNode):
    """A rule that only states an aim; nothing in the system follows from it."""

    purpose: str


class Silence(RuleNode):
    """A question the text leaves open and what was chosen."""

    topic: str
    chosen: str
