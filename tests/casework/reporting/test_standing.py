"""What stands behind each figure in each city: the table of the domain model, read off the profiles."""

from datetime import date

import pytest

from casework.deadlines.models import LegalStatus
from casework.reporting.metrics import METRICS
from casework.reporting.period import Period, local_day, midnight
from casework.reporting.standing import MEASURED, Standing
from tests.casework.feedback.town import local, shipped

IN_FORCE = date(2025, 3, 31)
REGULATION, OPERATIONAL, MEASURE_ONLY = LegalStatus.REGULATION, LegalStatus.OPERATIONAL, LegalStatus.MEASURE_ONLY


def standing(metric: str, city: str, day: date = IN_FORCE) -> Standing:
    return METRICS[metric].standing(shipped(city), day)


@pytest.mark.rule("TA-15-2", "TA-3-10", "PX-B-3.1-5", "NX-5-3", "TA-15-8", "NX-5-7", "CH-4.3-1", "TA-15-13", "CH-4.3-3")
@pytest.mark.parametrize(
    ("metric", "ruled"),
    [
        ("response_within_limit", {"taian": "TA-15-2"}),
        ("median_response", {"taian": "TA-15-2"}),
        ("within_committed_limit", {"taian": "TA-3-10", "pingxiang": "PX-B-3.1-5"}),
        ("same_day_completion", {"neixiang": "NX-5-3"}),
        ("evaluation_invited", {"taian": "TA-15-8", "neixiang": "NX-5-7", "chaonan": "CH-4.3-1"}),
        ("callback_coverage", {"taian": "TA-15-13"}),
        ("bad_reviews_called_back", {"chaonan": "CH-4.3-3"}),
        ("cases_received", {}),
        ("cases_completed", {}),
        ("satisfaction", {}),
    ],
)
def test_a_rule_exists_only_where_the_text_states_one(metric: str, ruled: dict[str, str]) -> None:
    for city in ("taian", "zaozhuang", "pingxiang", "neixiang", "chaonan"):
        found = standing(metric, city)
        assert found.has_rule == (city in ruled), city
        if city in ruled:
            assert ruled[city] in found.rules
            assert found.legal_status is REGULATION
        else:
            assert found.legal_status is not REGULATION
            assert found.rules == ()


def test_without_a_rule_the_status_says_what_the_figure_is_instead() -> None:
    assert standing("response_within_limit", "zaozhuang").legal_status is MEASURE_ONLY
    assert standing("within_committed_limit", "zaozhuang").legal_status is OPERATIONAL
    assert standing("same_day_completion", "zaozhuang").legal_status is None
    assert standing("callback_coverage", "zaozhuang").legal_status is None
    assert standing("satisfaction", "chaonan") == MEASURED


def test_response_time_is_measured_by_every_clock_and_judged_by_the_ones_of_the_text() -> None:
    assert standing("median_response", "taian").clocks == ("assist_response", "agency_response")
    assert standing("response_within_limit", "taian").clocks == ("assist_response",)
    assert standing("median_response", "zaozhuang").clocks == ("response_measure",)


def test_invitations_count_for_the_kinds_that_the_text_names() -> None:
    assert standing("evaluation_invited", "taian").kinds == ("ASSIST",)
    assert standing("evaluation_invited", "chaonan").kinds == ("AGENCY",)


@pytest.mark.rule("TA-29-1")
@pytest.mark.parametrize("metric", ["response_within_limit", "evaluation_invited", "callback_coverage"])
def test_after_the_trial_the_rule_is_still_named_but_is_no_longer_law(metric: str) -> None:
    last_day, day_after = standing(metric, "taian", date(2025, 8, 28)), standing(metric, "taian", date(2025, 8, 29))
    assert (last_day.has_rule, last_day.legal_status) == (True, REGULATION)
    assert (day_after.has_rule, day_after.legal_status) == (True, OPERATIONAL)
    assert day_after.rules == last_day.rules


def test_only_calendar_months_are_periods() -> None:
    march = Period.month_of(date(2025, 3, 10))
    assert (march.first, march.last, march.is_month) == (date(2025, 3, 1), date(2025, 3, 31), True)
    assert march.before() == Period(date(2025, 2, 1), date(2025, 2, 28))
    assert not Period(date(2025, 3, 1), date(2025, 3, 30)).is_month
    assert not Period(date(2025, 3, 1), date(2025, 4, 30)).is_month


def test_a_month_lasts_from_midnight_to_midnight_on_the_wall() -> None:
    march = Period.month_of(date(2025, 3, 10))
    assert march.span("Asia/Shanghai") == (local("2025-03-01T00:00"), local("2025-04-01T00:00"))
    assert local_day(local("2025-03-31T23:59"), "Asia/Shanghai") == date(2025, 3, 31)
    assert midnight(date(2025, 4, 1), "Asia/Shanghai") == local("2025-04-01T00:00")
