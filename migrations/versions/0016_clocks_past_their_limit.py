"""The index of running clocks knows from when each is overdue.

A dashboard asks for the clocks that are past their limit and did not fire yet, of which there are hardly any. By the next
instant of firing alone it had to look at every clock that waits for a warning to be given.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

OLD, NEW = "ix_timer_fire", "ix_timer_fire_overdue"
TICKING = sa.text("state IN ('RUNNING', 'WARNED')")


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            NEW,
            "timer",
            ["tenant_id", "fire_at", "overdue_from"],
            postgresql_where=TICKING,
            if_not_exists=True,
            postgresql_concurrently=True,
        )
        op.drop_index(OLD, table_name="timer", if_exists=True, postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            OLD,
            "timer",
            ["tenant_id", "fire_at"],
            postgresql_where=TICKING,
            if_not_exists=True,
            postgresql_concurrently=True,
        )
        op.drop_index(NEW, table_name="timer", if_exists=True, postgresql_concurrently=True)
