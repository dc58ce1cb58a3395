"""The periods figures are made for: calendar months only, because figures of overlapping periods could be subtracted."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Period:
    """One calendar month, first and last day included."""

    first: date
    last: date

    @classmethod
    def month_of(cls, day: date) -> "Period":
        """The month in which a day lies."""
        return cls(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))

    @property
    def is_month(self) -> bool:
        """Whether it is exactly one calendar month."""
        return self == Period.month_of(self.first)

    def before(self) -> "Period":
        """The month before."""
        return Period.month_of(self.first - timedelta(days=1))

    def span(self, timezone: str) -> tuple[datetime, datetime]:
        """The instants from which and until which it lasts in a time zone; the end is outside."""
        return midnight(self.first, timezone), midnight(self.last + timedelta(days=1), timezone)


def midnight(day: date, timezone: str) -> datetime:
    """The instant at which a local day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(timezone)).astimezone(UTC)


def local_day(instant: datetime, timezone: str) -> date:
    """The day that the office's wall calendar shows at an instant."""
    return instant.astimezone(ZoneInfo(timezone)).date()
