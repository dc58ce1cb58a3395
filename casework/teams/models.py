"""Tables of the teams room: teams and who belongs to them (队伍)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.kernel.models import TenantRow, tenant_index, text_enum, within_tenant

STANDING = "disbanded_at IS NULL"
BELONGS = "left_at IS NULL"


class MemberSource(StrEnum):
    """Where a member of a team comes from (人员来源)."""

    OWN = "OWN"
    DEPARTMENT = "DEPARTMENT"
    VOLUNTEER = "VOLUNTEER"
    PARTNER = "PARTNER"


class Team(TenantRow):
    """A group of staff formed in a unit for a purpose; `code` is the kind of team that the city's text knows.

    `subject` names the one project, enterprise or matter that the team serves, and is empty for a standing team.
    `sole_key` is what there is one team of a kind for: the project in the whole city (TA-12-11), else unit and subject.
    """

    __tablename__ = "team"

    code: Mapped[str]
    unit_id: Mapped[UUID]
    name_zh: Mapped[str]
    subject: Mapped[str]
    sole_key: Mapped[str]
    duties_zh: Mapped[str]
    parent_id: Mapped[UUID | None]
    formed_at: Mapped[datetime]
    formed_by: Mapped[UUID | None]
    disbanded_at: Mapped[datetime | None]
    disband_reason: Mapped[str | None]

    __table_args__ = (
        within_tenant("unit_id", "org_unit"),
        within_tenant("parent_id", "team"),
        within_tenant("formed_by", "staff_member"),
        Index(None, "tenant_id", "code", "sole_key", unique=True, postgresql_where=text(STANDING)),
        tenant_index("unit_id"),
        tenant_index("formed_at", "id"),
        tenant_index("parent_id"),
    )


class TeamMember(TenantRow):
    """One person in one team for a period; belonging to a team gives no powers, those come with posts alone."""

    __tablename__ = "team_member"

    team_id: Mapped[UUID]
    staff_id: Mapped[UUID]
    source: Mapped[MemberSource] = mapped_column(text_enum(MemberSource))
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    leave_reason: Mapped[str | None]

    __table_args__ = (
        within_tenant("team_id", "team"),
        within_tenant("staff_id", "staff_member"),
        Index(None, "tenant_id", "team_id", "staff_id", unique=True, postgresql_where=text(BELONGS)),
        tenant_index("team_id", "joined_at", "id"),
        tenant_index("staff_id"),
    )
