"""Scalars with names: how instants, days, lengths of time, digests and telephone numbers are written and strictly read.

Messages say what is expected and never repeat what was given, because what was given may be personal data.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, NewType

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

CHINA = timezone(timedelta(hours=8))

Sha256 = NewType("Sha256", str)
PhoneNumber = NewType("PhoneNumber", str)
WorkingTime = NewType("WorkingTime", timedelta)

INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:[Zz]|[+-]\d{2}:\d{2})")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
LENGTH = re.compile(
    r"(?P<sign>-?)P(?=\d|T\d)(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,7})M)?(?:(?P<seconds>\d{1,9}(?:\.\d{1,6})?)S)?)?"
)
WORKING_LENGTH = re.compile(r"-?PT(?=\d)(?:\d{1,6}H)?(?:\d{1,7}M)?(?:\d{1,9}S)?")
DIGEST = re.compile(r"[0-9a-f]{64}")
TELEPHONE = re.compile(r"1[3-9]\d{9}|0\d{9,11}|[48]00\d{7}|1\d{4}|\+[1-9]\d{7,14}")


def refused(scalar: str, expected: str) -> GraphQLError:
    """Say what a scalar expects, without repeating the value."""
    return GraphQLError(f"Not a {scalar}: expected {expected}.")


def text_of(value: Any, scalar: str, expected: str) -> str:
    """Demand a text; numbers and objects are not turned into one."""
    if not isinstance(value, str):
        raise refused(scalar, expected)
    return value


def read_instant(value: Any) -> datetime:
    """Read an RFC 3339 instant; one without an offset is refused because nobody can say when it is."""
    expected = "RFC 3339 with seconds and an offset, such as 2024-09-03T10:30:00+08:00"
    text = text_of(value, "DateTime", expected)
    if not INSTANT.fullmatch(text):
        raise refused("DateTime", expected)
    try:
        # An instant at the end of the calendar must be one that can be shown again.
        return datetime.fromisoformat(text.upper()).astimezone(CHINA).astimezone(UTC)
    except (ValueError, OverflowError):
        raise refused("DateTime", expected) from None


def write_instant(value: datetime) -> str:
    """Write an instant in China's time; the fraction of a second appears only where there is one."""
    if value.tzinfo is None:
        raise ValueError("an instant without a time zone cannot be shown")
    written = value.astimezone(CHINA).isoformat()
    # Zeros at the end of a fraction are left out, as PostgreSQL leaves them out of its JSON.
    return f"{written[:-6].rstrip('0')}{written[-6:]}" if value.microsecond else written


def read_day(value: Any) -> date:
    """Read a calendar day."""
    expected = "a day such as 2024-09-03"
    text = text_of(value, "LocalDate", expected)
    if not DAY.fullmatch(text):
        raise refused("LocalDate", expected)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise refused("LocalDate", expected) from None


def read_length(value: Any) -> timedelta:
    """Read an ISO 8601 length of time without months and years, whose length nobody can say."""
    expected = "an ISO 8601 duration of weeks, days, hours, minutes or seconds, such as PT2H or P3D"
    found = LENGTH.fullmatch(text_of(value, "Duration", expected))
    if found is None:
        raise refused("Duration", expected)
    parts = {unit: float(number) for unit, number in found.groupdict().items() if unit != "sign" and number}
    return timedelta(**parts) * (-1 if found["sign"] else 1)


def read_working_length(value: Any) -> timedelta:
    """Read a length of working time; it has no days, because a working day has no fixed length."""
    expected = "hours, minutes and seconds of working time, such as PT1H59M"
    if not WORKING_LENGTH.fullmatch(text_of(value, "WorkingTime", expected)):
        raise refused("WorkingTime", expected)
    return read_length(value)


def write_length(value: timedelta) -> str:
    """Write a length of time as ISO 8601; one that has run below zero carries a minus sign."""
    size = abs(value)
    return _written(
        value, f"{size.days}D" if size.days else "", timedelta(seconds=size.seconds, microseconds=size.microseconds)
    )


def write_working_length(value: timedelta) -> str:
    """Write a length of working time in hours, minutes and seconds."""
    return _written(value, "", abs(value))


def _written(value: timedelta, days: str, clock: timedelta) -> str:
    minutes, seconds = divmod(clock, timedelta(minutes=1))
    hours, minutes = divmod(minutes, 60)
    fraction = f"{seconds.microseconds:06d}".rstrip("0")
    counted = f"{seconds.seconds}.{fraction}S" if fraction else f"{seconds.seconds}S" if seconds else ""
    time = f"{hours}H" * bool(hours) + f"{minutes}M" * bool(minutes) + counted
    sign = "-" if value < timedelta() else ""
    return f"{sign}P{days}T{time}" if time else f"{sign}P{days}" if days else "PT0S"


def read_digest(value: Any) -> str:
    """Read a SHA-256 digest."""
    expected = "64 lower-case hexadecimal digits"
    text = text_of(value, "Sha256", expected)
    if not DIGEST.fullmatch(text):
        raise refused("Sha256", expected)
    return text


def read_telephone(value: Any) -> str:
    """Read a telephone number and write it without spaces and hyphens, so that equal numbers are equal texts."""
    expected = "a mainland mobile, landline with area code, 400/800 or short service number, or +country number"
    text = re.sub(r"[\s-]", "", text_of(value, "PhoneNumber", expected))
    if text.startswith("+86"):
        text = text[3:]
    if not TELEPHONE.fullmatch(text):
        raise refused("PhoneNumber", expected)
    return text


def _scalar(
    name: str, description: str, write: Callable[[Any], str], read: Callable[[Any], object]
) -> ScalarDefinition:
    return strawberry.scalar(name=name, description=description, serialize=write, parse_value=read)


SCALARS: Mapping[object, ScalarDefinition] = {
    datetime: _scalar(
        "DateTime",
        "Instant, RFC 3339 with seconds and an offset; always shown in +08:00 (时刻).",
        write_instant,
        read_instant,
    ),
    date: _scalar("LocalDate", "Calendar day, such as 2024-09-03 (日期).", date.isoformat, read_day),
    timedelta: _scalar(
        "Duration",
        "Length of time, ISO 8601 without months and years, such as PT2H or P3D (时长).",
        write_length,
        read_length,
    ),
    WorkingTime: _scalar(
        "WorkingTime",
        "Length of working time (office hours only), ISO 8601 hours, minutes and seconds, such as PT1H59M (工作时间).",
        write_working_length,
        read_working_length,
    ),
    Sha256: _scalar("Sha256", "SHA-256 digest, 64 lower-case hexadecimal digits (摘要).", str, read_digest),
    PhoneNumber: _scalar(
        "PhoneNumber",
        "Telephone number without spaces and hyphens; masked where the caller may not see it (联系电话).",
        str,
        read_telephone,
    ),
}
