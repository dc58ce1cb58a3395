"""Binding a transaction to one tenant: the single place that tells row-level security whose rows may be seen."""

import re

from sqlalchemy import String, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from casework.kernel.models import Base

TENANT_CODE = re.compile(r"[a-z][a-z0-9-]{1,39}")
PROVINCE_CODE = re.compile(r"[0-9]{2}")


class Tenant(Base):
    """A jurisdiction or venue that runs its own regulation; a register without personal or case data, shared by all."""

    __tablename__ = "tenant"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    province_code: Mapped[str] = mapped_column(String(2))
    province_zh: Mapped[str]
    admin_level: Mapped[str]


async def bind_tenant(session: AsyncSession, tenant: str) -> None:
    """Bind the running transaction to a tenant.

    SET LOCAL as a statement, because it ends with the transaction (a pooled connection cannot carry it on) and
    because a distributed PostgreSQL passes on only this form. SET takes no parameters, hence the strict pattern.
    """
    await session.execute(text(binding(tenant)))


def binding(tenant: str) -> str:
    """Write the statement that binds a transaction to a tenant."""
    if not TENANT_CODE.fullmatch(tenant):
        raise ValueError("not a tenant code")
    return f"SET LOCAL app.tenant_id = '{tenant}'"


def tenant_setting(tenant: str) -> bytes:
    """Write the statement that binds a connection for planned reads; `kernel.lanes` says what makes that safe."""
    if not TENANT_CODE.fullmatch(tenant):
        raise ValueError("not a tenant code")
    return f"SET app.tenant_id = '{tenant}'".encode()


async def bind_province(session: AsyncSession, province: str) -> None:
    """Bind the running transaction to a province: it sees published snapshots of that province and nothing else."""
    if not PROVINCE_CODE.fullmatch(province):
        raise ValueError("not a province code")
    await session.execute(text(f"SET LOCAL app.province = '{province}'"))


def province_setting(province: str) -> bytes:
    """Write the statement that binds a connection of the province's role for planned reads."""
    if not PROVINCE_CODE.fullmatch(province):
        raise ValueError("not a province code")
    return f"SET app.province = '{province}'".encode()
