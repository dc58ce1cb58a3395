"""Searching names in Chinese: by two characters and more, by the first letters of the pinyin, past one mistyped sign.

Only operators that PostgreSQL takes for leakproof use an index under row-level security, and trigrams do not help with two
characters. So every name is cut into its pairs of neighbouring signs, once as it is written and once as the first letters of
its pinyin, and each pair is a row of its own that is found by equality (营业执照 gives 营业, 业执, 执照, yy, yz, zz).
"""

import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Integer, Text, TextClause, any_, func, literal, select, text, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from casework.kernel.models import TenantRow, path_text
from casework.kernel.work import Work

SHORTEST, LONGEST = 2, 40
"""How many letters, digits and characters a search has, at least and at most."""

BROKEN_BY_ONE = 2
"""How many pairs one mistyped sign breaks: the one that ends with it, and the one that begins with it."""


class Pair(TenantRow):
    """Two neighbouring signs of a name or of its pinyin; a subclass says whose name it is, and in which column."""

    __abstract__ = True
    named: ClassVar[type[TenantRow]]
    owner: ClassVar[str]

    pair: Mapped[str] = mapped_column(path_text(), sort_order=5)


def signs(written: str) -> str:
    """Leave of a text what is compared: letters, digits and characters; wide and capital letters become plain ones."""
    plain = unicodedata.normalize("NFKC", written).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def initials(plain: str) -> str:
    """Give the first letters of the pinyin of a text; what is not Chinese stays as it is (拼音首字母)."""
    # Only who writes a name needs the dictionary, which takes its time to load.
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(plain, style=Style.FIRST_LETTER)).casefold()


def neighbours(plain: str) -> Iterator[str]:
    """Cut a text into its pairs of neighbouring signs."""
    return (plain[at : at + 2] for at in range(len(plain) - 1))


def pairs_of_name(name: str) -> tuple[str, ...]:
    """Cut a name into all pairs under which it is found."""
    plain = signs(name)
    return tuple(dict.fromkeys((*neighbours(plain), *neighbours(initials(plain)))))


def pairs_sought(sought: str) -> list[str]:
    """Cut what somebody looks for into the pairs that a name should have."""
    return list(dict.fromkeys(neighbours(signs(sought))))


def fewest_pairs(sought: str) -> int:
    """Tell how many of these pairs a name must have at least, so that one sign may be mistyped, missing or too many."""
    return max(1, len(pairs_sought(sought)) - BROKEN_BY_ONE)


def closest(kind: type[Pair], pairs: Any, fewest: Any) -> ColumnElement[bool]:
    """The condition that no other name of the city has more of the pairs sought, and that this one has enough of them.

    Whoever types without a mistake sees only names with all pairs; after a mistake the nearest ones are left. Cities are
    ranked apart, so that a row of another city, should it ever be seen, changes nothing.
    """
    table = kind.__table__
    whose = table.c[kind.owner]
    wanted = literal(pairs, ARRAY(Text(collation="C"))) if isinstance(pairs, list) else pairs
    by_number = func.rank().over(partition_by=table.c.tenant_id, order_by=func.count().desc())
    ranked = (
        select(table.c.tenant_id, whose.label("owner"), by_number.label("place"))
        .where(table.c.pair == any_(wanted))
        .group_by(table.c.tenant_id, whose)
        .having(func.count() >= (literal(fewest, Integer()) if isinstance(fewest, int) else fewest))
        .subquery()
    )
    found = select(ranked.c.tenant_id, ranked.c.owner).where(ranked.c.place == 1)
    own = kind.named.__table__.c
    return tuple_(own.tenant_id, own.id).in_(found)


def filling(kind: type[Pair]) -> TextClause:
    """Write the statement that makes a city's rows out of two lists of equal length: whose name, and which pair."""
    return text(
        f"INSERT INTO {kind.__tablename__} (tenant_id, id, {kind.owner}, pair, created_at, updated_at, row_version) "  # noqa: S608
        "SELECT :tenant, gen_random_uuid(), made.whose, made.pair, :at, :at, 1 "
        "FROM unnest(CAST(:whose AS uuid[]), CAST(:pairs AS text[])) AS made (whose, pair)"
    )


def to_fill(tenant: str, at: datetime, names: Iterable[tuple[UUID, str]]) -> dict[str, Any]:
    """Cut names into what this statement is given."""
    made = [(whose, pair) for whose, name in names for pair in pairs_of_name(name)]
    return {"tenant": tenant, "at": at, "whose": [whose for whose, _ in made], "pairs": [pair for _, pair in made]}


async def make_findable(work: Work, kind: type[Pair], names: Iterable[tuple[UUID, str]]) -> None:
    """Let new rows be found by their names; the rows must have been sent to the database."""
    await work.session.execute(filling(kind), to_fill(work.tenant, work.now, names))
