"""Columns in a planned answer: how PostgreSQL's JSON of a column becomes what the API shows or the office computes with."""

from collections.abc import Callable, Hashable
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

from graphql import GraphQLEnumType, get_named_type
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import TypeEngine

from casework.kernel.vault import SealedJson, SealedText
from schema.reading.binds import DIALECT
from schema.reading.selection import NotPlanned

MOST_REMEMBERED, MOST_REMEMBERED_IN_ALL = 500, 20_000
MOST_COLUMNS = 4_096
Reader = Callable[[Any], Any]
READERS: dict[type, Reader] = {datetime: datetime.fromisoformat, date: date.fromisoformat, UUID: UUID}


def reader_of(attribute: InstrumentedAttribute[Any]) -> Reader | None:
    """Give what turns the JSON of a column into the value that its model holds; None when it is that value already."""
    kind: TypeEngine[Any] = attribute.type
    if isinstance(kind, (SealedText, SealedJson)):
        return unsealing(kind)
    held = kind.python_type
    if issubclass(held, Enum):
        return held
    return READERS.get(held)


def unsealing(kind: SealedText | SealedJson) -> Reader:
    """Give what opens a sealed column, which PostgreSQL writes as hexadecimal digits behind a mark."""

    def unseal(text: str) -> Any:
        return kind.process_result_value(bytes.fromhex(text[2:]), DIALECT)

    return unseal


@lru_cache(MOST_COLUMNS)
def shown_as_kept(attribute: InstrumentedAttribute[Any], graphql_type: Any) -> bool:
    """Tell whether the API shows the JSON of a column as PostgreSQL writes it."""
    if isinstance(attribute.type, SealedText):
        return False
    if isinstance(attribute.type, SealedJson):
        raise NotPlanned("sealed")
    named = get_named_type(graphql_type)
    if isinstance(named, GraphQLEnumType):
        return all(name == getattr(value.value, "value", value.value) for name, value in named.values.items())
    return True


class Results(dict[Hashable, Any]):
    """What one field of a plan has computed lately; as a class of its own it can be followed without being kept."""


class Memory:
    """Bounds what all fields of all plans of the process remember together."""

    def __init__(self, most: int) -> None:
        self._most, self._added = most, 0
        self._kept: WeakValueDictionary[int, Results] = WeakValueDictionary()

    def results(self) -> Results:
        """Give a field a place for its results."""
        made = Results()
        self._kept[id(made)] = made
        return made

    def make_room(self, results: Results) -> None:
        """Make room for one result more: a field that has too many forgets its own, and all forget when all have too many."""
        if len(results) >= MOST_REMEMBERED:
            results.clear()
        self._added += 1
        if self._added > self._most:
            self._added = 0
            for each in self._kept.values():
                each.clear()


MEMORY = Memory(MOST_REMEMBERED_IN_ALL)


def remembering(
    compute: Callable[..., Any], key: Callable[..., Hashable], memory: Memory = MEMORY
) -> Callable[..., Any]:
    """Remember results by a key of what they were computed from, as long as there are not too many."""
    known = memory.results()

    def remembered(*values: Any) -> Any:
        place = key(*values)
        try:
            return known[place]
        except KeyError:
            found = compute(*values)
        memory.make_room(known)
        known[place] = found
        return found

    return remembered


def frozen(*kept: Any) -> Hashable:
    """Make a key of values as PostgreSQL's JSON gives them."""
    return tuple(tuple(value) if isinstance(value, list) else value for value in kept)


def under_revision(lens: Any, *kept: Any) -> Hashable:
    """Make a key of values under the revision in force; revisions never change, and each belongs to one city."""
    return (lens.in_force.revision_id, frozen(*kept))
