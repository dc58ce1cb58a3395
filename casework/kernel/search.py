"""Searching names in Chinese: by two characters and more, by the first letters of the pinyin, past one mistyped sign.

Only operators that PostgreSQL takes for leakproof use an index under row-level security, and trigrams do not help with two
characters. So every name is kept once for each of its places, from there on, as it is written and as the first letters of its
pinyin: what stands anywhere in a name is the beginning of one of these tails, and a beginning is a range of an index.

One mistyped sign lies in one half of what is sought, and leaves the other half whole. So names that have one half are found by
the same index, and only these are compared sign by sign; and only when no name has all of it.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, TextClause, and_, any_, exists, func, select, text, union_all
from sqlalchemy.orm import Mapped, mapped_column

from casework.kernel.models import TenantRow, path_text
from casework.kernel.work import Work

SHORTEST, LONGEST = 2, 100
"""How many letters, digits and characters may be sought, at least and at most."""

COMPARED = 12
"""How many of them are compared; what follows changes nothing."""

TAIL, LEAD = COMPARED + 2, COMPARED // 2 + 2
"""How many signs of a name are kept from a place on, and before it."""

HALF = 2
"""The shortest half that tells names apart: what is sought with fewer than two halves must be typed without a mistake."""

AFTER_ALL = "\U0010ffff"
Told = Callable[[Callable[[str], str]], Any]
"""Gives what stands for a text that follows from what is sought."""


class Tail(TenantRow):
    """A name from one of its places on, and what stands before; a subclass says whose name it is, and in which column."""

    __abstract__ = True
    named: ClassVar[type[TenantRow]]
    owner: ClassVar[str]

    tail: Mapped[str] = mapped_column(path_text(), sort_order=5)
    lead: Mapped[str] = mapped_column(path_text(), sort_order=6)


def signs(written: str) -> str:
    """Leave of a text what is compared: letters, digits and characters; wide and capital letters become plain ones."""
    plain = unicodedata.normalize("NFKC", written).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def initials(plain: str) -> str:
    """Give the first letters of the pinyin of a text; what is not Chinese stays as it is (拼音首字母)."""
    # Only who writes a name needs the dictionary, which takes its time to load.
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(plain, style=Style.FIRST_LETTER)).casefold()


def tails(name: str) -> Iterator[tuple[str, str]]:
    """Give a name from each of its places on, with what stands before; a single last sign is never sought."""
    plain = signs(name)
    for whole in dict.fromkeys((plain, initials(plain))):
        for at in range(max(1, len(whole) - 1)):
            yield whole[at : at + TAIL], whole[max(0, at - LEAD) : at]


def sought(typed: str) -> str:
    """Give the signs that are looked for."""
    return signs(typed)[:COMPARED]


def first_half(typed: str) -> str:
    """Give the first half of what is looked for; nothing when it is too short to forgive a mistake."""
    wanted = sought(typed)
    return wanted[: len(wanted) // 2] if len(wanted) >= 2 * HALF else ""


def second_half(typed: str) -> str:
    """Give the second half of what is looked for; nothing when it is too short to forgive a mistake."""
    wanted = sought(typed)
    return wanted[len(wanted) // 2 :] if len(wanted) >= 2 * HALF else ""


def end_of(beginning: str) -> str:
    """Give the end of the range of all texts that begin so; nothing begins with nothing."""
    return beginning + AFTER_ALL if beginning else ""


def mistyped(half: str) -> str:
    """Write the pattern of all texts that differ in one sign, which is another one, is missing, or is too many."""
    places = range(len(half))
    forms = [f"{half[:at]}.?{half[at + 1 :]}" for at in places] + [f"{half[:at]}.{half[at:]}" for at in places]
    return f"({'|'.join(forms)})"


def closest(kind: type[Tail], tenant: Any, told: Told) -> ColumnElement[bool]:
    """The condition that a name has what is sought or, when no name of the city has, all but one sign of it."""
    table = kind.__table__
    whose = table.c[kind.owner].label("whose")

    # What each process answers for itself is never handed to helping processes: a kept plan, which knows no text, takes a
    # range for large and would start two of them for each search.
    alone = func.pg_backend_pid() > 0

    def beginning(part: Callable[[str], str]) -> ColumnElement[bool]:
        end = told(lambda typed: end_of(part(typed)))
        return and_(alone, table.c.tenant_id == tenant, table.c.tail >= told(part), table.c.tail < end)

    none_has_all = ~exists(select(1).select_from(table).where(beginning(sought)))
    # A pattern is compared only where the index found the other half.
    after = table.c.tail.regexp_match(told(lambda typed: f"^{first_half(typed)}{mistyped(second_half(typed))}"))
    before = table.c.lead.regexp_match(told(lambda typed: f"{mistyped(first_half(typed))}$"))
    found = union_all(
        select(whose).where(beginning(sought)),
        select(whose).where(beginning(first_half), after, none_has_all),
        select(whose).where(beginning(second_half), before, none_has_all),
    ).subquery()
    # As an array they are looked up in one walk of the index: two to three times quicker than joined, when there are thousands.
    return kind.named.__table__.c.id == any_(func.array(select(found.c.whose).scalar_subquery()))


def filling(kind: type[Tail]) -> TextClause:
    """Write the statement that makes a city's rows out of three lists of equal length: whose name, tail and lead."""
    return text(
        f"INSERT INTO {kind.__tablename__} "  # noqa: S608
        f"(tenant_id, id, {kind.owner}, tail, lead, created_at, updated_at, row_version) "
        "SELECT :tenant, gen_random_uuid(), made.whose, made.tail, made.lead, :at, :at, 1 "
        "FROM unnest(CAST(:whose AS uuid[]), CAST(:tails AS text[]), CAST(:leads AS text[])) AS made (whose, tail, lead)"
    )


def to_fill(tenant: str, at: datetime, names: Iterable[tuple[UUID, str]]) -> dict[str, Any]:
    """Cut names into what this statement is given."""
    made = [(whose, *cut) for whose, name in names for cut in tails(name)]
    lists = {"whose": [one[0] for one in made], "tails": [one[1] for one in made], "leads": [one[2] for one in made]}
    return {"tenant": tenant, "at": at, **lists}


async def make_findable(work: Work, kind: type[Tail], names: Iterable[tuple[UUID, str]]) -> None:
    """Let new rows be found by their names; the rows must have been sent to the database."""
    await work.session.execute(filling(kind), to_fill(work.tenant, work.now, names))
