"""Units and items found by their names: a row for each place in a name, in Chinese and in pinyin initials.

Names that are there already are cut up as well.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Connection

from casework.kernel.search import tails

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

APP = "bangban_app"
BACKUP = "bangban_backup"
SAME_TENANT = "tenant_id = current_setting('app.tenant_id', true)"
TABLES = (("unit_name_tail", "unit_id", "org_unit"), ("item_name_tail", "item_id", "service_item"))
BATCH = 2_000
BIND = sa.text("SELECT set_config('app.tenant_id', :city, true)")


def upgrade() -> None:
    for table, owner, named in TABLES:
        op.create_table(
            table,
            sa.Column("tenant_id", sa.String(length=40), nullable=False),
            sa.Column("id", sa.Uuid(), nullable=False),
            sa.Column("tail", sa.Text(collation="C"), nullable=False),
            sa.Column("lead", sa.Text(collation="C"), nullable=False),
            sa.Column(owner, sa.Uuid(), nullable=False),
            sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("row_version", sa.Integer(), nullable=False),
            sa.ForeignKeyConstraint(
                ["tenant_id", owner],
                [f"{named}.tenant_id", f"{named}.id"],
                name=op.f(f"fk_{table}_tenant_id_{owner}"),
            ),
            sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
        )
        op.create_index(op.f(f"ix_{table}_tenant_id_tail_{owner}"), table, ["tenant_id", "tail", owner])
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant_isolation ON {table} USING ({SAME_TENANT}) WITH CHECK ({SAME_TENANT})")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {APP}")
        op.execute(f"GRANT SELECT ON {table} TO {BACKUP}")
    if not op.get_context().as_sql:
        fill(op.get_bind())


def fill(connection: Connection) -> None:
    """Cut the names that are there already, city by city."""
    for city in connection.execute(sa.text("SELECT code FROM tenant")).scalars().all():
        connection.execute(BIND, {"city": city})
        for table, owner, named in TABLES:
            names = connection.execute(
                sa.text(f"SELECT id, name_zh FROM {named} WHERE tenant_id = :city ORDER BY id"), {"city": city}
            ).all()
            for start in range(0, len(names), BATCH):
                made = [(whose, *cut) for whose, name in names[start : start + BATCH] for cut in tails(name)]
                lists = zip(("whose", "tails", "leads"), zip(*made, strict=True), strict=True)
                given = {"city": city, **{name: list(values) for name, values in lists}}
                connection.execute(
                    sa.text(
                        f"INSERT INTO {table} (tenant_id, id, {owner}, tail, lead, created_at, updated_at, row_version) "
                        "SELECT :city, gen_random_uuid(), made.whose, made.tail, made.lead, now(), now(), 1 "
                        "FROM unnest(CAST(:whose AS uuid[]), CAST(:tails AS text[]), CAST(:leads AS text[])) "
                        "AS made (whose, tail, lead)"
                    ),
                    given,
                )
    connection.execute(BIND, {"city": ""})


def downgrade() -> None:
    for table, _, _ in TABLES:
        op.drop_table(table)
