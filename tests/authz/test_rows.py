from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import column
from sqlalchemy.dialects import postgresql

from authz.decide import Resource, decide
from authz.rows import NOTHING, Area, RowFilter, predicate, row_filter
from authz.table import UnknownActionError, compile_table
from tests.authz.cities import APPLICANTS, PEOPLE, TALL, applicant, held, province, staff
from tests.authz.worlds import RowStore

TABLE = compile_table(TALL)
ME = PEOPLE[0]
POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]


def test_units_inside_a_subtree_are_not_repeated() -> None:
    actor = staff(held("lead", "c.a."), held("lead", "c.a.v."), held("helper", "c.a.v."), held("helper", "c.b."))
    found = row_filter(TABLE, actor, "report.unit").reached
    assert found.subtrees == frozenset({"c.a."})
    found = row_filter(TABLE, actor, "urge.send").reached
    assert found == Area(subtrees=frozenset({"c.a."}), participant=ME)
    assert row_filter(TABLE, actor, "case.accept").reached.units == {"c.a.", "c.a.v.", "c.b."}


def test_a_subtree_does_not_swallow_the_longer_name_beside_it() -> None:
    actor = staff(held("lead", "c.a1."), held("lead", "c.a10."), held("helper", "c.a10.v."))
    assert row_filter(TABLE, actor, "report.unit").reached.subtrees == {"c.a1.", "c.a10."}


def test_the_prefix_trap_in_sql(store: RowStore) -> None:
    paths = ["c.a1.", "c.a1.v.", "c.a10.", "c.a1-.", "c.a1/.", "c.a.", "c.", "c.a1.\u7532.", "c.a1\u7532."]
    store.fill([Resource(path) for path in paths])
    passing = store.passing(row_filter(TABLE, staff(held("lead", "c.a1.")), "case.assign"))
    assert {paths[number] for number in passing} == {"c.a1.", "c.a1.v.", "c.a1.\u7532."}


def text_of(root: str) -> str:
    condition = predicate(
        row_filter(TABLE, staff(held("lead", root)), "report.unit"),
        unit_path=column("unit_path"),
        participant_of=None,
        applicant_id=None,
    )
    return str(condition.compile(dialect=POSTGRESQL, compile_kwargs={"literal_binds": True}))


def test_the_filter_is_a_range_that_an_index_serves() -> None:
    text = text_of("c.a1.v.")
    assert "unit_path >= 'c.a1.v.' AND unit_path < 'c.a1.v/'" in text
    assert "LIKE" not in text


def test_a_large_part_of_a_city_is_not_looked_for_by_its_units() -> None:
    assert "(unit_path || '') >= 'c.a1.' AND (unit_path || '') < 'c.a1/'" in text_of("c.a1.")


def test_a_condition_names_its_values_as_the_filter_does() -> None:
    told: dict[str, object] = {}

    def bind(name: str, value: object) -> object:
        told[name] = value
        return value

    for actor in (staff(held("lead", "c.a.v."), held("helper", "c.b.")), applicant(), staff(held("lead", "c."))):
        for action in ("case.list_masked", "case.read_personal", "urge.send"):
            told.clear()
            found = row_filter(TABLE, actor, action)
            predicate(
                found,
                unit_path=column("unit_path"),
                participant_of=lambda _staff_id: column("mine") == 1,
                applicant_id=column("applicant_id"),
                bind=bind,
            )
            assert told == found.values(), action


def test_missing_columns_and_nulls_answer_like_decide(store: RowStore) -> None:
    rows = [Resource(None, frozenset({ME})), Resource(None, applicant_id=APPLICANTS[0]), Resource("c.k.")]
    store.fill(rows)
    lead, watcher = staff(held("lead")), staff(held("supervisor"))
    for actor in (lead, watcher, replace(lead, reason="x"), applicant()):
        for action in sorted(TABLE.actions):
            wanted = {number for number, row in enumerate(rows) if decide(TABLE, actor, action, row).allowed}
            assert store.passing(row_filter(TABLE, actor, action)) == wanted, action
    no_columns = predicate(row_filter(TABLE, lead, "urge.send"), unit_path=None, participant_of=None, applicant_id=None)
    assert str(no_columns.compile(compile_kwargs={"literal_binds": True})) == "false"


def test_reason_and_second_person_open_the_list() -> None:
    watcher = staff(held("supervisor", "c."))
    assert row_filter(TABLE, watcher, "case.read_personal").reached == Area()
    assert row_filter(TABLE, replace(watcher, reason="audit"), "case.read_personal").reached.everything
    assert row_filter(TABLE, replace(watcher, reason="audit"), "personal_data.export").is_empty
    together = replace(watcher, reason="audit", approved_by="staff:tall:boss")
    assert row_filter(TABLE, together, "personal_data.export").reached.everything


def test_what_is_forbidden_is_taken_out_of_what_is_reached() -> None:
    watcher = staff(held("supervisor", "c."))
    assert row_filter(TABLE, watcher, "spot_check.run").forbidden.participant == ME
    assert row_filter(TABLE, watcher, "rectification.verify").forbidden.units == {"c."}
    assert row_filter(TABLE, watcher, "completion.sign").is_empty


def test_filters_key_a_plan() -> None:
    first = row_filter(TABLE, staff(held("lead", "c.a."), held("helper", "c.b.")), "case.accept")
    second = row_filter(TABLE, staff(held("helper", "c.b."), held("lead", "c.a.")), "case.accept")
    assert hash(first) == hash(second)
    assert first == second
    assert NOTHING.is_empty
    assert RowFilter() == NOTHING


def test_strangers_and_the_province_get_nothing() -> None:
    assert row_filter(TABLE, staff(held("lead"), tenant="flat"), "case.accept") == NOTHING
    assert row_filter(TABLE, province(), "evaluation.read").is_empty
    with pytest.raises(UnknownActionError):
        row_filter(TABLE, staff(), "case.destroy")


def test_the_list_of_callbacks_of_a_person_without_any_role() -> None:
    found = row_filter(TABLE, staff(), "callback.perform")
    assert not found.is_empty
    assert found.object_roles == {"CALLBACK_OFFICER"}
    assert found.object_role_staff == ME
