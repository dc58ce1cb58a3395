"""casbin's own answer, the compiled table and the SQL rows are one and the same answer."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest
from hypothesis import HealthCheck, given, settings

from authz.actor import Actor, ActorKind
from authz.decide import Resource, decide
from authz.oracle import Oracle
from authz.policy.text import family
from authz.rows import row_filter
from authz.table import PermissionTable, compile_table
from tests.authz.cities import APPLICANTS, PEOPLE, TALL, applicant, held, integrator, province, staff
from tests.authz.worlds import ACTIONS, RowStore, World, worlds


def test_three_answers_agree_in_random_worlds(store: RowStore) -> None:
    seen: Counter[bool] = Counter()

    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(worlds())
    def compare(world: World) -> None:
        table, oracle = compile_table(world.city), Oracle(world.city)
        store.fill(world.rows)
        passing = store.passing_each([row_filter(table, world.actor, action) for action in world.actions])
        for action, found in zip(world.actions, passing, strict=True):
            answers = [oracle.allows(world.actor, action, row) for row in world.rows]
            assert [decide(table, world.actor, action, row).allowed for row in world.rows] == answers, action
            assert found == {number for number, answer in enumerate(answers) if answer}, action
            seen.update(answers)

    compare()
    assert seen[True] > 50
    assert seen[False] > 50


def test_all_rows_loaded_at_once_answer_like_the_rows_of_one_action() -> None:
    oracle = Oracle(TALL)
    whole = oracle.enforcer()
    for actor in (staff(held("lead")), staff(held("supervisor"), reason="audit"), applicant()):
        for action in ("case.accept", "case.read_personal", "evaluation.submit", "completion.sign"):
            for resource in places():
                answer = whole.enforce(actor, "tall", resource, *action.split("."))
                assert answer == oracle.allows(actor, action, resource)


def everybody() -> list[Actor]:
    """Each role of the city once, with and without a reason, and everybody who is not staff."""
    workers = [staff(held(role.code)) for role in TALL.roles]
    with_reason = staff(held("supervisor"), reason="court order")
    admin = staff(held("TENANT_ADMIN"))
    return [*workers, with_reason, admin, applicant(), integrator(), province(), Actor.system("tall")]


def places() -> list[Resource]:
    """Objects in, below, above and beside the unit, with and without the actor, and a mere figure."""
    own, other = PEOPLE[0], PEOPLE[1]
    return [
        Resource("c.k."),
        Resource("c.k.v.", frozenset({other})),
        Resource("c."),
        Resource("c.k0.", frozenset({own})),
        Resource("c.k-.", frozenset(), APPLICANTS[0]),
        Resource("x.", frozenset(), APPLICANTS[1], {own: ("CALLBACK_OFFICER",)}),
        Resource("c.k.", frozenset({own}), APPLICANTS[0]),
        Resource(),
    ]


@pytest.fixture(scope="module")
def answers(store: RowStore) -> dict[str, Counter[bool]]:
    """Ask all three about every action, for everybody and everywhere; count the answers per family."""
    table, oracle = compile_table(TALL), Oracle(TALL)
    rows = places()
    concrete = [number for number, row in enumerate(rows) if row != Resource()]
    store.fill(rows)
    counted: dict[str, Counter[bool]] = defaultdict(Counter)
    for actor in everybody():
        passing = store.passing_each([row_filter(table, actor, action) for action in ACTIONS])
        for action, found in zip(ACTIONS, passing, strict=True):
            wanted = [oracle.allows(actor, action, row) for row in rows]
            assert [decide(table, actor, action, row).allowed for row in rows] == wanted, (actor, action)
            if actor.kind is ActorKind.PROVINCE:
                assert not found, "the province sees no row"
                assert not any(wanted[number] for number in concrete)
            else:
                assert found == {number for number, answer in enumerate(wanted) if answer}, (actor, action)
            counted[family(action)].update(wanted)
    return counted


def test_every_family_of_objects_is_both_allowed_and_denied(answers: dict[str, Counter[bool]]) -> None:
    silent = {name: dict(counter) for name, counter in answers.items() if len(counter) < 2}
    assert not silent, f"families for which the comparison above would prove nothing: {silent}"
    assert set(answers) == {family(action) for action in ACTIONS}


def test_every_action_is_granted_to_somebody(answers: dict[str, Counter[bool]]) -> None:
    table: PermissionTable = compile_table(TALL)
    granted = {action for role in table.neutral.values() for action in role.grants}
    assert granted == set(ACTIONS)
