"""What may be written down of a training: by the ways of the text, whole or not at all."""

from typing import Any
from uuid import UUID

import pytest

from casework.kernel.errors import Refusal
from casework.training.hold_session import HoldSession, check_known, check_words
from casework.training.record_result import RecordResult, check_evaluation
from tests.casework.cities import shipped


def result(**more: Any) -> RecordResult:
    return RecordResult(UUID(int=1), UUID(int=2), **{"attended": True, **more})


def session(topic: str = "专业知识", method: str = "案例分析") -> HoldSession:
    return HoldSession(UUID(int=1), topic, method, ("helper",))


@pytest.mark.rule("TA-23-5")
@pytest.mark.parametrize("way", ["考试", "考核", "工作实践"])
def test_taian_measures_in_three_ways(way: str) -> None:
    check_evaluation(shipped("taian"), result(evaluation_zh=way, score=80, passed=True))
    check_evaluation(shipped("taian"), result())
    check_evaluation(shipped("taian"), result(attended=False))


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"evaluation_zh": "印象", "score": 80, "passed": True}, "evaluationZh"),
        ({"score": 80, "passed": True}, "evaluationZh"),
        ({"evaluation_zh": "考试", "passed": True}, "score"),
        ({"evaluation_zh": "考试", "score": 80}, "passed"),
        ({"evaluation_zh": "考试", "score": -1, "passed": False}, "score"),
        ({"evaluation_zh": "考试", "score": 101, "passed": True}, "score"),
        ({"evaluation_zh": "考试", "score": 80, "passed": True, "attended": False}, "attended"),
    ],
)
def test_half_a_measurement_is_refused(given: dict[str, Any], path: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_evaluation(shipped("taian"), result(**given))
    assert refused.value.path == (path,)


def test_a_text_without_ways_leaves_them_open() -> None:
    check_evaluation(shipped("chaonan"), result(evaluation_zh="随堂测试", score=100, passed=True))
    check_words(shipped("chaonan"), session(method="集中授课"))
    with pytest.raises(Refusal):
        check_words(shipped("chaonan"), session(method=" "))


@pytest.mark.rule("TA-23-4")
@pytest.mark.parametrize("way", ["在线学习", "第三方培训机构", "进驻部门/窗口", "案例分析", "模拟演练"])
def test_taian_trains_in_the_ways_of_its_text(way: str) -> None:
    check_words(shipped("taian"), session(method=way))


@pytest.mark.parametrize(
    ("topic", "method", "path"), [(" ", "案例分析", "topicZh"), ("专业知识", "看视频", "methodZh")]
)
def test_other_ways_are_refused_with_those_that_there_are(topic: str, method: str, path: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_words(shipped("taian"), session(topic, method))
    assert refused.value.path == (path,)


@pytest.mark.rule("TA-23-3")
def test_a_training_is_for_posts_at_tiers_of_the_text() -> None:
    check_known(shipped("taian"), ("helper", "liaison"), ("COUNTY", "TOWNSHIP"))
    for roles, tiers in (((), ("CITY",)), (("nobody",), ("CITY",)), (("helper",), ("MOON",))):
        with pytest.raises(Refusal):
            check_known(shipped("taian"), roles, tiers)
