"""Every tenant table passes the gate, and the gate sees every known way around row-level security."""

from collections.abc import Iterator

import psycopg
import pytest

from bangban.connections import Connections
from migrations.tables import metadata
from tests.house.catalogue_gate import APP, OWN_TENANT, SHARED, Connection, leaks
from tests.house.tree import nothing

pytestmark = pytest.mark.external

SECURED = "ALTER TABLE planted ENABLE ROW LEVEL SECURITY; ALTER TABLE planted FORCE ROW LEVEL SECURITY"
POLICY = f"CREATE POLICY tenant_isolation ON planted USING ({OWN_TENANT}) WITH CHECK ({OWN_TENANT})"
WHOLE = "CREATE TABLE planted (tenant_id varchar(40), id uuid, PRIMARY KEY (tenant_id, id))"


@pytest.fixture
def owner(database: Connections) -> Iterator[Connection]:
    """Lend the owner's connection; whatever a test plants is gone at its end."""
    connection = psycopg.connect(database.dsn("owner"))
    yield connection
    connection.rollback()
    connection.close()


def test_no_tenant_can_see_another(owner: Connection) -> None:
    nothing(leaks(owner))


def test_the_gate_judges_every_table_of_the_models(owner: Connection) -> None:
    query = "SELECT count(*) FROM pg_policies WHERE schemaname = 'public' AND tablename <> 'tenant'"
    assert owner.execute(query).fetchone() == (len(metadata.tables.keys() - SHARED),)


def test_the_register_is_read_by_all_and_written_by_each_for_itself(owner: Connection) -> None:
    query = """SELECT policyname, permissive, cmd, roles::text[], qual, with_check, relrowsecurity, relforcerowsecurity
               FROM pg_policies JOIN pg_class ON relname = tablename WHERE tablename = 'tenant'"""
    own = "((code)::text = current_setting('app.tenant_id'::text, true))"
    expected = ("tenant_register", "PERMISSIVE", "ALL", ["public"], "true", own, True, True)
    assert owner.execute(query).fetchall() == [expected]


PLANTED = {
    "security is off": f"{WHOLE}; {POLICY}",
    "does not bind the owner": f"{WHOLE}; {POLICY}; ALTER TABLE planted ENABLE ROW LEVEL SECURITY",
    "planted: 0 policies": f"{WHOLE}; {SECURED}",
    "case_step: 2 policies": "CREATE POLICY helpful ON case_step USING (true)",
    "audit_entry: 2 policies": "CREATE POLICY strict ON audit_entry AS RESTRICTIVE USING (true)",
    "does not stand for everybody": f"{WHOLE}; {SECURED}; CREATE POLICY p ON planted FOR SELECT USING ({OWN_TENANT})",
    "planted: rows are visible where": (
        f"{WHOLE}; {SECURED}; ALTER TABLE planted ADD province_code varchar(2); CREATE POLICY p ON planted"
        f" USING ({OWN_TENANT} OR province_code = current_setting('app.province', true)) WITH CHECK ({OWN_TENANT})"
    ),
    "planted: rows may be written where": (
        f"{WHOLE}; {SECURED}; CREATE POLICY p ON planted USING ({OWN_TENANT}) WITH CHECK (tenant_id LIKE"
        " current_setting('app.tenant_id', true))"
    ),
    "planted: belongs to no tenant": "CREATE TABLE planted (id uuid PRIMARY KEY)",
    "other: belongs to no tenant": "CREATE TABLE other (tenant_id varchar(40), id uuid)",
    "index planted begins with case_no": "CREATE UNIQUE INDEX planted ON service_case (case_no, tenant_id)",
    "begins with an expression": "CREATE UNIQUE INDEX planted ON service_case (lower(case_no), tenant_id)",
    "the key planted does not begin with the tenant": (
        "ALTER TABLE tenant ADD CONSTRAINT uq_planted UNIQUE (code);"
        "ALTER TABLE case_step ADD CONSTRAINT planted FOREIGN KEY (trigger) REFERENCES tenant (code)"
    ),
    "the key planted changes other rows": (
        "ALTER TABLE case_step ADD CONSTRAINT planted FOREIGN KEY (tenant_id, case_id)"
        " REFERENCES service_case (tenant_id, id) ON DELETE CASCADE"
    ),
    f"case_step: {APP} may DELETE": f"GRANT DELETE ON case_step TO {APP}",
    f"case_ending: {APP} may DELETE": "GRANT DELETE ON case_ending TO PUBLIC",
    f"{APP} may TRUNCATE": f"GRANT TRUNCATE ON case_step TO {APP}",
    "service_case: bangban_province may SELECT": "GRANT SELECT ON service_case TO bangban_province",
    "applicant: bangban_province may SELECT": "GRANT SELECT (id) ON applicant TO bangban_province",
    "bangban_backup may UPDATE": "GRANT UPDATE ON service_case TO bangban_backup",
    "public.planted: shows what its owner sees": "CREATE VIEW planted AS SELECT * FROM case_step",
    "public.figures: shows what its owner sees": "CREATE MATERIALIZED VIEW figures AS SELECT * FROM case_step",
    "rights of its owner": "CREATE FUNCTION planted() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
}
"""By what the gate says of it: a way around row-level security that somebody might open."""


@pytest.mark.parametrize("says", PLANTED)
def test_the_gate_sees_a_way_around(says: str, owner: Connection) -> None:
    owner.execute(PLANTED[says])
    assert [leak for leak in leaks(owner) if says in leak], leaks(owner)


def test_the_gate_lets_a_table_pass_that_is_as_it_must_be(owner: Connection) -> None:
    owner.execute(f"{WHOLE}; {SECURED}; {POLICY}; GRANT SELECT, INSERT ON planted TO {APP}")
    owner.execute("CREATE VIEW fine WITH (security_invoker = true) AS SELECT * FROM case_step")
    nothing(leaks(owner))


def test_the_gate_sees_a_program_that_is_too_mighty(database: Connections) -> None:
    with psycopg.connect(database.administrator) as administrator:
        for words in (
            f"ALTER ROLE {APP} BYPASSRLS",
            f"GRANT bangban_owner TO {APP}",
            f"ALTER TABLE timer OWNER TO {APP}",
        ):
            administrator.execute(words)
            assert leaks(administrator), words
            administrator.rollback()
        nothing(leaks(administrator))
