"""An index for the cases of one unit, in the order of their receipt: a page of them for each of many units."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NAME = "ix_service_case_tenant_id_unit_id_received_at_id"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            op.f(NAME),
            "service_case",
            ["tenant_id", "unit_id", "received_at", "id"],
            if_not_exists=True,
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(op.f(NAME), table_name="service_case", if_exists=True, postgresql_concurrently=True)
