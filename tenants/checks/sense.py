"""Numbers, dates and orders that must fit together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from zoneinfo import available_timezones

from tenants.checks.raw import Data, entries, mapping, parts, text, texts
from tenants.problems import Finding, closest

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def sense_findings(profile: Data) -> Iterator[Finding]:
    """Everything of the right kind that still cannot be meant so."""
    yield from _calendar(mapping(profile.get("calendar")))
    yield from _validity(mapping(profile.get("validity")))
    yield from _timers(profile)
    yield from _inheritance(profile)
    yield from _staffing(profile)


def _calendar(calendar: Data) -> Iterator[Finding]:
    zone = calendar.get("timezone")
    if isinstance(zone, str) and zone not in available_timezones():
        yield Finding(("calendar", "timezone"), f"unknown time zone {zone!r}", closest(zone, available_timezones()))
    last = ""
    for index, hours in enumerate(entries(calendar.get("office_hours"))):
        if isinstance(hours, list) and len(hours) == 2 and all(isinstance(part, str) for part in hours):
            if not last <= hours[0] < hours[1]:
                path = ("calendar", "office_hours", index)
                yield Finding(path, "the office hours do not follow one another", '["from", "to"], in order, apart')
            last = hours[1]


def _validity(validity: Data) -> Iterator[Finding]:
    begins, ends = validity.get("valid_from"), validity.get("valid_to")
    if validity.get("kind") in ("TRIAL", "FIXED_TERM") and ends is None:
        yield Finding(("validity",), "a trial or fixed term needs its last day", "valid_to: a date")
    if _DATE.fullmatch(text(begins)) and _DATE.fullmatch(text(ends)) and text(ends) < text(begins):
        yield Finding(("validity", "valid_to"), "the regulation ends before it begins", f"{begins} or later")


def _timers(profile: Data) -> Iterator[Finding]:
    for index, timer in parts(profile.get("timers")):
        path = ("timers", index)
        status, duration = timer.get("legal_status"), timer.get("duration")
        if status == "REGULATION" and timer.get("default") is True:
            yield Finding(path, "a default cannot be a limit of the regulation", "legal_status: OPERATIONAL")
        if status == "MEASURE_ONLY" and duration is not None:
            yield Finding(path, "a mere measure has no limit", "no duration, or legal_status: OPERATIONAL")
        if status != "MEASURE_ONLY" and duration is None and timer.get("due") is None:
            yield Finding(path, "neither a duration nor a due date", "duration, due, or legal_status: MEASURE_ONLY")


def _inheritance(profile: Data) -> Iterator[Finding]:
    parents = {text(role.get("code")): texts(role.get("inherits")) for _, role in parts(profile.get("roles"))}
    for index, role in parts(profile.get("roles")):
        code = text(role.get("code"))
        if code in _ancestors(code, parents):
            path = ("roles", index, "inherits")
            yield Finding(path, f"the role {code!r} inherits from itself", "a chain that ends")


def _ancestors(code: str, parents: Mapping[str, list[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(parents.get(code, ()))
    while waiting:
        parent = waiting.pop()
        if parent not in found:
            found.add(parent)
            waiting.extend(parents.get(parent, ()))
    return found


def _staffing(profile: Data) -> Iterator[Finding]:
    for index, rule in parts(profile.get("staffing")):
        low, high = rule.get("min"), rule.get("max")
        if isinstance(low, int) and isinstance(high, int) and low > high:
            yield Finding(("staffing", index), f"at least {low} and at most {high} cannot both hold", "min <= max")
        if rule.get("exact") is not None and (low is not None or high is not None):
            yield Finding(("staffing", index), "an exact number and a range", "exact, or min and max")
