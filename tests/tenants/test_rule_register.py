from __future__ import annotations

from datetime import date

import pytest

from tenants.profile import Profile
from tenants.rules import RULES, RegulationSource, rules_of, source


def test_a_rule_is_told_in_our_own_words_with_its_article() -> None:
    rule = RULES["TA-15-2"]
    assert (rule.tenant, rule.file, rule.article, rule.force) == ("TA", "000", "Art.15(1)", "MUST")
    assert rule.citation == "TA-15-2 [000, Art.15(1)]"
    assert "within 2 hours" in rule.summary


def test_the_source_of_a_rule_is_its_document() -> None:
    assert source("ZZ-7.3-2") == RegulationSource(
        file="001",
        title_zh="枣庄市民中心政务服务帮办代办工作制度",
        issuer_zh="枣庄市政务服务管理办公室",
        doc_no="枣政管办〔2021〕11号",
        issued=date(2021, 10, 22),
    )
    with pytest.raises(KeyError):
        source("TA-99-1")


def test_the_register_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        RULES["TA-15-2"] = RULES["TA-15-1"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        RULES["TA-15-2"].summary = "other"  # type: ignore[misc]


def test_every_rule_is_whole() -> None:
    for rule in RULES.values():
        assert rule.summary
        assert rule.article
        assert rule.force in {"MUST", "PERMITTED", "ENCOURAGED", "DEFINITION"}
        assert source(rule.id).file == rule.file


def test_profile_and_register_agree_on_the_source(profile: Profile) -> None:
    own = source(rules_of(profile.rule_prefix)[0].id)
    (named,) = profile.sources
    assert (named.file, named.title_zh, named.issuer_zh, named.doc_no, named.issued) == (
        own.file,
        own.title_zh,
        own.issuer_zh,
        own.doc_no,
        own.issued,
    )
