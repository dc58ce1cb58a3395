"""Adding to the counters: every transaction adds in a slot of its own, so that nobody waits for anybody."""

from typing import Any, cast

from sqlalchemy import ColumnElement, FromClause, Table, Text, bindparam, func, literal, select
from sqlalchemy.dialects.postgresql import Insert, insert

from casework.cases.models import CaseTally

SLOTS = 64
"""More than the connections that write for one tenant at the same moment; whoever still finds none has one of his own."""

CELL = ("unit_id", "unit_path", "state", "overdue", "day")
"""What a counter counts by."""

COUNTERS = cast("Table", CaseTally.__table__)
KEY = ("tenant_id", "day", "unit_path", "state", "overdue", "slot")
TENANT = bindparam("tenant", type_=Text)
NOW = bindparam("now", type_=CaseTally.created_at.type)


def adding(deltas: FromClause) -> Insert:
    """Write the statement that adds `deltas` (the columns of a cell, and `n`) to the counters of :tenant at :now."""
    row: dict[str, ColumnElement[Any]] = {
        "tenant_id": TENANT,
        # Made by the database, because most of them are thrown away: the counter is there already.
        "id": func.gen_random_uuid(),
        **{name: deltas.c[name] for name in CELL},
        "slot": free_slot(),
        "n": deltas.c.n,
        "created_at": NOW,
        "updated_at": NOW,
        "row_version": literal(1),
    }
    added = insert(COUNTERS).from_select(list(row), select(*row.values()).select_from(deltas))
    new = added.excluded
    return added.on_conflict_do_update(
        index_elements=KEY, set_={"n": COUNTERS.c.n + new.n, "updated_at": new.updated_at}
    )


def free_slot() -> ColumnElement[int]:
    """Take the lowest slot that no other open transaction of the tenant has; it is given back with the transaction.

    The lock only keeps writers apart. That the sums are right rests on the rows themselves, not on it.
    """
    number = func.generate_series(0, SLOTS - 1).column_valued("number")
    mine = func.pg_try_advisory_xact_lock(func.hashtext(func.concat("case_tally:", TENANT)), number)
    lowest = select(number).where(mine).limit(1).scalar_subquery()
    return func.coalesce(lowest, SLOTS + func.pg_backend_pid())
