"""The parameters of a planned statement: each has a name, a place in the text, and a way to its value in a request."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

from psycopg import DataError
from sqlalchemy import ARRAY, BindParameter, Date, DateTime, Select, String, Text, Uuid, bindparam
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.types import TypeEngine

from casework.kernel import wire
from casework.kernel.law import Regulation
from schema.reading.selection import NotPlanned
from schema.reading.slots import Slot, Whole

DIALECT = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


@dataclass(slots=True)
class Filling:
    """What fills the places of a plan for one request."""

    tenant: str
    now: datetime
    in_force: Regulation
    of_caller: Mapping[str, bytes | None]
    """The values of the caller's outlook, written once for all his requests."""
    variables: Mapping[str, Any]


Getter = Callable[[Filling], Any]


class Binds:
    """Hands out the parameters of one statement and remembers where their values come from."""

    def __init__(self) -> None:
        self._numbers = count()
        self._getters: dict[str, Getter] = {}
        self.shared: dict[str, Select[Any]] = {}
        """What the statement reads once for all rows, by name."""
        self._given: list[str] = []
        self.unplaced: tuple[Getter, ...] = ()
        """Ways to values that the text has no place for, because the condition around them is settled without them."""
        self.tenant = self.made("tenant", lambda filling: filling.tenant, String(40))
        self.now = self.made("now", lambda filling: filling.now, DateTime(timezone=True))
        self.timezone = self.made("zone", lambda filling: filling.in_force.profile.calendar.timezone, Text())
        self.today = self.made("today", lambda filling: filling.in_force.date_at(filling.now), Date())

    def made(self, name: str, getter: Getter, kind: TypeEngine[Any]) -> BindParameter[Any]:
        """Make a parameter with a way to its value."""
        self._getters[name] = getter
        return bindparam(name, type_=kind, required=True)

    def fresh(self, getter: Getter, kind: TypeEngine[Any]) -> BindParameter[Any]:
        """Make a parameter under a new name."""
        self._given.append(f"v{next(self._numbers)}")
        return self.made(self._given[-1], getter, kind)

    def of_caller(self, name: str, value: Any) -> BindParameter[Any]:
        """Make the parameter for a value of the caller's outlook."""
        kind: TypeEngine[Any] = Uuid() if isinstance(value, UUID) else Text(collation="C")
        if isinstance(value, list):
            kind = ARRAY(Text(collation="C"))
        return self.made(f"c_{name}", lambda filling: filling.of_caller[name], kind)

    def operand(self, value: Any, kind: TypeEngine[Any], change: Callable[[Any], Any] | None = None) -> Any:
        """Give what stands for a value of an argument: itself when it belongs to the plan, else a parameter."""
        if isinstance(value, Slot):
            slot = value if change is None else value.then(change)
            return self.fresh(lambda filling: slot.value(filling.variables), kind)
        return value if change is None else change(value)

    def operands(self, values: Sequence[Any], kind: TypeEngine[Any], change: Callable[[Any], Any]) -> Any:
        """Give what stands for a list: one array, filled in later or now."""
        if len(values) == 1 and isinstance(values[0], Whole):
            slot = values[0].slot.then(change)
            return self.fresh(lambda filling: slot.value(filling.variables), ARRAY(kind))
        if any(isinstance(value, (Slot, Whole)) for value in values):
            raise NotPlanned("a list of variables")
        return bindparam(None, change(list(values)), type_=ARRAY(kind))

    def compile(self, statement: Select[Any]) -> tuple[str, tuple[Getter, ...]]:
        """Write the statement as text, with the ways to its values in the order of their places."""
        compiled: Any = statement.compile(dialect=DIALECT)
        # A list that belongs to the plan is written as one parameter for each of its values.
        expanded = compiled.construct_expanded_state(dict.fromkeys(self._getters))

        def getter(name: str) -> Getter:
            if name in compiled.binds:
                return self._getters.get(name) or fixed(compiled.binds[name])
            return told(expanded.processors.get(name), expanded.additional_parameters[name])

        self.unplaced = tuple(self._getters[name] for name in self._given if name not in (expanded.positiontup or ()))
        return expanded.statement, tuple(getter(name) for name in expanded.positiontup or ())


def fixed(bound: BindParameter[Any]) -> Getter:
    """Give the way to a value that belongs to the plan itself."""
    return told(bound.type.dialect_impl(DIALECT).bind_processor(DIALECT), bound.value)


def told(process: Callable[[Any], Any] | None, given: Any) -> Getter:
    """Give the way to a value that is always the same."""
    value = given if process is None else process(given)
    return lambda _filling: value


def written(value: Any) -> bytes | None:
    """Write a value as PostgreSQL reads it in text; one that is written already stays as it is."""
    try:
        return value if type(value) is bytes else wire.written(value)
    except DataError:
        raise NotPlanned("a character that is no text") from None
