"""The registration of staff by the body that a regulation names, and posts that give no powers before it.

Posts that exist keep their powers: they were given before anybody recorded a registration.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

APP = "bangban_app"
BACKUP = "bangban_backup"
SAME_TENANT = "tenant_id = current_setting('app.tenant_id', true)"
TABLE = "staff_registration"
STANDING = "state IN ('SUBMITTED', 'CONFIRMED')"
POINTERS = {
    "staff_id": "staff_member",
    "unit_id": "org_unit",
    "body_id": "org_unit",
    "submitted_by": "staff_member",
    "decided_by": "staff_member",
}


def upgrade() -> None:
    op.add_column(
        "role_assignment",
        sa.Column("needs_registration", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.add_column("role_assignment", sa.Column("registered_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        TABLE,
        sa.Column("tenant_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("register", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("checks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                ["tenant_id", column],
                [f"{table}.tenant_id", f"{table}.id"],
                name=op.f(f"fk_{TABLE}_tenant_id_{column}"),
            )
            for column, table in POINTERS.items()
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(
        op.f(f"ix_{TABLE}_tenant_id_staff_id_unit_id_register"),
        TABLE,
        ["tenant_id", "staff_id", "unit_id", "register"],
        unique=True,
        postgresql_where=sa.text(STANDING),
    )
    op.create_index(
        op.f(f"ix_{TABLE}_tenant_id_staff_id_submitted_at_id"), TABLE, ["tenant_id", "staff_id", "submitted_at", "id"]
    )
    op.create_index(op.f(f"ix_{TABLE}_tenant_id_submitted_at_id"), TABLE, ["tenant_id", "submitted_at", "id"])
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant_isolation ON {TABLE} USING ({SAME_TENANT}) WITH CHECK ({SAME_TENANT})")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {TABLE} TO {APP}")
    op.execute(f"GRANT SELECT ON {TABLE} TO {BACKUP}")


def downgrade() -> None:
    op.drop_table(TABLE)
    op.drop_column("role_assignment", "registered_at")
    op.drop_column("role_assignment", "needs_registration")
