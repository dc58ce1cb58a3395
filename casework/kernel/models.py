"""What every table of the office has in common: names of constraints, tenant keys, versions."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from sqlalchemy import DateTime, ForeignKeyConstraint, Index, Integer, MetaData, String, Text, UniqueConstraint
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from casework.kernel.ids import new_id

NAMES: dict[str, str] = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

E = TypeVar("E", bound=StrEnum)


class Base(DeclarativeBase):
    """Root of all tables; instants are stored with their zone."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[Mapping[Any, Any]] = {
        datetime: DateTime(timezone=True),
        str: Text,
        list[str]: ARRAY(Text),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


class TenantRow(Base):
    """A row that belongs to one tenant: key `(tenant_id, id)`, guarded by row-level security, versioned against stale writes."""

    __abstract__ = True
    says_who: ClassVar[bool] = False
    """True for tables that say who somebody is, what he may do, or under which law."""

    tenant_id: Mapped[str] = mapped_column(String(40), primary_key=True, sort_order=-10)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-9)
    created_at: Mapped[datetime] = mapped_column(sort_order=90)
    updated_at: Mapped[datetime] = mapped_column(sort_order=91)
    row_version: Mapped[int] = mapped_column(Integer, sort_order=92)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        """Let an update of a row that somebody else changed meanwhile fail, and read back what others keep in it."""
        if not hasattr(cls, "__table__"):
            return {}
        return {"version_id_col": cls.__table__.c.row_version, "eager_defaults": True}


def path_text() -> Text:
    """Type of a column of unit paths: compared byte by byte, so that a subtree is a range whatever the server's locale."""
    return Text(collation="C")


def text_enum(kind: type[E]) -> SqlEnum:
    """Store a closed set as text, so that a new member needs no table rewrite."""
    return SqlEnum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=40,
        values_callable=lambda members: [m.value for m in members],
    )


def within_tenant(column: str, table: str) -> ForeignKeyConstraint:
    """Point to a row of the same tenant; a key that crosses tenants would be an oracle (design facts, row-level security)."""
    return ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"])


def unique_within_tenant(*columns: str) -> UniqueConstraint:
    """Demand uniqueness inside one tenant only."""
    return UniqueConstraint("tenant_id", *columns)


def tenant_index(*columns: str, where: Any = None) -> Index:
    """Index columns of one tenant."""
    return Index(None, "tenant_id", *columns, postgresql_where=where)
