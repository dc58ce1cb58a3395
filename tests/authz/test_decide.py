from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from authz.actor import Actor
from authz.decide import Decision, Resource, decide
from authz.policy.text import read_policy
from authz.table import UnknownActionError, compile_table
from tests.authz.cities import APPLICANTS, PEOPLE, TALL, applicant, held, integrator, province, staff

TABLE = compile_table(TALL)
ME, OTHER = PEOPLE[0], PEOPLE[1]
MINE = frozenset({ME})


def allowed(actor: Actor, action: str, resource: Resource) -> bool:
    return decide(TABLE, actor, action, resource).allowed


def test_own_unit_is_neither_the_one_below_nor_the_one_beside() -> None:
    helper = staff(held("helper", "c.a1."))
    assert decide(TABLE, helper, "case.accept", Resource("c.a1.")) == Decision(True, "u", False)
    for path in ("c.a1.v.", "c.a10.", "c.", "c.a.", "a1."):
        assert not allowed(helper, "case.accept", Resource(path))


def test_a_subtree_holds_the_unit_and_all_below_but_no_longer_name_beside() -> None:
    lead = staff(held("lead", "c.a1."))
    assert decide(TABLE, lead, "case.assign", Resource("c.a1.v.g.")).scope == "t"
    assert allowed(lead, "case.assign", Resource("c.a1."))
    for path in ("c.a10.", "c.a1-.", "c.a1/.", "c.", "c.a.a1.", "d.c.a1."):
        assert not allowed(lead, "case.assign", Resource(path))


def test_a_participant_reaches_the_object_wherever_it_lies() -> None:
    helper = staff(held("helper", "c.a1."))
    assert decide(TABLE, helper, "plan.write", Resource("far.away.", MINE)) == Decision(True, "c", False)
    assert not allowed(helper, "plan.write", Resource("c.a1.", frozenset({OTHER})))
    assert not allowed(replace(helper, staff_id=None), "plan.write", Resource("c.a1.", MINE))


def test_taking_part_without_a_role_permits_nothing() -> None:
    assert not allowed(staff(), "plan.write", Resource("c.", MINE))


def test_the_narrowest_scope_that_carries_is_named() -> None:
    lead = staff(held("lead"))
    assert decide(TABLE, lead, "urge.send", Resource("c.k.", MINE)).scope == "c"
    assert decide(TABLE, lead, "urge.send", Resource("c.k.")).scope == "u"
    assert decide(TABLE, lead, "urge.send", Resource("c.k.v.")).scope == "t"


def test_several_roles_add_up_each_in_its_unit() -> None:
    two = staff(held("guide", "c.a."), held("helper", "c.b."))
    assert allowed(two, "case.accept", Resource("c.b."))
    assert not allowed(two, "case.accept", Resource("c.a."))
    assert allowed(two, "case.respond", Resource("c.a."))


def test_an_applicant_reaches_own_data_only() -> None:
    own, foreign = Resource("c.", applicant_id=APPLICANTS[0]), Resource("c.", applicant_id=APPLICANTS[1])
    assert decide(TABLE, applicant(), "case.read_personal", own).scope == "s"
    assert not allowed(applicant(), "case.read_personal", foreign)
    assert not allowed(replace(applicant(), applicant_id=None), "case.read_personal", Resource("c."))
    assert not allowed(applicant(), "case.accept", own)


def test_an_integrator_acts_for_the_applicant_who_consented_and_never_signs() -> None:
    own = Resource("c.", applicant_id=APPLICANTS[0])
    assert allowed(integrator(), "request.create", own)
    assert not allowed(integrator(APPLICANTS[1]), "request.create", own)
    assert not allowed(integrator(None), "request.create", Resource("c."))
    for action in ("mandate.sign_applicant", "completion.sign"):
        assert allowed(applicant(), action, own)
        assert decide(TABLE, integrator(), action, own).barred_by == "SOD3"


def test_roles_of_staff_open_nothing_to_anybody_else() -> None:
    pretender = replace(integrator(), roles=(held("lead"),), staff_id=ME)
    assert not allowed(pretender, "case.accept", Resource("c.k.", MINE))
    assert not allowed(replace(staff(held("SYSTEM_WORKER"))), "system.notify", Resource("c.k."))


def test_another_tenant_is_refused_whoever_asks() -> None:
    resource = Resource("c.k.", MINE, APPLICANTS[0])
    for actor in (
        staff(held("lead"), tenant="flat"),
        staff(held("TENANT_ADMIN"), tenant="flat"),
        applicant(tenant="flat"),
        integrator(tenant="flat"),
        Actor.system("flat"),
        replace(staff(held("lead")), tenant=None),
    ):
        for action in sorted(TABLE.actions):
            assert decide(TABLE, actor, action, resource) == Decision(False, None, False)


def test_the_province_compares_figures_of_its_own_cities_and_reads_no_case() -> None:
    assert decide(TABLE, province(), "report.province_compare", Resource()).scope == "p"
    assert not allowed(province("41"), "report.province_compare", Resource())
    assert not allowed(replace(province(), tenant="tall"), "report.province_compare", Resource())
    assert allowed(province(), "evaluation.read", Resource())
    for concrete in (Resource("c."), Resource(applicant_id=APPLICANTS[0]), Resource(participants=MINE)):
        assert not allowed(province(), "evaluation.read", concrete)
    able = {action for action in TABLE.actions if allowed(province(), action, Resource())}
    assert able == {"report.province_compare", "evaluation.read"}
    assert decide(TABLE, province(), "case.read_personal", Resource()).barred_by == "SOD11"


def test_breaking_the_glass_needs_a_reason_and_says_so() -> None:
    watcher = staff(held("supervisor", "c."))
    foreign = Resource("c.k.v.", frozenset({OTHER}), APPLICANTS[0])
    assert decide(TABLE, watcher, "case.read_personal", foreign) == Decision(False, "a", True)
    blank = replace(watcher, reason="  ")
    assert decide(TABLE, blank, "case.read_personal", foreign) == Decision(False, "a", True)
    stated = replace(watcher, reason="complaint 12345-7")
    assert decide(TABLE, stated, "case.read_personal", foreign) == Decision(True, "a", True)


def test_an_ordinary_scope_wins_over_breaking_the_glass() -> None:
    both = staff(held("supervisor", "c."), held("helper", "c.k."))
    mine = Resource("c.k.", MINE)
    assert decide(TABLE, both, "case.read_personal", mine) == Decision(True, "c", False)


def test_export_needs_a_reason_and_another_person() -> None:
    watcher = staff(held("supervisor", "c."), reason="request of the court")
    assert decide(TABLE, watcher, "personal_data.export", Resource("c.")) == Decision(False, "a", True, True)
    alone = replace(watcher, approved_by=watcher.key)
    assert not allowed(alone, "personal_data.export", Resource("c."))
    together = replace(watcher, approved_by=staff(staff_id=OTHER).key)
    assert decide(TABLE, together, "personal_data.export", Resource("c.")) == Decision(True, "a", True, True)
    assert not allowed(replace(together, reason=None), "personal_data.export", Resource("c."))


def test_the_assignee_of_a_callback_is_its_officer_and_of_no_other() -> None:
    anybody = staff()
    mine = Resource("c.k.", object_roles={ME: ("CALLBACK_OFFICER",)})
    assert decide(TABLE, anybody, "callback.perform", mine) == Decision(True, "c", False)
    assert not allowed(staff(staff_id=OTHER), "callback.perform", mine)
    assert not allowed(anybody, "callback.perform", Resource("c.k."))
    assert not allowed(staff(tenant="flat"), "callback.perform", mine)
    assert not allowed(anybody, "callback.assign", mine)


@pytest.mark.rule("PX-A-3.2-1")
def test_a_role_on_an_object_carries_unit_powers_to_that_object_only() -> None:
    led = Resource("c.other.", object_roles={ME: ("LEAD_DEPARTMENT_OFFICER",)})
    assert decide(TABLE, staff(), "bundle.edit", led).scope == "c"
    assert not allowed(staff(), "bundle.edit", Resource("c.other."))


@pytest.mark.parametrize(
    "name", ["TENANT_SUPERVISOR", "TENANT_ADMIN", "APPLICANT", "SYSTEM_WORKER", "STAFF", "nonsense"]
)
def test_powers_over_a_whole_tenant_are_never_held_on_an_object(name: str) -> None:
    resource = Resource("c.", applicant_id=APPLICANTS[0], object_roles={ME: (name,)})
    actor = replace(staff(reason="x"), applicant_id=APPLICANTS[0], approved_by="staff:tall:boss")
    able = {action for action in TABLE.actions if allowed(actor, action, resource)}
    # The supervisor's own entries that are no power over the tenant: raising and looking into a complaint.
    assert able <= {"complaint.submit", "complaint.investigate"}
    assert bool(able) is (name == "TENANT_SUPERVISOR")


def test_staff_never_act_as_the_applicant_even_when_they_are_one() -> None:
    own = Resource("c.k.", MINE, APPLICANTS[0])
    actor = replace(staff(*(held(role.code) for role in TALL.roles), held("TENANT_ADMIN")), applicant_id=APPLICANTS[0])
    for action in ("mandate.sign_applicant", "plan.agree_change", "filing.submit_as_applicant", "completion.sign"):
        assert decide(TABLE, actor, action, own).barred_by == "SOD3"
    assert decide(TABLE, actor, "evaluation.submit", own).barred_by == "SOD2"


@pytest.mark.rule("NX-6-5")
def test_nobody_checks_himself() -> None:
    watcher = staff(held("supervisor", "c."), held("watcher", "c."))
    assert allowed(watcher, "assessment.perform", Resource("c.k.", frozenset({OTHER})))
    assert decide(TABLE, watcher, "assessment.perform", Resource("c.k.", MINE)).barred_by == "SOD8"
    assert decide(TABLE, watcher, "spot_check.run", Resource("c.k.", MINE)).barred_by == "SOD5"
    assert decide(TABLE, watcher, "rectification.verify", Resource("c.")).barred_by == "SOD4"
    assert allowed(watcher, "rectification.verify", Resource("c.k."))


@pytest.mark.rule("TA-27-1", "CH-2.3-3")
def test_the_accused_never_sees_the_report() -> None:
    lead = staff(held("lead"))
    assert allowed(lead, "misconduct.handle", Resource("c.k.", frozenset({OTHER})))
    assert decide(TABLE, lead, "misconduct.handle", Resource("c.k.", MINE)).barred_by == "Q98"


def test_workers_do_what_is_named_for_them_and_nothing_else() -> None:
    worker = Actor.system("tall")
    able = {action for action in TABLE.actions if allowed(worker, action, Resource("c.", MINE, APPLICANTS[0]))}
    assert able == {grant.action for grant in read_policy().grants if grant.role == "SYSTEM_WORKER"}


def test_an_unknown_action_is_a_mistake_of_the_code() -> None:
    with pytest.raises(UnknownActionError):
        decide(TABLE, staff(), "case.destroy", Resource())


def test_an_unknown_role_permits_nothing() -> None:
    assert not allowed(staff(held("abolished")), "case.respond", Resource("c.k.", MINE))
    assert not allowed(staff(staff_id=UUID(int=77)), "case.respond", Resource("c.k.", MINE))
