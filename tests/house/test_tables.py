"""Tables: names by one convention, keys inside the tenant, no relationship that loads behind somebody's back."""

import re
from collections.abc import Iterable, Iterator

import psycopg
from sqlalchemy import Index, MetaData, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, Mapper, mapped_column, relationship

from bangban.connections import Connections
from casework.kernel.models import NAMES, Base, TenantRow
from migrations.tables import metadata
from tests.house.tree import nothing

SHARED = frozenset({"tenant"})
"""Tables without a tenant: registers that hold no case and no person."""

READ_ACROSS_TENANTS = frozenset({"ix_metric_snapshot_province"})
"""The province looks for the figures of all of its cities at once."""

LONGEST_NAME = 63
NAMED = """
SELECT class.relname, con.contype::text, con.conname FROM pg_constraint con
JOIN pg_class class ON class.oid = con.conrelid WHERE con.connamespace = 'public'::regnamespace
UNION ALL
SELECT class.relname, 'i', index.relname FROM pg_index
JOIN pg_class class ON class.oid = indrelid JOIN pg_class index ON index.oid = indexrelid
WHERE class.relnamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
"""
PREFIXES = {"p": "pk", "u": "uq", "f": "fk", "c": "ck", "i": "ix", "x": "ex", "n": ""}
"""By kind of constraint; PostgreSQL 18 names its NOT NULL constraints (n) itself."""


def badly_named(found: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    """Name the constraints and indexes that the convention would have called otherwise."""
    for table, kind, name in found:
        if table != "alembic_version" and PREFIXES[kind]:
            wanted = f"{PREFIXES[kind]}_{table}"
            if not (name == wanted or name.startswith(f"{wanted}_")) or len(name) > LONGEST_NAME:
                yield f"{table}: {name} should begin with {wanted}"


def test_constraints_and_indexes_are_named_by_the_convention(database: Connections) -> None:
    assert metadata.naming_convention == NAMES
    with psycopg.connect(database.dsn("owner")) as connection:
        found = connection.execute(NAMED).fetchall()
    assert len(found) > len(metadata.tables)
    nothing(badly_named(found))


def test_the_guard_sees_a_name_of_its_own() -> None:
    assert list(badly_named([("case_step", "f", "case_step_case_id_fkey")]))
    assert list(badly_named([("case_step", "p", "pk_case_step"), ("case_step", "n", "case_step_id_not_null")])) == []


def loads_unasked(mappers: Iterable[Mapper[DeclarativeBase]]) -> Iterator[str]:
    """Name the relationships that would send a query when somebody reads an attribute."""
    for mapper in mappers:
        for relation in mapper.relationships:
            if relation.lazy not in {"raise", "raise_on_sql", "noload", "write_only"}:
                yield f"{mapper.class_.__name__}.{relation.key}: lazy={relation.lazy!r}"


def test_no_relationship_loads_behind_ones_back() -> None:
    nothing(loads_unasked(Base.registry.mappers))


def test_the_guard_sees_a_relationship_that_loads() -> None:
    class Planted(DeclarativeBase):
        metadata = MetaData()

    class Node(Planted):
        __tablename__ = "node"
        id: Mapped[int] = mapped_column(primary_key=True)
        child: Mapped["Node"] = relationship(primaryjoin="foreign(Node.id) == remote(Node.id)", viewonly=True)

    assert list(loads_unasked(Planted.registry.mappers)) == ["Node.child: lazy='select'"]


def test_every_table_is_keyed_by_its_tenant() -> None:
    nothing(beside_the_tenant(metadata.tables.values()))
    tables = {mapper.local_table.name for mapper in TenantRow.registry.mappers if issubclass(mapper.class_, TenantRow)}
    assert tables | SHARED == metadata.tables.keys()


def beside_the_tenant(tables: Iterable[Table]) -> Iterator[str]:
    """Name the tables and indexes that do not begin with the tenant."""
    for table in tables:
        if table.name not in SHARED:
            if [column.name for column in table.primary_key] != ["tenant_id", "id"]:
                yield f"{table.name}: the primary key is not (tenant_id, id)"
            yield from (f"{table.name}: {index.name}" for index in table.indexes if not begins_with_tenant(index))


def begins_with_tenant(index: Index) -> bool:
    return index.name in READ_ACROSS_TENANTS or bool(
        re.match(r"(\w+\.)?tenant_id\b", str(next(iter(index.expressions))))
    )
