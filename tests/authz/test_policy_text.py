from __future__ import annotations

from collections import Counter

import pytest

from authz.policy.text import PolicyBrokenError, family, parse_policy, read_policy
from authz.reach import ROLE_OF_KIND
from authz.scope import Scope
from authz.table import PLATFORM_STAFF_ROLES
from tenants.vocabulary import NEUTRAL_ROLES

POLICY = read_policy()

MATRIX_ROLES = {
    "APPLICANT",
    "GUIDE",
    "INTAKE_OFFICER",
    "CASE_WORKER",
    "GRID_AGENT",
    "PROJECT_OFFICER",
    "DEPT_HELPER",
    "CHIEF_REP",
    "LIAISON",
    "CHIEF_HELPER",
    "UNIT_LEAD",
    "SUPERVISOR",
    "CENTRE_COORDINATOR",
    "TENANT_SUPERVISOR",
    "CALLBACK_OFFICER",
    "TENANT_ADMIN",
    "PROVINCE_SUPERVISOR",
    "INTEGRATOR",
}


def test_the_policy_knows_eighteen_roles_and_eighty_four_actions_of_the_matrix() -> None:
    from_matrix = [grant for grant in POLICY.grants if grant.basis == "matrix"]
    assert {grant.role for grant in from_matrix} == MATRIX_ROLES
    assert len({grant.action for grant in from_matrix}) == 84
    assert len(from_matrix) == 441


def test_every_neutral_role_of_the_profiles_is_a_role_of_staff_here_and_the_other_way_round() -> None:
    of_staff = {name for name in POLICY.roles if "STAFF" in POLICY.closure({name})}
    assert of_staff == set(NEUTRAL_ROLES) | PLATFORM_STAFF_ROLES
    assert set(ROLE_OF_KIND.values()) == set(POLICY.roles) - of_staff


def test_no_row_stands_twice() -> None:
    rows = Counter((grant.role, grant.action, grant.scope) for grant in POLICY.grants)
    assert [row for row, count in rows.items() if count > 1] == []


@pytest.mark.rule("PX-B-5.1-4", "TA-12-16")
@pytest.mark.parametrize("role", ["VOLUNTEER", "PARTNER_HELPER"])
def test_volunteers_and_partners_may_do_three_things(role: str) -> None:
    found = {(grant.action, grant.scope.value) for grant in POLICY.grants if grant.role == role}
    assert found == {("request.create", "u"), ("case.respond", "u"), ("progress.record", "c")}


@pytest.mark.rule("PX-A-3.2-1")
def test_the_lead_department_is_a_department_helper_with_two_powers_more() -> None:
    assert "DEPT_HELPER" in POLICY.closure({"LEAD_DEPARTMENT_OFFICER"})
    own = {(grant.action, grant.scope.value) for grant in POLICY.grants if grant.role == "LEAD_DEPARTMENT_OFFICER"}
    assert own == {("bundle.edit", "u"), ("guide.publish", "u")}


@pytest.mark.rule("PX-A-4.2-1")
def test_the_data_centre_operator_exists_and_holds_nothing() -> None:
    assert "DATA_CENTRE_OPERATOR" in POLICY.roles
    assert [grant for grant in POLICY.grants if grant.role == "DATA_CENTRE_OPERATOR"] == []


def test_the_system_does_only_what_is_named_for_it() -> None:
    of_system = {grant.action for grant in POLICY.grants if grant.role == "SYSTEM_WORKER"}
    assert {family(action) for action in of_system} == {"system"}
    others = {grant.role for grant in POLICY.grants if family(grant.action) == "system"}
    assert others == {"SYSTEM_WORKER"}


def test_break_glass_rows_are_the_three_of_the_matrix() -> None:
    found = {(grant.role, grant.action, grant.scope) for grant in POLICY.grants if grant.scope.reason_required}
    assert found == {
        ("TENANT_SUPERVISOR", "case.read_personal", Scope.TENANT_WITH_REASON),
        ("TENANT_SUPERVISOR", "archive.read", Scope.TENANT_WITH_REASON),
        ("TENANT_SUPERVISOR", "personal_data.export", Scope.TENANT_WITH_APPROVER),
    }


@pytest.mark.parametrize(
    "line",
    [
        "p, CASE_WORKER, case, accept, u, allow",
        "p, CASE_WORKER, case, accept, u, maybe, matrix",
        "p, CASE_WORKER, case, accept, z, allow, matrix",
        "p, CASE_WORKER, case, accept, u, deny, SOD1",
        "q, CASE_WORKER",
    ],
)
def test_a_broken_row_is_named_with_its_line(line: str) -> None:
    with pytest.raises(PolicyBrokenError, match="line 2"):
        parse_policy("# first\n" + line)
