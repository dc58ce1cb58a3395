"""What every city's profile must hold, and the facts of the five regulations that cases depend on."""

from __future__ import annotations

from datetime import date, time

import pytest

from tenants.duration import DurationKind
from tenants.loader import PROFILES, load_profile
from tenants.profile import Gate, Profile
from tenants.vocabulary import ALWAYS_REACHABLE, OPENED_BY_GATE

Profiles = dict[str, Profile]


def gate(profile: Profile, workflow: str, transition: str, guard: str) -> tuple[Gate, ...]:
    return tuple(gate for gate in profile.workflows[workflow].gates_at(transition) if gate.guard == guard)


def rules(profile: Profile, workflow: str, transition: str, guard: str) -> set[str]:
    return {rule for found in gate(profile, workflow, transition, guard) for rule in found.basis.rules}


def test_a_profile_is_named_after_its_file(city: str, profile: Profile) -> None:
    assert profile.tenant == city
    assert profile.revision == 1


def test_the_five_cities_are_there(profiles: Profiles) -> None:
    assert {name: (profile.rule_prefix, profile.province.code) for name, profile in profiles.items()} == {
        "taian": ("TA", "37"),
        "zaozhuang": ("ZZ", "37"),
        "pingxiang": ("PX", "36"),
        "neixiang": ("NX", "41"),
        "chaonan": ("CH", "44"),
    }


def test_every_state_a_case_can_be_in_has_a_stage(profile: Profile) -> None:
    for key, flow in profile.workflows.items():
        opened = {gate.transition for gate in flow.gates}
        for state in (*ALWAYS_REACHABLE, *(OPENED_BY_GATE[name] for name in opened & OPENED_BY_GATE.keys())):
            assert flow.stage_at(state) is not None, (key, state)


def test_a_case_finds_its_workflow(profile: Profile) -> None:
    for kind in ("ASSIST", "AGENCY"):
        assert profile.workflow_for(kind) == kind.lower()
    for mode in profile.modes:
        if mode.workflow is not None:
            assert profile.workflow_for("ASSIST", mode.code) == mode.workflow
    reached = {profile.workflow_for(kind) for kind in ("ASSIST", "AGENCY", "ORDER", "JOINT", "BUNDLE")}
    assert set(profile.workflows) - reached - {mode.workflow for mode in profile.modes} == set()


def test_every_refusal_can_say_what_it_rests_on(profile: Profile) -> None:
    for found in (*profile.gates, *(found for flow in profile.workflows.values() for found in flow.gates)):
        assert found.basis.rules or (found.basis.default and found.basis.why)


def test_only_the_text_makes_a_limit_of_the_regulation(profile: Profile) -> None:
    for timer in profile.timers:
        assert (timer.legal_status == "REGULATION") <= bool(timer.basis.rules), timer.id
        assert (timer.legal_status == "MEASURE_ONLY") == (timer.limit is None and timer.due is None), timer.id


def test_somebody_supervises_and_somebody_is_told_of_a_miss(profile: Profile) -> None:
    neutral = {name for role in profile.roles for name in role.neutral}
    assert {"CASE_WORKER", "TENANT_SUPERVISOR"} <= neutral
    assert all(profile.role(code).code == code for code in profile.escalation.chain)
    assert profile.unit_type(profile.root.unit_type).tiers
    assert profile.privacy.small_cell_threshold == 10


def test_clock_and_calendar_are_typed(profile: Profile) -> None:
    assert profile.calendar.working_days == (0, 1, 2, 3, 4)
    assert profile.calendar.office_hours == ((time(9), time(12)), (time(13, 30), time(17)))
    assert profile.calendar.basis.default


def test_forms_and_timers_are_found_by_id(profile: Profile) -> None:
    assert all(profile.form(form.id) is form for form in profile.forms)
    assert all(profile.timer(timer.id) is timer for timer in profile.timers)
    with pytest.raises(KeyError):
        profile.form("no_such_form")


@pytest.mark.rule("TA-15-2")
def test_taian_answers_within_two_hours(profiles: Profiles) -> None:
    timer = profiles["taian"].timer("assist_response")
    assert timer.limit is not None
    assert (timer.limit.kind, timer.limit.seconds) == (DurationKind.TIME, 7200)
    assert (timer.starts_on, timer.stops_on) == ("REQUEST_RECEIVED", "FIRST_HUMAN_RESPONSE")
    assert (timer.clock, timer.boundary, timer.breach_status) == ("WORKING_TIME", "INCLUSIVE", "REGULATION")
    assert "clock" in timer.basis.default_fields


@pytest.mark.rule("TA-15-13")
def test_a_number_of_our_own_is_no_breach_of_the_regulation(profiles: Profiles) -> None:
    timer = profiles["taian"].timer("periodic_callback")
    assert (timer.legal_status, timer.breach_status) == ("REGULATION", "OPERATIONAL")
    assert profiles["neixiang"].timer("same_day").breach_status == "REGULATION"


@pytest.mark.rule("TA-29-1")
def test_taian_is_on_trial_for_a_year(profiles: Profiles) -> None:
    validity = profiles["taian"].validity
    assert (validity.kind, validity.valid_from, validity.valid_to) == ("TRIAL", date(2024, 8, 28), date(2025, 8, 28))
    assert validity.on_expiry is not None
    assert validity.on_expiry.alert_before_days == (90, 30, 7)
    assert not validity.on_expiry.blocks_service


@pytest.mark.rule("TA-9-1", "TA-9-2", "TA-18-2", "TA-18-3")
def test_taian_commissions_what_is_on_the_list(profiles: Profiles) -> None:
    taian = profiles["taian"]
    guards = [found.guard for found in taian.workflows["agency"].gates_at("COMMISSION")]
    assert guards == ["ITEM_ON_LIST", "VOLUNTARY_REQUEST", "ONE_NAMED_AGENT", "FORMS_SIGNED"]
    assert rules(taian, "agency", "COMMISSION", "ITEM_ON_LIST") == {"TA-9-2"}
    assert rules(taian, "assist", "ACCEPT", "ITEM_IN_SCOPE") == {"TA-9-1"}
    assert {entry.tier for entry in taian.catalogue.lists_for("AGENCY")} == {"CITY", "COUNTY", "TOWNSHIP", "VILLAGE"}
    assert taian.catalogue.lists_for("ASSIST") == ()
    assert taian.workflows["agency"].converts_to == ("assist",)


@pytest.mark.rule("TA-18-7", "TA-18-8", "TA-16-2", "TA-3-2")
def test_taian_files_complete_papers_in_the_applicants_name(profiles: Profiles) -> None:
    found = {gate.guard: gate.basis.rules for gate in profiles["taian"].workflows["agency"].gates_at("FILE")}
    assert found == {
        "MATERIALS_COMPLETE": ("TA-18-8",),
        "STATUTORY_FORM": ("TA-18-8",),
        "PRELIMINARY_REVIEW_DONE": ("TA-18-7",),
        "POWER_HELD": ("TA-16-2",),
        "APPLICANT_OF_RECORD": ("TA-3-2",),
    }


@pytest.mark.rule("ZZ-7.2-1", "PX-B-4.2-2", "TA-18-8", "NX-5-2", "CH-3.3.4-4")
@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("taian", "FILE"),
        ("zaozhuang", "COMMISSION"),
        ("pingxiang", "COMMISSION"),
        ("neixiang", None),
        ("chaonan", None),
    ],
)
def test_a_missing_paper_stops_agency_where_the_text_says(name: str, at: str | None, profiles: Profiles) -> None:
    asked = [gate.transition for gate in profiles[name].workflows["agency"].gates if gate.guard == "MATERIALS_COMPLETE"]
    assert asked == ([at] if at else [])


@pytest.mark.rule("ZZ-7.3-2", "ZZ-7.3-4")
def test_zaozhuang_ends_with_a_slip_in_person_and_with_the_receipt_by_mail(profiles: Profiles) -> None:
    zaozhuang = profiles["zaozhuang"]
    (slip,) = gate(zaozhuang, "agency", "COMPLETE", "FORMS_SIGNED")
    (receipt,) = gate(zaozhuang, "agency", "COMPLETE", "RECEIPT_CONFIRMED")
    assert slip.params == {"forms": ("completion_slip",), "when_delivery": "IN_PERSON"}
    assert receipt.params == {"when_delivery": "MAIL"}
    assert (slip.basis.rules, receipt.basis.rules) == (("ZZ-7.3-2",), ("ZZ-7.3-4",))
    assert {method.code: method.proof for method in zaozhuang.delivery.methods} == {
        "IN_PERSON": "completion_slip",
        "MAIL": "mail_record",
    }


@pytest.mark.rule("NX-5-3", "NX-5-4")
def test_neixiang_explains_a_missed_same_day(profiles: Profiles) -> None:
    neixiang = profiles["neixiang"]
    timer = neixiang.timer("same_day")
    assert (timer.triage, timer.starts_on, timer.stops_on) == ("INSTANT", "COMMISSIONED", "COMPLETED")
    assert "REQUIRE_EXPLANATION" in timer.on_breach
    (archive,) = gate(neixiang, "agency", "ARCHIVE", "EXPLANATION_GIVEN")
    assert archive.params["when"] == "SAME_DAY_MISSED"
    assert archive.basis.rules == ("NX-5-4",)


@pytest.mark.rule("NX-5-6", "NX-A5.1-7", "CH-3.1-3")
def test_only_neixiang_declines_and_chaonan_sends_nobody_away(profiles: Profiles) -> None:
    declining = {name for name, found in profiles.items() if found.workflows["agency"].gates_at("DECLINE")}
    assert declining == {"neixiang"}
    for flow in profiles["chaonan"].workflows.values():
        assert flow.gates_at("REFER_OUT") == ()
    assert {ground.code for entry in profiles["neixiang"].triage.classes for ground in entry.grounds} == {
        "STATE_PROHIBITED",
        "AGAINST_STATE_POLICY",
        "AGAINST_DEVELOPMENT_PLAN",
    }


@pytest.mark.rule("CH-3.3.4-2", "CH-3.3.4-3", "CH-3.3.4-4")
def test_each_of_chaonans_three_forms_names_its_own_rule(profiles: Profiles) -> None:
    found = gate(profiles["chaonan"], "agency", "COMMISSION", "FORMS_SIGNED")
    assert [(gate.params["forms"], gate.basis.rules) for gate in found] == [
        (("application_form",), ("CH-3.3.4-2",)),
        (("undertaking",), ("CH-3.3.4-3",)),
        (("commission_agreement",), ("CH-3.3.4-4",)),
    ]


@pytest.mark.rule("TA-6-5", "TA-6-6", "TA-6-7")
def test_taians_bands_leave_three_and_ten_undefined(profiles: Profiles) -> None:
    (rule,) = [rule for rule in profiles["taian"].staffing if rule.bands]
    assert [(band.over, band.under, band.min, band.max) for band in rule.bands] == [
        (None, 3, 1, 1),
        (3, 10, 2, 2),
        (10, None, 3, 4),
    ]
    assert [(gap.at, gap.enforce_min, gap.advise) for gap in rule.gaps] == [(3, 1, 2), (10, 2, 3)]


def test_a_profile_is_read_from_its_file_every_time_the_same(city: str, profile: Profile) -> None:
    assert load_profile(PROFILES / f"{city}.yaml") == profile
