"""What the program's role can ask and try: every relation, every function, every key, found in the catalogue.

Each probe runs in a savepoint that is taken back, so that no probe changes what the next one finds.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
from psycopg import Rollback, sql
from sqlalchemy import Table

from tests.isolation.rows import CONTESTED, Connection, bind, insert, parents, row_id, row_of, tenant_tables

OURS, OTHERS = "east", "west"
UNKNOWN = UUID("00000000-0000-7000-8000-000000000000")
"""An id that nobody ever had."""

SHARED_BY_DESIGN = frozenset({"public.tenant", "public.alembic_version", "dramatiq.queue"})
"""The register of cities, the number of the schema, and the wake-ups of workers, which hold ids only."""

RELATIONS = """
SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema' AND NOT starts_with(n.nspname, 'pg_')
  AND has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')
ORDER BY 1, 2
"""
FUNCTIONS = """
SELECT n.nspname, p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname <> 'information_schema' AND NOT starts_with(n.nspname, 'pg_') AND p.prokind = 'f' AND p.pronargs = 0
  AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
  AND has_schema_privilege(n.oid, 'USAGE') AND has_function_privilege(p.oid, 'EXECUTE')
ORDER BY 1, 2
"""

Outcome = tuple[Any, ...]
Answers = dict[str, Outcome]


def outcome(connection: Connection, query: sql.Composable, values: Any = None) -> Outcome:
    """Tell what a statement gives or why it is refused, and take it back."""
    told: Outcome = ()
    try:
        with connection.transaction() as savepoint:
            cursor = connection.execute(query, values)
            told = ("done", cursor.fetchall() if cursor.description else cursor.rowcount)
            raise Rollback(savepoint)
    except psycopg.Error as error:
        return ("refused", error.sqlstate, error.diag.constraint_name)
    return told


def reads(connection: Connection) -> Iterator[tuple[str, Outcome]]:
    """Read everything that can be read, without any condition of one's own."""
    for schema, name in connection.execute(RELATIONS).fetchall():
        if f"{schema}.{name}" not in SHARED_BY_DESIGN:
            relation = sql.Identifier(schema, name)
            everything = sql.SQL("SELECT t::text FROM {} t ORDER BY 1").format(relation)
            counted = sql.SQL("SELECT count(*) FROM {}").format(relation)
            yield f"read {schema}.{name}", outcome(connection, everything)
            yield f"count {schema}.{name}", outcome(connection, counted)
    for schema, name in connection.execute(FUNCTIONS).fetchall():
        call = sql.SQL("SELECT * FROM {}()").format(sql.Identifier(schema, name))
        yield f"call {schema}.{name}", outcome(connection, call)
    for table in tenant_tables():
        for column, parent in parents(table).items():
            joined = sql.SQL("SELECT count(*) FROM {} c JOIN {} p ON p.id = c.{}").format(
                sql.Identifier(table.name), sql.Identifier(parent), sql.Identifier(column)
            )
            yield f"join {table.name} to {parent} by {column}", outcome(connection, joined)


def touches(connection: Connection, table: Table, wanted: UUID) -> Iterator[tuple[str, Outcome]]:
    """Ask for one row by its id in every way there is."""
    name = sql.Identifier(table.name)
    ways = {
        "select": sql.SQL("SELECT t::text FROM {} t WHERE id = {}"),
        "lock": sql.SQL("SELECT id FROM {} WHERE id = {} FOR KEY SHARE"),
        "update": sql.SQL("UPDATE {} SET updated_at = updated_at WHERE id = {}"),
        "delete": sql.SQL("DELETE FROM {} WHERE id = {}"),
    }
    for way, text in ways.items():
        yield f"{way} {table.name}", outcome(connection, text.format(name, sql.Literal(wanted)))
    # A policy for updates alone shows itself only where nothing is read.
    blindly = sql.SQL("UPDATE {} SET updated_at = '2024-01-01Z'").format(name)
    yield f"update all of {table.name}", outcome(connection, blindly)


def points(
    connection: Connection, table: Table, row: dict[str, Any], whose: str | None
) -> Iterator[tuple[str, Outcome]]:
    """Write a row that points to what another tenant has, or to what nobody has."""
    for column, parent in parents(table).items():
        there = UNKNOWN if whose is None else row_id(whose, parent, 1)
        yield f"point from {table.name}.{column}", outcome(connection, *insert(table, {**row, column: there}))


def tries(connection: Connection, whose: str | None) -> Answers:
    """Try everything with the ids of another tenant, or with ids that nobody has."""
    told: Answers = {}
    with connection.transaction() as whole:
        for table in tenant_tables():
            told.update(touches(connection, table, UNKNOWN if whose is None else row_id(whose, table.name, 1)))
            row = row_of(table, OURS, CONTESTED)
            told.update(points(connection, table, row, whose))
            told[f"contest {table.name}"] = outcome(connection, *insert(table, row))
            told[f"write {table.name} for another"] = outcome(connection, *insert(table, {**row, "tenant_id": OTHERS}))
            try:
                with connection.transaction():
                    connection.execute(*insert(table, row))
            except psycopg.Error:
                continue
        raise Rollback(whole)
    return told


def answers(connection: Connection) -> Answers:
    """Ask and try everything as our tenant."""
    bind(connection, OURS)
    return {**dict(reads(connection)), **tries(connection, OTHERS)}
