"""A row for every tenant table, made from the table's own description: a new table is covered on the day it appears."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    Numeric,
    Table,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import TypeDecorator

from migrations.tables import metadata

NAMES = UUID("6f0a3c1e-5d0b-4c55-9a53-2a4f6f1f9f10")
EPOCH = datetime(2024, 9, 2, 1, tzinfo=UTC)
ORDINARY = (0, 1, 2)
CONTESTED = 3
"""The number of a row whose id and unique values are the same in every tenant: two tenants may both have it."""

Connection = psycopg.Connection[tuple[Any, ...]]


def tenant_tables() -> list[Table]:
    """Every table that belongs to tenants, parents first."""
    return [table for table in metadata.sorted_tables if "tenant_id" in table.c]


def row_id(tenant: str, table: str, number: int) -> UUID:
    """The id of a generated row."""
    return uuid5(NAMES, f"{table}/{number}" if number == CONTESTED else f"{tenant}/{table}/{number}")


def canary(tenant: str, place: str, number: int) -> str:
    """A text that nobody but its tenant may ever see."""
    return f"canary of {tenant} in {place} {number}"


def parents(table: Table) -> dict[str, str]:
    """Name the columns of a table that point to a row, with the table they point to."""
    found = {}
    for key in table.foreign_key_constraints:
        own = [column for column in key.column_keys if column != "tenant_id"]
        assert len(own) == 1, f"{key.name} does not stay inside the tenant"
        found[own[0]] = key.referred_table.name
    return found


def row_of(table: Table, tenant: str, number: int) -> dict[str, Any]:
    """Make one row; what has to be unique in a tenant is the same in all tenants."""
    unique = {
        column.name
        for constraint in table.constraints
        if isinstance(constraint, UniqueConstraint)
        for column in constraint.columns
    }
    row: dict[str, Any] = {}
    for column in table.columns:
        place = f"{table.name}.{column.name}"
        if column.name == "tenant_id":
            row[column.name] = tenant
        elif column.name == "id":
            row[column.name] = row_id(tenant, table.name, number)
        elif column.name in parents(table):
            row[column.name] = row_id(tenant, parents(table)[column.name], number)
        else:
            row[column.name] = _value(column, "everybody" if column.name in unique else tenant, place, number)
    return row


def _value(column: Column[Any], whose: str, place: str, number: int) -> Any:
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    text = canary(whose, place, number)
    if isinstance(kind, Uuid):
        return uuid5(NAMES, text)
    if isinstance(kind, DateTime):
        return EPOCH + timedelta(days=number)
    if isinstance(kind, Date):
        return date(2024, 9, 2) + timedelta(days=number)
    if isinstance(kind, Boolean):
        return number % 2 == 0
    if isinstance(kind, Integer | Numeric | Float):
        return number + 1
    if isinstance(kind, LargeBinary):
        return text.encode()
    if isinstance(kind, JSONB):
        return Jsonb({"canary": text})
    if isinstance(kind, ARRAY):
        return [text]
    length = getattr(kind, "length", None)
    return text if length is None or length >= len(text) else f"{whose}{number}"[:length]


def insert(table: Table, row: dict[str, Any]) -> tuple[sql.Composed, list[Any]]:
    """Compose the insertion of one row."""
    names = sql.SQL(", ").join(map(sql.Identifier, row))
    values = sql.SQL(", ").join(sql.Placeholder() * len(row))
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(table.name), names, values)
    return statement, list(row.values())


def bind(connection: Connection, tenant: str) -> None:
    """Bind the running transaction to a tenant, as the program does."""
    connection.execute(sql.SQL("SET LOCAL app.tenant_id = {}").format(sql.Literal(tenant)))


def settle(dsn: str, tenant: str, numbers: Iterable[int] = ORDINARY) -> None:
    """Give a tenant rows in every table, through the program's own role."""
    with psycopg.connect(dsn) as connection:
        bind(connection, tenant)
        for number in numbers:
            for table in tenant_tables():
                connection.execute(*insert(table, row_of(table, tenant, number)))
