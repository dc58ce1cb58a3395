from __future__ import annotations

import json
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tenants.loader import PROFILES, ProfileInvalid, dump, from_document, load_profile, parse_profile, profile_sha256
from tenants.profile import FrozenMap, Profile
from tests.effort import calls


def test_what_is_dumped_is_read_back_the_same(profile: Profile) -> None:
    document = json.loads(json.dumps(dump(profile)))
    again = from_document(document)
    assert again == profile
    assert dump(again) == document
    assert profile_sha256(again) == profile_sha256(profile)


def test_the_canonical_document_passes_the_loader_too(profile: Profile) -> None:
    text = json.dumps(dump(profile), ensure_ascii=False, indent=1)
    assert parse_profile(text, "city.json") == profile


def test_comments_and_the_order_of_keys_do_not_change_the_hash(city: str, profile: Profile) -> None:
    text = (PROFILES / f"{city}.yaml").read_text(encoding="utf-8")
    document = dict(reversed(dump(profile).items()))
    assert profile_sha256(parse_profile("# another comment\n" + text, "city.yaml")) == profile_sha256(profile)
    assert profile_sha256(from_document(document)) == profile_sha256(profile)


def test_any_other_value_changes_the_hash(profile: Profile) -> None:
    document = dump(profile)
    document["timers"][0]["zh"] += "!"
    assert profile_sha256(from_document(document)) != profile_sha256(profile)


def test_no_two_cities_share_a_hash(profiles: dict[str, Profile]) -> None:
    assert len({profile_sha256(profile) for profile in profiles.values()}) == len(profiles)


def test_nothing_in_a_profile_can_be_changed(profile: Profile) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        profile.revision = 2  # type: ignore[misc]
    with pytest.raises(ValidationError, match="frozen"):
        profile.timers[0].duration = "PT9H"  # type: ignore[misc]
    with pytest.raises(TypeError):
        profile.workflows["new"] = profile.workflows["assist"]  # type: ignore[index]
    gate = profile.workflows["assist"].gates[0]
    with pytest.raises(TypeError):
        gate.params["when"] = "ON_SPOT"  # type: ignore[index]
    assert hash(profile) == hash(from_document(dump(profile)))


def test_parameters_of_gates_are_frozen_all_the_way_down(profiles: dict[str, Profile]) -> None:
    (gate,) = [
        gate for gate in profiles["taian"].workflows["agency"].gates_at("COMMISSION") if gate.guard == "FORMS_SIGNED"
    ]
    assert gate.params["forms"] == ("commission_agreement",)


def test_a_profile_survives_a_process_border(profile: Profile) -> None:
    assert pickle.loads(pickle.dumps(profile)) == profile


def test_a_document_that_was_tampered_with_is_refused() -> None:
    document = dump(load_profile(PROFILES / "taian.yaml"))
    document["timers"][0]["duration"] = "two hours"
    with pytest.raises(ProfileInvalid, match=r"timers\[0\]\.duration: 'two hours' is not a length of time"):
        from_document(document)


def test_reading_costs_a_few_calls_for_each_character_and_a_published_revision_far_fewer(city: str) -> None:
    path = PROFILES / f"{city}.yaml"
    read = calls(lambda: load_profile(path))
    assert read < 8 * path.stat().st_size
    document = dump(load_profile(path))
    assert calls(lambda: from_document(document)) * 20 < read


@settings(max_examples=30)
@given(st.dictionaries(st.text(max_size=4), st.integers(), max_size=5))
def test_a_frozen_mapping_is_the_mapping_it_was_made_from(entries: dict[str, int]) -> None:
    frozen = FrozenMap(entries)
    assert frozen == entries
    assert hash(frozen) == hash(FrozenMap(dict(reversed(entries.items()))))
    entries["later"] = 1
    assert "later" not in frozen or frozen == entries
