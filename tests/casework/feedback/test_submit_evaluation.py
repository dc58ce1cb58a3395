"""Applicants evaluate their own cases, once per channel; staff never do (SOD2), and a sealed file stays sealed."""

import pytest

from casework.cases.models import CaseState, ServiceKind
from casework.feedback.models import Evaluation
from casework.feedback.queries import evaluations_of
from casework.feedback.submit_evaluation import EvaluationSource, SubmitEvaluation, is_bad, submit_evaluation
from casework.kernel.errors import Code, Refusal
from casework.kernel.ids import new_id
from tests.casework.feedback.founding import Found
from tests.casework.feedback.town import Town, local, shipped


async def refused(town: Town, by: object, intent: SubmitEvaluation) -> Refusal:
    with pytest.raises(Refusal) as caught:
        await town.do(by, submit_evaluation, intent)  # type: ignore[arg-type]
    return caught.value


@pytest.mark.rule("TA-15-8", "TA-15-11")
async def test_the_applicant_evaluates_a_completed_case(taian: Town) -> None:
    citizen = await taian.citizen()
    case = await taian.open_case("window", state=CaseState.COMPLETED)
    given = await taian.do(citizen, submit_evaluation, SubmitEvaluation(case.id, 5, comment=" 快 "))
    assert (given.score, given.bad, given.after_archive, given.comment) == (5, False, False, "快")
    (event,) = await taian.told("evaluation.given")
    assert set(event.rules) == {"TA-15-8", "TA-15-11"}
    assert "快" not in str(event.payload)
    assert not await taian.told("evaluation.bad")


@pytest.mark.rule("NX-5-7", "NX-5-1")
async def test_after_the_archive_it_is_an_addendum_and_the_file_stays_sealed(found: Found) -> None:
    town = await found("neixiang")
    citizen = await town.citizen()
    case = await town.archived("window", "2025-03-10T09:30", service_kind=ServiceKind.AGENCY, workflow="agency")
    town.clock.instant = local("2025-03-12T09:00")
    given = await town.do(citizen, submit_evaluation, SubmitEvaluation(case.id, 4))
    assert given.after_archive
    (same,) = await town.rows(type(case))
    assert (same.state, same.row_version, same.updated_at) == (CaseState.ARCHIVED, case.row_version, case.updated_at)
    async with town.office.open(town.system) as work:
        assert [row.id for row in await evaluations_of(work, case.id)] == [given.id]


@pytest.mark.rule("CH-4.3-1", "CH-4.3-3")
async def test_a_bad_review_is_told_as_one(chaonan: Town) -> None:
    citizen = await chaonan.citizen()
    case = await chaonan.open_case("window", state=CaseState.COMPLETED)
    given = await chaonan.do(citizen, submit_evaluation, SubmitEvaluation(case.id, 2, EvaluationSource.GOOD_BAD_REVIEW))
    assert given.bad
    (event,) = await chaonan.told("evaluation.bad")
    assert event.payload == {"caseId": str(case.id), "source": "GOOD_BAD_REVIEW"}


@pytest.mark.parametrize(("score", "bad"), [(1, True), (2, True), (3, False), (5, False)])
def test_one_and_two_of_five_are_bad(score: int, bad: bool) -> None:
    assert is_bad(shipped("taian"), score) is bad


@pytest.mark.parametrize(("score", "bad"), [(4, True), (5, False)])
def test_without_named_scores_the_lowest_two_fifths_are_bad(score: int, bad: bool) -> None:
    profile = shipped("taian")
    scale = profile.evaluation.scale.model_copy(update={"value": 10, "bad": ()})
    evaluation = profile.evaluation.model_copy(update={"scale": scale})
    assert is_bad(profile.model_copy(update={"evaluation": evaluation}), score) is bad


async def test_once_for_each_source(taian: Town) -> None:
    citizen = await taian.citizen()
    case = await taian.open_case("window", state=CaseState.COMPLETED)
    await taian.do(citizen, submit_evaluation, SubmitEvaluation(case.id, 5))
    assert (await refused(taian, citizen, SubmitEvaluation(case.id, 1))).code is Code.CONFLICT
    assert await taian.do(citizen, submit_evaluation, SubmitEvaluation(case.id, 4, EvaluationSource.FORM))
    assert [row.score for row in await taian.rows(Evaluation)] == [5, 4]


async def test_staff_are_refused_whatever_the_case(taian: Town) -> None:
    case = await taian.open_case("window", state=CaseState.COMPLETED)
    for unit, role in (("window", "helper"), ("window", "unit_lead"), ("city", "city_supervisor")):
        staff = await taian.staff(unit, role)
        for case_id in (case.id, new_id()):
            refusal = await refused(taian, staff, SubmitEvaluation(case_id, 5))
            assert (refusal.code, refusal.details["duty"]) == (Code.SEPARATION_OF_DUTIES, "SOD2")


async def test_another_applicants_case_looks_like_none(taian: Town) -> None:
    case = await taian.open_case("window", state=CaseState.COMPLETED)
    other = await taian.citizen()
    foreign = await refused(taian, other, SubmitEvaluation(case.id, 5))
    unknown = await refused(taian, other, SubmitEvaluation(new_id(), 5))
    assert (foreign.code, foreign.message, foreign.path) == (unknown.code, unknown.message, unknown.path)
    assert foreign.code is Code.NOT_FOUND


async def test_not_before_the_service_ended_unless_invited(taian: Town) -> None:
    citizen = await taian.citizen()
    running = await taian.open_case("window", state=CaseState.DECIDED)
    refusal = await refused(taian, citizen, SubmitEvaluation(running.id, 5))
    assert (refusal.code, refusal.rules) == (Code.ILLEGAL_TRANSITION, ("TA-15-8", "TA-15-11"))
    invited = await taian.open_case("window", state=CaseState.DECIDED, evaluation_invited_at=taian.clock.instant)
    assert await taian.do(citizen, submit_evaluation, SubmitEvaluation(invited.id, 5))


@pytest.mark.parametrize("score", [0, 6])
async def test_the_score_lies_on_the_scale(taian: Town, score: int) -> None:
    citizen = await taian.citizen()
    case = await taian.open_case("window", state=CaseState.COMPLETED)
    assert (await refused(taian, citizen, SubmitEvaluation(case.id, score))).path == ("score",)


async def test_a_comment_is_not_a_novel(taian: Town) -> None:
    citizen = await taian.citizen()
    case = await taian.open_case("window", state=CaseState.COMPLETED)
    assert (await refused(taian, citizen, SubmitEvaluation(case.id, 5, comment="长" * 2001))).path == ("comment",)
