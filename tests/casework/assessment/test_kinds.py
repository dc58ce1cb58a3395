"""The assessments of the five cities, as their texts know them."""

import pytest

from casework.assessment.adopt_scheme import Criterion, check_criteria
from casework.assessment.kinds import decision_rules, ground_of, grounds
from casework.assessment.models import AssessmentKind
from casework.kernel.errors import Refusal
from tests.casework.cities import shipped

GENERAL, SPECIAL, ANNUAL = AssessmentKind.GENERAL, AssessmentKind.SPECIAL, AssessmentKind.ANNUAL


@pytest.mark.parametrize(
    ("city", "kinds"),
    [
        ("taian", {GENERAL}),
        ("zaozhuang", {GENERAL}),
        ("pingxiang", {GENERAL}),
        ("neixiang", {SPECIAL, ANNUAL}),
        ("chaonan", set()),
    ],
)
def test_each_city_has_the_assessments_of_its_text(city: str, kinds: set[AssessmentKind]) -> None:
    found = grounds(shipped(city))
    assert set(found) == kinds
    assert all(ground.basis.rules for ground in found.values())
    for kind in set(AssessmentKind) - kinds:
        with pytest.raises(Refusal):
            ground_of(shipped(city), kind)


def test_the_text_says_by_whom_of_whom_and_what_is_looked_at() -> None:
    found = grounds(shipped("neixiang"))
    assert (found[SPECIAL].by, set(found[SPECIAL].of_roles)) == (
        "service_supervisor", {"grassroots_agent", "dept_helper"},
    )  # fmt: skip
    assert found[ANNUAL].inputs == ("办理情况", "群众反馈情况")
    assert grounds(shipped("zaozhuang"))[GENERAL].name_zh == "评先树优"


@pytest.mark.rule("NX-6-4")
def test_measures_leave_out_nothing_that_the_text_wants() -> None:
    ground = grounds(shipped("neixiang"))[ANNUAL]
    check_criteria(ground, (Criterion("办理情况", 60), Criterion("群众反馈情况", 30), Criterion("纪律", 10)))
    with pytest.raises(Refusal) as refused:
        check_criteria(ground, (Criterion("办理情况", 100),))
    assert refused.value.rules == ("NX-6-4",)


def test_a_decision_rests_on_the_assessment_and_on_what_lets_the_better_stay() -> None:
    assert decision_rules(shipped("neixiang"), SPECIAL) == ("NX-6-5", "NX-A5.5-3", "NX-6-7", "NX-A6-2")
    assert decision_rules(shipped("taian"), GENERAL) == ("TA-21-1", "TA-21-2", "TA-21-3")
    assert decision_rules(shipped("chaonan"), GENERAL) == ()
