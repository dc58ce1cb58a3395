from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tenants.compare import Change, diff
from tenants.loader import dump, from_document, profile_sha256
from tenants.profile import Profile


def changed(profile: Profile, edit: Callable[[dict[str, Any]], object]) -> tuple[Change, ...]:
    document = dump(profile)
    edit(document)
    return diff(profile, from_document(document))


def entry(entries: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(part for part in entries if name in (part.get("id"), part.get("code")))


def test_a_profile_does_not_differ_from_itself(profile: Profile) -> None:
    assert diff(profile, from_document(dump(profile))) == ()


def test_a_changed_limit_is_named_by_its_timer(profiles: dict[str, Profile]) -> None:
    changes = changed(profiles["taian"], lambda doc: entry(doc["timers"], "assist_response").update(duration="PT4H"))
    assert changes == (Change("timers[assist_response].duration", "PT2H", "PT4H"),)


def test_a_new_part_is_one_change(profiles: dict[str, Profile]) -> None:
    new = {"code": "URGENT", "zh": "急", "cite": ["NX-5-2"]}
    changes = changed(profiles["neixiang"], lambda doc: doc["triage"]["classes"].append(new))
    assert changes == (Change("triage.classes[URGENT]", None, new),)


def test_a_part_that_is_gone_is_one_change(profiles: dict[str, Profile]) -> None:
    changes = changed(profiles["zaozhuang"], lambda doc: doc["modes"].pop(0))
    assert [(change.path, change.after) for change in changes] == [("modes[ONSITE]", None)]


def test_parts_in_another_order_are_no_change(profiles: dict[str, Profile]) -> None:
    assert changed(profiles["pingxiang"], lambda doc: doc["roles"].reverse()) == ()


def test_a_gate_is_named_by_what_it_guards(profiles: dict[str, Profile]) -> None:
    def drop(doc: dict[str, Any]) -> None:
        gates = doc["workflows"]["agency"]["gates"]
        gates[:] = [gate for gate in gates if gate.get("params", {}).get("forms") != ["undertaking"]]

    (change,) = changed(profiles["chaonan"], drop)
    assert change.path == "workflows.agency.gates[COMMISSION FORMS_SIGNED forms=undertaking]"
    assert change.before["cite"] == ["CH-3.3.4-3"]


@pytest.mark.parametrize("other", ["zaozhuang", "chaonan"])
def test_two_cities_differ_where_their_hashes_do(other: str, profiles: dict[str, Profile]) -> None:
    changes = diff(profiles["taian"], profiles[other])
    assert profile_sha256(profiles["taian"]) != profile_sha256(profiles[other])
    assert Change("tenant", "taian", other) in changes
