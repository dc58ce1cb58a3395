"""Who serves where at an instant, as the staffing duty counts it: the statements behind the report (配备核查)."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, true
from sqlalchemy.orm import InstrumentedAttribute

from casework.kernel.sight import Sight
from casework.organisation.models import OrgUnit, RoleAssignment, StaffMember
from casework.organisation.queries import held_at

UNIT_COLUMNS: tuple[InstrumentedAttribute[Any], ...] = (
    OrgUnit.id,
    OrgUnit.code,
    OrgUnit.name_zh,
    OrgUnit.unit_type,
    OrgUnit.tier,
    OrgUnit.path,
    OrgUnit.headcount,
)
"""What a report needs of a unit."""
POST_COLUMNS: tuple[InstrumentedAttribute[Any], ...] = (
    RoleAssignment.unit_id,
    RoleAssignment.staff_id,
    RoleAssignment.role_code,
    RoleAssignment.engagement,
    StaffMember.post,
    RoleAssignment.needs_registration,
    RoleAssignment.registered_at,
)
"""What a report needs of a post that is held; no name and no number of a person."""


def reported(sight: Sight, unit_code: Any, below: bool) -> ColumnElement[bool]:
    """The condition that a unit belongs to a report: the caller answers for it, and it is, or is below, the one named."""
    reach = sight.reaching("report.unit", unit_path=OrgUnit.path.expression, participant_of=None, applicant_id=None)
    return and_(OrgUnit.tenant_id == sight.tenant, reach, named(sight, unit_code, below))


def named(sight: Sight, unit_code: Any, below: bool) -> ColumnElement[bool]:
    """The condition that a unit has a code or is below the one that has it; without a code it is every unit."""
    if unit_code is None:
        return true()
    if not below:
        same: ColumnElement[bool] = OrgUnit.code == unit_code
        return same
    top = OrgUnit.__table__.alias("top")
    path = select(top.c.path).where(top.c.tenant_id == sight.tenant, top.c.code == unit_code).scalar_subquery()
    inside: ColumnElement[bool] = func.starts_with(OrgUnit.path, path)
    return inside


def units_reported(sight: Sight, unit_code: Any, below: bool) -> Select[Any]:
    """Choose the units of a report."""
    return select(*UNIT_COLUMNS).where(reported(sight, unit_code, below)).order_by(OrgUnit.path)


def posts_reported(sight: Sight, unit_code: Any, below: bool, at: Any) -> Select[Any]:
    """Choose the posts held in those units at an instant, by people who serve."""
    return (
        select(*POST_COLUMNS)
        .select_from(RoleAssignment)
        .join(OrgUnit, and_(OrgUnit.tenant_id == sight.tenant, OrgUnit.id == RoleAssignment.unit_id))
        .join(StaffMember, and_(StaffMember.tenant_id == sight.tenant, StaffMember.id == RoleAssignment.staff_id))
        .where(
            RoleAssignment.tenant_id == sight.tenant,
            StaffMember.active,
            held_at(at),
            reported(sight, unit_code, below),
        )
    )
