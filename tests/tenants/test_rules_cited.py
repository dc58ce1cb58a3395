from __future__ import annotations

from collections.abc import Iterator

import pytest

from tenants.loader import dump
from tenants.outline import FoundNode, walk
from tenants.profile import Profile, RuleNode
from tenants.rules import RULES, rules_of


def basis_nodes(profile: Profile) -> Iterator[FoundNode]:
    for node in walk(Profile, dump(profile)):
        if isinstance(node, FoundNode) and issubclass(node.type, RuleNode):
            yield node


def test_every_rule_of_the_city_is_cited(profile: Profile) -> None:
    cited = {rule for node in basis_nodes(profile) for rule in node.data.get("cite", ())}
    assert {rule.id for rule in rules_of(profile.rule_prefix)} - cited == set()


def test_nothing_but_the_citys_own_rules_is_cited(profile: Profile) -> None:
    cited = {rule for node in basis_nodes(profile) for rule in node.data.get("cite", ())}
    assert cited <= RULES.keys()
    assert {RULES[rule].tenant for rule in cited} == {profile.rule_prefix}


def test_every_default_has_a_reason_and_cites_nothing(profile: Profile) -> None:
    for node in basis_nodes(profile):
        if node.data.get("default"):
            assert len(node.data["why"]) > 15, node.path
            assert "cite" not in node.data, node.path
        else:
            assert node.data["cite"], node.path


def test_all_cities_together_cite_all_471_rules(profiles: dict[str, Profile]) -> None:
    prefixes = {profile.rule_prefix for profile in profiles.values()}
    assert len(RULES) == 471
    assert sum(len(rules_of(prefix)) for prefix in prefixes) == 471


def test_a_basis_names_rules_without_their_article(profiles: dict[str, Profile]) -> None:
    basis = profiles["taian"].timer("assist_response").basis
    assert basis.rules == ("TA-15-2",)
    assert basis.default_fields == ("starts_on", "clock", "boundary", "warn_at", "on_breach")
    assert not basis.default
    assert basis.why is None


@pytest.mark.parametrize("city", ["zaozhuang"], indirect=True)
def test_a_default_says_why_instead(profile: Profile) -> None:
    basis = profile.termination.basis
    assert basis.default
    assert basis.rules == ()
    assert basis.why is not None
