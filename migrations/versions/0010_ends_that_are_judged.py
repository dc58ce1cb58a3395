"""When the end of a post was judged, the planned instant of one that was put off, and hand-overs that failed.

Ends that are over keep their effect; those to come are judged when they take effect.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0007"
branch_labels = None
depends_on = None

APP = "bangban_app"
BACKUP = "bangban_backup"
SAME_TENANT = "tenant_id = current_setting('app.tenant_id', true)"
INDEX = "ix_role_assignment_tenant_id_valid_to"
TO_BE_JUDGED = "judged_at IS NULL AND (valid_to IS NOT NULL OR put_off_from IS NOT NULL)"
OVER = """
DO $$
DECLARE
    city text;
BEGIN
    FOR city IN SELECT code FROM tenant LOOP
        PERFORM set_config('app.tenant_id', city, true);
        UPDATE role_assignment SET judged_at = valid_to WHERE tenant_id = city AND valid_to <= now();
    END LOOP;
    PERFORM set_config('app.tenant_id', '', true);
END
$$
"""


def upgrade() -> None:
    op.add_column("role_assignment", sa.Column("put_off_from", sa.DateTime(timezone=True), nullable=True))
    op.add_column("role_assignment", sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "handover_incident",
        sa.Column("tenant_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=True),
        sa.Column("matters", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("responsible_unit_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rules", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "assignment_id"],
            ["role_assignment.tenant_id", "role_assignment.id"],
            name=op.f("fk_handover_incident_tenant_id_assignment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "staff_id"],
            ["staff_member.tenant_id", "staff_member.id"],
            name=op.f("fk_handover_incident_tenant_id_staff_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_handover_incident")),
    )
    op.create_index(
        op.f("ix_handover_incident_tenant_id_staff_id_occurred_at"),
        "handover_incident",
        ["tenant_id", "staff_id", "occurred_at"],
    )
    op.execute("ALTER TABLE handover_incident ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE handover_incident FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant_isolation ON handover_incident USING ({SAME_TENANT}) WITH CHECK ({SAME_TENANT})")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON handover_incident TO {APP}")
    op.execute(f"GRANT SELECT ON handover_incident TO {BACKUP}")
    op.execute(OVER)
    with op.get_context().autocommit_block():
        op.create_index(
            op.f(INDEX),
            "role_assignment",
            ["tenant_id", "valid_to"],
            if_not_exists=True,
            postgresql_concurrently=True,
            postgresql_where=sa.text(TO_BE_JUDGED),
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(op.f(INDEX), table_name="role_assignment", if_exists=True, postgresql_concurrently=True)
    op.drop_table("handover_incident")
    op.drop_column("role_assignment", "judged_at")
    op.drop_column("role_assignment", "put_off_from")
