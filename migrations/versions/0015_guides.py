"""Guides and handbooks: the text that is written, the items it is about, its reviews, and the versions that were published.

A unit has an address now, which a handbook must name (TA-11-1).
What was published is written once: no grant lets the program change it.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

APP = "bangban_app"
BACKUP = "bangban_backup"
SAME_TENANT = "tenant_id = current_setting('app.tenant_id', true)"
TABLES = ("guide", "guide_item", "guide_version", "guide_basis", "guide_review")
REVIEWED_AGAINST = "fk_material_item_tenant_id_guide_version_id"
WRITTEN_ONCE = frozenset({"guide_version", "guide_basis", "guide_review"})


def json_column(name: str) -> sa.Column:
    return sa.Column(name, postgresql.JSONB(astext_type=sa.Text()), nullable=False)


def column(name: str, kind: sa.types.TypeEngine, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, kind, nullable=nullable)


def create(
    table: str, columns: Sequence[sa.Column], points: dict[str, str], unique: tuple[str, ...], index: tuple[str, ...]
) -> None:
    constraints: list[sa.Constraint] = [
        sa.ForeignKeyConstraint(
            ["tenant_id", key], [f"{other}.tenant_id", f"{other}.id"], name=op.f(f"fk_{table}_tenant_id_{key}")
        )
        for key, other in points.items()
    ]
    if unique:
        constraints.append(
            sa.UniqueConstraint("tenant_id", *unique, name=op.f(f"uq_{table}_tenant_id_{'_'.join(unique)}"))
        )
    op.create_table(
        table,
        sa.Column("tenant_id", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *columns,
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        *constraints,
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    )
    if index:
        op.create_index(op.f(f"ix_{table}_tenant_id_{'_'.join(index)}"), table, ["tenant_id", *index])


def guard(table: str) -> None:
    may = "SELECT, INSERT" if table in WRITTEN_ONCE else "SELECT, INSERT, UPDATE"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant_isolation ON {table} USING ({SAME_TENANT}) WITH CHECK ({SAME_TENANT})")
    op.execute(f"GRANT {may} ON {table} TO {APP}")
    op.execute(f"GRANT SELECT ON {table} TO {BACKUP}")


def create_texts() -> None:
    create(
        "guide",
        [
            column("code", sa.Text()),
            column("kind", sa.Text()),
            column("unit_id", sa.Uuid()),
            column("title_zh", sa.Text()),
            column("state", sa.String(length=40)),
            json_column("contents"),
            json_column("co_author_ids"),
            json_column("writers"),
            column("published_version", sa.Integer()),
            column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
            column("withdrawn_reason", sa.Text(), nullable=True),
        ],
        {"unit_id": "org_unit"},
        ("code",),
        ("unit_id",),
    )
    create(
        "guide_item",
        [
            column("guide_id", sa.Uuid()),
            column("position", sa.Integer()),
            column("item_id", sa.Uuid()),
            column("item_version_id", sa.Uuid()),
        ],
        {"guide_id": "guide", "item_id": "service_item", "item_version_id": "service_item_version"},
        ("guide_id", "position"),
        ("item_id",),
    )
    create(
        "guide_review",
        [
            column("guide_id", sa.Uuid()),
            column("reviewer_id", sa.Uuid(), nullable=True),
            column("approved", sa.Boolean()),
            json_column("qualities"),
            column("note", sa.Text(), nullable=True),
            column("reviewed_at", sa.DateTime(timezone=True)),
        ],
        {"guide_id": "guide", "reviewer_id": "staff_member"},
        (),
        ("guide_id", "reviewed_at"),
    )


def create_publications() -> None:
    create(
        "guide_version",
        [
            column("guide_id", sa.Uuid()),
            column("version", sa.Integer()),
            column("title_zh", sa.Text()),
            column("kind_zh", sa.Text()),
            column("unit_zh", sa.Text()),
            json_column("contents"),
            column("authors_zh", postgresql.ARRAY(sa.Text())),
            column("rules", postgresql.ARRAY(sa.Text())),
            column("published_at", sa.DateTime(timezone=True)),
            column("published_by", sa.Uuid(), nullable=True),
        ],
        {"guide_id": "guide", "published_by": "staff_member"},
        ("guide_id", "version"),
        (),
    )
    create(
        "guide_basis",
        [
            column("guide_version_id", sa.Uuid()),
            column("item_id", sa.Uuid()),
            column("item_version_id", sa.Uuid()),
        ],
        {"guide_version_id": "guide_version", "item_id": "service_item", "item_version_id": "service_item_version"},
        ("guide_version_id", "item_id"),
        ("item_version_id",),
    )


def upgrade() -> None:
    op.add_column("org_unit", sa.Column("address", sa.Text(), nullable=True))
    create_texts()
    create_publications()
    for table in TABLES:
        guard(table)
    op.add_column("material_item", sa.Column("guide_version_id", sa.Uuid(), nullable=True))
    op.execute(
        f"ALTER TABLE material_item ADD CONSTRAINT {REVIEWED_AGAINST} FOREIGN KEY (tenant_id, guide_version_id) "
        "REFERENCES guide_version (tenant_id, id) NOT VALID"
    )
    # In a transaction of its own, so that nobody waits while the rows are looked through.
    with op.get_context().autocommit_block():
        op.execute(f"ALTER TABLE material_item VALIDATE CONSTRAINT {REVIEWED_AGAINST}")


def downgrade() -> None:
    op.drop_constraint(REVIEWED_AGAINST, "material_item", type_="foreignkey")
    op.drop_column("material_item", "guide_version_id")
    for table in ("guide_basis", "guide_version", "guide_review", "guide_item", "guide"):
        op.drop_table(table)
    op.drop_column("org_unit", "address")
