"""What stands behind a figure in one city: whether a text sets a rule, which, and with which legal status (MODEL 11).

Everything is read off the city's profile: its clocks, invitations and callback triggers. A part of the profile that is
a default of ours is no rule, whatever number it holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from casework.deadlines.models import LegalStatus
from casework.deadlines.rounds import legal_status
from casework.reporting.period import midnight
from tenants.profile import Profile, Timer

ARCHIVED = "ARCHIVED"
BAD_REVIEW = "BAD_REVIEW"


@dataclass(frozen=True)
class Standing:
    """Whether a rule exists, its legal status on a day, its ids, and which clocks or kinds of service it concerns."""

    has_rule: bool
    legal_status: LegalStatus | None
    rules: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


MEASURED = Standing(has_rule=False, legal_status=LegalStatus.MEASURE_ONLY)
"""A figure that is only counted or measured; no text of any city sets a number for it."""

NOTHING = Standing(has_rule=False, legal_status=None)
"""The city does not do this at all."""


def only_measured(_profile: Profile, _day: date) -> Standing:
    """A count or a mean: measured everywhere."""
    return MEASURED


def response_time(profile: Profile, day: date) -> Standing:
    """How long the first human response may take; every clock of it is measured, whether it has a limit or not."""
    clocks = _clocks(profile, starts_on="REQUEST_RECEIVED", stops_on="FIRST_HUMAN_RESPONSE")
    ruled = _ruled(clocks)
    return _by_clocks(profile, day, ruled or clocks, measured=clocks)


def response_limit(profile: Profile, day: date) -> Standing:
    """The limit of the first human response (TA-15-2); where no text sets one there is nothing to keep."""
    clocks = _clocks(profile, starts_on="REQUEST_RECEIVED", stops_on="FIRST_HUMAN_RESPONSE")
    return _judged(profile, day, clocks)


def committed_limit(profile: Profile, day: date) -> Standing:
    """The committed limit of an item, from filing to decision (TA-3-10, PX-B-3.1-5)."""
    return _judged(profile, day, _clocks(profile, starts_on="FILED", stops_on="DECIDED"))


def same_day(profile: Profile, day: date) -> Standing:
    """Completion on the day of the commission (NX-5-3)."""
    clocks = (timer for timer in profile.timers if timer.duration == "SAME_DAY" and timer.stops_on == "COMPLETED")
    return _judged(profile, day, tuple(clocks))


def invitation(profile: Profile, day: date) -> Standing:
    """The invitation to evaluate, for the kinds of service for which a text demands it (TA-15-8, CH-4.3-1, NX-5-7)."""
    if not profile.evaluation.enabled:
        return NOTHING
    invitations = profile.evaluation.invitations
    cited = [entry for entry in invitations if entry.basis.rules and not entry.basis.default]
    return Standing(
        has_rule=bool(cited),
        legal_status=_in_force(profile, day) if cited else LegalStatus.OPERATIONAL,
        rules=_distinct(rule for entry in cited for rule in entry.basis.rules),
        kinds=_distinct(entry.service_kind for entry in cited or invitations),
    )


def periodic_callback(profile: Profile, day: date) -> Standing:
    """The callback after archiving (TA-15-13)."""
    return _triggered(profile, day, ARCHIVED)


def bad_review_callback(profile: Profile, day: date) -> Standing:
    """The callback after a bad review (CH-4.3-3)."""
    return _triggered(profile, day, BAD_REVIEW)


def _clocks(profile: Profile, *, starts_on: str, stops_on: str) -> tuple[Timer, ...]:
    return tuple(timer for timer in profile.timers if timer.starts_on == starts_on and timer.stops_on == stops_on)


def _ruled(clocks: Iterable[Timer]) -> tuple[Timer, ...]:
    """The clocks whose limit a text sets."""
    return tuple(
        timer
        for timer in clocks
        if timer.legal_status == LegalStatus.REGULATION and timer.duration and timer.basis.rules
    )


def _judged(profile: Profile, day: date, clocks: tuple[Timer, ...]) -> Standing:
    """The clocks that can be kept or missed: those of a text, or for information our own targets."""
    limited = tuple(timer for timer in clocks if timer.duration)
    chosen = _ruled(limited) or limited
    return _by_clocks(profile, day, chosen, measured=chosen) if chosen else _unlimited(clocks)


def _unlimited(clocks: tuple[Timer, ...]) -> Standing:
    return MEASURED if clocks else NOTHING


def _by_clocks(profile: Profile, day: date, telling: tuple[Timer, ...], *, measured: tuple[Timer, ...]) -> Standing:
    if not telling:
        return NOTHING
    begins = midnight(day, profile.calendar.timezone)
    return Standing(
        has_rule=bool(_ruled(telling)),
        legal_status=legal_status(profile, telling[0], begins),
        rules=_distinct(rule for timer in telling for rule in timer.basis.rules),
        clocks=tuple(timer.id for timer in measured),
    )


def _triggered(profile: Profile, day: date, occasion: str) -> Standing:
    if not profile.callback.enabled:
        return NOTHING
    triggers = [
        entry for entry in profile.callback.triggers if entry.on == occasion or entry.on.endswith(f"_{occasion}")
    ]
    cited = [entry for entry in triggers if entry.basis.rules and not entry.basis.default]
    if not triggers:
        return NOTHING
    return Standing(
        has_rule=bool(cited),
        legal_status=_in_force(profile, day) if cited else LegalStatus.OPERATIONAL,
        rules=_distinct(rule for entry in cited for rule in entry.basis.rules),
    )


def _in_force(profile: Profile, day: date) -> LegalStatus:
    """Whether the text still holds on the day; one that ran out is reported as its profile says (TA-29-1, Q16)."""
    validity = profile.validity
    if validity.valid_to is None or validity.on_expiry is None or day <= validity.valid_to:
        return LegalStatus.REGULATION
    return LegalStatus(validity.on_expiry.breaches_reported_as)


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
