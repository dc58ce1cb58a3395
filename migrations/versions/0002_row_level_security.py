"""Row-level security on every tenant table, and what each role may do.

One permissive policy per table, in the bare form that also holds on a distributed PostgreSQL. The register of tenants
is read by all and written by each for itself. The program's role may
delete nothing; breaches, audit entries, steps and signatures it may only insert and read.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APP = "bangban_app"
PROVINCE = "bangban_province"
BACKUP = "bangban_backup"
SAME_TENANT = "tenant_id = current_setting('app.tenant_id', true)"
OWN_ENTRY = "code = current_setting('app.tenant_id', true)"
SAME_PROVINCE = "province_code = current_setting('app.province', true)"

CHANGING = (
    "applicant",
    "calendar_day",
    "callback",
    "catalogue_entry",
    "catalogue_list",
    "case_participant",
    "custody_item",
    "custody_transfer",
    "delivery",
    "document",
    "extra_shift",
    "filing",
    "idempotency_record",
    "mandate",
    "material_item",
    "material_requirement",
    "notification",
    "org_unit",
    "outbox_event",
    "profile_revision",
    "relay_leg",
    "role_assignment",
    "service_case",
    "service_item",
    "service_item_version",
    "service_point",
    "staff_member",
    "timer",
)
APPEND_ONLY = (
    "archive_record",
    "audit_entry",
    "audit_seal",
    "case_ending",
    "case_step",
    "contact_record",
    "evaluation",
    "explanation_notice",
    "gap_notice",
    "inbox_entry",
    "metric_snapshot",
    "one_time_notice",
    "progress_entry",
    "service_plan",
    "service_request",
    "signature",
    "timer_breach",
)


def upgrade() -> None:
    op.execute(f"GRANT USAGE ON SCHEMA public TO {APP}, {PROVINCE}, {BACKUP}")
    for table in (*CHANGING, *APPEND_ONLY):
        readable = f"{SAME_TENANT} OR {SAME_PROVINCE}" if table == "metric_snapshot" else SAME_TENANT
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant_isolation ON {table} USING ({readable}) WITH CHECK ({SAME_TENANT})")
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {APP}")
        op.execute(f"GRANT SELECT ON {table} TO {BACKUP}")
    for table in CHANGING:
        if table != "profile_revision":
            op.execute(f"GRANT UPDATE ON {table} TO {APP}")
    op.execute(f"GRANT UPDATE (status, updated_at, row_version) ON profile_revision TO {APP}")
    op.execute("ALTER TABLE tenant ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE tenant FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant_register ON tenant USING (true) WITH CHECK ({OWN_ENTRY})")
    op.execute(f"GRANT SELECT ON tenant, alembic_version TO {APP}, {PROVINCE}, {BACKUP}")
    op.execute(f"GRANT INSERT, UPDATE ON tenant TO {APP}")
    op.execute(f"GRANT SELECT ON metric_snapshot TO {PROVINCE}")
    op.execute("CREATE SEQUENCE case_no_seq")
    op.execute(f"GRANT USAGE ON SEQUENCE case_no_seq TO {APP}")


def downgrade() -> None:
    op.execute("DROP POLICY tenant_register ON tenant")
    op.execute("ALTER TABLE tenant DISABLE ROW LEVEL SECURITY")
    op.execute("DROP SEQUENCE case_no_seq")
    for table in (*CHANGING, *APPEND_ONLY):
        op.execute(f"DROP POLICY tenant_isolation ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        op.execute(f"REVOKE ALL ON {table} FROM {APP}, {PROVINCE}, {BACKUP}")
    op.execute(f"REVOKE ALL ON tenant, alembic_version FROM {APP}, {PROVINCE}, {BACKUP}")
