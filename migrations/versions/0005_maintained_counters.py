"""Counters of cases by unit, state, overdue and day, and what makes "overdue" a fact of the rows.

Clocks that run already get the instant from which they are overdue: that of an inclusive limit, which is the rule of
every shipped profile. What is in the tables before is counted by `python -m bangban recount`, and by the workers.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APP = "bangban_app"
BACKUP = "bangban_backup"
SAME_TENANT = "tenant_id = current_setting('app.tenant_id', true)"
WAITED_FOR = """
DO $$
DECLARE
    city text;
BEGIN
    FOR city IN SELECT code FROM tenant LOOP
        PERFORM set_config('app.tenant_id', city, true);
        UPDATE timer SET overdue_from = due_at + interval '1 microsecond'
        WHERE tenant_id = city AND due_at IS NOT NULL AND stopped_at IS NULL
          AND state IN ('RUNNING', 'WARNED', 'BREACHED')
          AND NOT EXISTS (
              SELECT FROM service_case
              WHERE tenant_id = city AND id = subject_id
                AND state IN ('TERMINATED', 'DECLINED', 'REFERRED_OUT', 'WITHDRAWN', 'ARCHIVED')
          );
    END LOOP;
    PERFORM set_config('app.tenant_id', '', true);
END
$$
"""


def upgrade() -> None:
    op.add_column(
        "service_case", sa.Column("overdue_clocks", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column("timer", sa.Column("overdue_from", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "case_tally",
        sa.Column("tenant_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("unit_path", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("overdue", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"],
            ["org_unit.tenant_id", "org_unit.id"],
            name=op.f("fk_case_tally_tenant_id_unit_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_case_tally")),
        sa.UniqueConstraint(
            "tenant_id",
            "day",
            "unit_path",
            "state",
            "overdue",
            "slot",
            name=op.f("uq_case_tally_tenant_id_day_unit_path_state_overdue_slot"),
        ),
    )
    # Room on every page for the next version of a counter: no index is touched when only its number changes.
    op.execute("ALTER TABLE case_tally SET (fillfactor = 50)")
    op.execute("ALTER TABLE case_tally ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE case_tally FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant_isolation ON case_tally USING ({SAME_TENANT}) WITH CHECK ({SAME_TENANT})")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON case_tally TO {APP}")
    op.execute(f"GRANT SELECT ON case_tally TO {BACKUP}")
    op.execute(WAITED_FOR)


def downgrade() -> None:
    op.drop_table("case_tally")
    op.drop_column("timer", "overdue_from")
    op.drop_column("service_case", "overdue_clocks")
