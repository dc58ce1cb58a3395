"""The queue of the PostgreSQL broker: a wake-up only, the outbox stays the truth."""

from alembic import op
from dramatiq_postgres.schema import generate_init_sql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APP = "bangban_app"


def upgrade() -> None:
    op.execute(generate_init_sql())
    op.execute(f"GRANT USAGE ON SCHEMA dramatiq TO {APP}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA dramatiq TO {APP}")


def downgrade() -> None:
    op.execute("DROP SCHEMA dramatiq CASCADE")
