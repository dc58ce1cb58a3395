"""Teams and their members; training plans, sessions, results and commendations; assessments and what was decided on them.

What is written once, the program may insert and read only.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

APP = "bangban_app"
BACKUP = "bangban_backup"
SAME_TENANT = "tenant_id = current_setting('app.tenant_id', true)"
STAFF, UNIT, POST = "staff_member", "org_unit", "role_assignment"
ONCE, OFTEN = "SELECT, INSERT", "SELECT, INSERT, UPDATE"


def text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def kind(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.String(length=40), nullable=False)


def instant(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def day(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Date(), nullable=False)


def texts(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.ARRAY(sa.Text()), nullable=False)


def json(name: str) -> sa.Column[Any]:
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=False)


def number(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def truth(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=nullable)


def key(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def make(table: str, may: str, pointers: dict[str, str], *parts: sa.Column[Any], unique: tuple[str, ...] = ()) -> None:
    """Make a table of tenants with its keys, its policy and what the program may do to it."""
    op.create_table(
        table,
        sa.Column("tenant_id", sa.String(length=40), nullable=False),
        key("id"),
        *parts,
        instant("created_at"),
        instant("updated_at"),
        number("row_version"),
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", column],
                [f"{other}.tenant_id", f"{other}.id"],
                name=op.f(f"fk_{table}_tenant_id_{column}"),
            )
            for column, other in pointers.items()
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
        *(
            (sa.UniqueConstraint("tenant_id", *unique, name=op.f(f"uq_{table}_tenant_id_{'_'.join(unique)}")),)
            if unique
            else ()
        ),
    )
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant_isolation ON {table} USING ({SAME_TENANT}) WITH CHECK ({SAME_TENANT})")
    op.execute(f"GRANT {may} ON {table} TO {APP}")
    op.execute(f"GRANT SELECT ON {table} TO {BACKUP}")


def index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_tenant_id_{'_'.join(columns)}"), table, ["tenant_id", *columns])


def only_one(table: str, where: str, *columns: str) -> None:
    name = op.f(f"ix_{table}_tenant_id_{'_'.join(columns)}")
    op.create_index(name, table, ["tenant_id", *columns], unique=True, postgresql_where=sa.text(where))


def upgrade() -> None:
    teams()
    training()
    assessment()


def teams() -> None:
    make(
        "team", OFTEN, {"unit_id": UNIT, "parent_id": "team", "formed_by": STAFF},
        text("code"), key("unit_id"), text("name_zh"), text("subject"), text("sole_key"), text("duties_zh"),
        key("parent_id", nullable=True), instant("formed_at"), key("formed_by", nullable=True),
        instant("disbanded_at", nullable=True), text("disband_reason", nullable=True),
    )  # fmt: skip
    only_one("team", "disbanded_at IS NULL", "code", "sole_key")
    index("team", "unit_id")
    index("team", "formed_at", "id")
    index("team", "parent_id")
    make(
        "team_member", OFTEN, {"team_id": "team", "staff_id": STAFF},
        key("team_id"), key("staff_id"), kind("source"), instant("joined_at"), instant("left_at", nullable=True),
        text("leave_reason", nullable=True),
    )  # fmt: skip
    only_one("team_member", "left_at IS NULL", "team_id", "staff_id")
    index("team_member", "team_id", "joined_at", "id")
    index("team_member", "staff_id")


def training() -> None:
    make(
        "training_plan", ONCE, {"unit_id": UNIT, "planned_by": STAFF},
        key("unit_id"), text("title_zh"), text("grounds_zh"), texts("topics"), day("starts_on"), day("ends_on"),
        key("planned_by", nullable=True), instant("planned_at"),
    )  # fmt: skip
    index("training_plan", "unit_id")
    index("training_plan", "planned_at", "id")
    make(
        "training_session", ONCE, {"unit_id": UNIT, "plan_id": "training_plan", "recorded_by": STAFF},
        key("unit_id"), key("plan_id", nullable=True), text("topic_zh"), text("method_zh"), texts("role_codes"),
        texts("tiers"), text("trainer_zh", nullable=True), instant("held_at"), key("recorded_by", nullable=True),
    )  # fmt: skip
    index("training_session", "unit_id")
    index("training_session", "plan_id", "held_at", "id")
    index("training_session", "held_at", "id")
    make(
        "training_result", ONCE, {"session_id": "training_session", "staff_id": STAFF, "recorded_by": STAFF},
        key("session_id"), key("staff_id"), truth("attended"), text("evaluation_zh", nullable=True),
        number("score", nullable=True), truth("passed", nullable=True), key("recorded_by", nullable=True),
        instant("recorded_at"), unique=("session_id", "staff_id"),
    )  # fmt: skip
    index("training_result", "staff_id", "recorded_at", "id")
    index("training_result", "recorded_at", "id")
    make(
        "commendation", ONCE,
        {"staff_id": STAFF, "unit_id": UNIT, "result_id": "training_result", "awarded_by": STAFF},
        key("staff_id"), key("unit_id"), text("title_zh"), text("reason_zh"), text("reward_zh", nullable=True),
        key("result_id", nullable=True), key("awarded_by", nullable=True), instant("awarded_at"),
    )  # fmt: skip
    index("commendation", "staff_id", "awarded_at", "id")
    index("commendation", "unit_id")
    index("commendation", "awarded_at", "id")


def assessment() -> None:
    make(
        "assessment_scheme", ONCE, {"unit_id": UNIT, "adopted_by": STAFF},
        kind("kind"), key("unit_id"), text("title_zh"), json("criteria"), key("adopted_by", nullable=True),
        instant("adopted_at"),
    )  # fmt: skip
    index("assessment_scheme", "unit_id")
    index("assessment_scheme", "adopted_at", "id")
    make(
        "assessment", ONCE,
        {"scheme_id": "assessment_scheme", "staff_id": STAFF, "unit_id": UNIT, "assessor_id": STAFF},
        key("scheme_id"), kind("kind"), key("staff_id"), key("unit_id"), key("assessor_id", nullable=True),
        day("period_from"), day("period_to"), json("scores"), number("score"), number("score_of"),
        sa.Column("remark_zh", sa.LargeBinary(), nullable=True), json("case_ids"), instant("assessed_at"),
    )  # fmt: skip
    index("assessment", "staff_id", "assessed_at", "id")
    index("assessment", "unit_id")
    index("assessment", "assessed_at", "id")
    make(
        "assessment_decision", ONCE,
        {"assessment_id": "assessment", "decided_by": STAFF, "ended_post_id": POST, "new_post_id": POST},
        key("assessment_id"), kind("outcome"), text("reason"), key("decided_by", nullable=True), instant("decided_at"),
        key("ended_post_id", nullable=True), key("new_post_id", nullable=True), unique=("assessment_id",),
    )  # fmt: skip


def downgrade() -> None:
    for table in (
        "assessment_decision", "assessment", "assessment_scheme", "commendation", "training_result",
        "training_session", "training_plan", "team_member", "team",
    ):  # fmt: skip
        op.drop_table(table)
