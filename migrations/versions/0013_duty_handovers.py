"""Hand-overs of matters in hand: what is offered to whom, what the receivers said, and how a failed one was put right."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

APP = "bangban_app"
BACKUP = "bangban_backup"
SAME_TENANT = "tenant_id = current_setting('app.tenant_id', true)"
TABLES = ("duty_handover", "handover_item")
INDEX = "ix_handover_incident_tenant_id_occurred_at"


def upgrade() -> None:
    op.create_table(
        "duty_handover",
        sa.Column("tenant_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_staff_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("unit_path", sa.Text(collation="C"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "from_staff_id"],
            ["staff_member.tenant_id", "staff_member.id"],
            name=op.f("fk_duty_handover_tenant_id_from_staff_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["org_unit.tenant_id", "org_unit.id"],
            name=op.f("fk_duty_handover_tenant_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_duty_handover")),
    )
    for columns in (["from_staff_id", "started_at"], ["unit_path", "started_at"], ["started_at"]):
        name = "_".join(("ix_duty_handover_tenant_id", *columns))
        op.create_index(op.f(name), "duty_handover", ["tenant_id", *columns])
    op.create_table(
        "handover_item",
        sa.Column("tenant_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handover_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("matter_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("to_staff_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "handover_id"],
            ["duty_handover.tenant_id", "duty_handover.id"],
            name=op.f("fk_handover_item_tenant_id_handover_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "to_staff_id"],
            ["staff_member.tenant_id", "staff_member.id"],
            name=op.f("fk_handover_item_tenant_id_to_staff_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_handover_item")),
    )
    op.create_index(
        op.f("ix_handover_item_tenant_id_handover_id_id"), "handover_item", ["tenant_id", "handover_id", "id"]
    )
    op.create_index(
        op.f("ix_handover_item_tenant_id_to_staff_id_state"), "handover_item", ["tenant_id", "to_staff_id", "state"]
    )
    op.create_index(
        "ix_handover_item_offered",
        "handover_item",
        ["tenant_id", "kind", "matter_id"],
        unique=True,
        postgresql_where=sa.text("state = 'OFFERED'"),
    )
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant_isolation ON {table} USING ({SAME_TENANT}) WITH CHECK ({SAME_TENANT})")
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO {APP}")
        op.execute(f"GRANT SELECT ON {table} TO {BACKUP}")
    op.add_column("handover_incident", sa.Column("resolved_by", sa.Text(), nullable=True))
    op.add_column("handover_incident", sa.Column("resolution", sa.Text(), nullable=True))
    with op.get_context().autocommit_block():
        op.create_index(
            op.f(INDEX),
            "handover_incident",
            ["tenant_id", "occurred_at"],
            if_not_exists=True,
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(op.f(INDEX), "handover_incident", if_exists=True, postgresql_concurrently=True)
    op.drop_column("handover_incident", "resolution")
    op.drop_column("handover_incident", "resolved_by")
    op.drop_table("handover_item")
    op.drop_table("duty_handover")
