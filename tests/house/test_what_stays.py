"""What the office has written down stays: the database itself lets the program neither change nor delete it."""

import psycopg
import pytest

from bangban.connections import Connections
from tests.house.catalogue_gate import APP
from tests.house.tree import nothing

pytestmark = pytest.mark.external

WRITTEN_ONCE = (
    "archive_record",
    "assessment",
    "assessment_decision",
    "assessment_scheme",
    "audit_entry",
    "audit_seal",
    "case_ending",
    "case_step",
    "commendation",
    "evaluation",
    "explanation_notice",
    "gap_notice",
    "guide_basis",
    "guide_review",
    "guide_version",
    "inbox_entry",
    "metric_snapshot",
    "one_time_notice",
    "signature",
    "timer_breach",
    "training_plan",
    "training_result",
    "training_session",
)
MAY = "SELECT has_table_privilege(%s, %s, 'UPDATE') OR has_any_column_privilege(%s, %s, 'UPDATE')"
CHANGEABLE = """
SELECT attname::text FROM pg_attribute
WHERE attrelid = 'profile_revision'::regclass AND attnum > 0 AND NOT attisdropped
  AND has_column_privilege(%s, attrelid, attnum, 'UPDATE')
"""


def test_what_was_written_once_is_never_changed(database: Connections) -> None:
    with psycopg.connect(database.dsn("owner")) as connection:
        rows = ((table, connection.execute(MAY, [APP, table, APP, table]).fetchone()) for table in WRITTEN_ONCE)
        nothing(f"{table}: {APP} may change it" for table, row in rows if row != (False,))


def test_a_published_profile_only_steps_back_for_the_next(database: Connections) -> None:
    with psycopg.connect(database.dsn("owner")) as connection:
        changeable = {row[0] for row in connection.execute(CHANGEABLE, [APP])}
    assert changeable == {"status", "updated_at", "row_version"}
