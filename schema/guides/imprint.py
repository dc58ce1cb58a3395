"""What stands below every published guide, on the page and on paper: number, version, date, and what demands it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from casework.catalogue.public import OpenGuide
from tenants.rules import RULES, source


def imprint(shown: OpenGuide, timezone: str) -> list[str]:
    """Write the lines; the date is that of the office."""
    text = shown.text
    lines = [
        f"编号：{shown.guide.code}",
        f"版本：第{text.version}版",
        f"公布日期：{day_zh(text.published_at, timezone)}",
    ]
    if text.authors_zh:
        lines.append(f"联合编制：{'、'.join(text.authors_zh)}")
    titles = dict.fromkeys(f"《{source(rule).title_zh}》" for rule in text.rules if rule in RULES)
    return [*lines, f"依据：{''.join(titles)}"] if titles else lines


def day_zh(instant: datetime, timezone: str) -> str:
    """Write a date as the office writes it."""
    local = instant.astimezone(ZoneInfo(timezone))
    return f"{local.year}年{local.month}月{local.day}日"
