"""The vault: what is sealed opens again, in its own column only, and says nothing about itself."""

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from casework.kernel.vault import Vault

VAULT = Vault({1: bytes(range(32)), 2: bytes(range(32, 64))}, 2, b"i" * 32)


@given(text=st.text())
def test_what_is_sealed_opens_again(text: str) -> None:
    sealed = VAULT.seal(text, "applicant.name")
    assert VAULT.unseal(sealed, "applicant.name") == text
    assert sealed != VAULT.seal(text, "applicant.name"), "the same text never looks the same"
    if len(text.encode()) > 3:
        assert text.encode() not in sealed


def test_a_sealed_value_opens_in_its_own_column_only() -> None:
    with pytest.raises(InvalidTag):
        VAULT.unseal(VAULT.seal("张三", "applicant.name"), "applicant.phone")


@given(position=st.integers(min_value=2, max_value=40))
def test_tampering_is_noticed(position: int) -> None:
    sealed = bytearray(VAULT.seal("370902199001011234", "applicant.id_no"))
    sealed[position % len(sealed)] ^= 1
    with pytest.raises((InvalidTag, KeyError)):
        VAULT.unseal(bytes(sealed), "applicant.id_no")


def test_an_older_key_still_opens_what_it_sealed() -> None:
    old = Vault({1: VAULT.keys[1]}, 1, VAULT.index_key)
    assert VAULT.unseal(old.seal("旧数据", "x"), "x") == "旧数据"


def test_blind_indexes_differ_between_tenants_and_columns() -> None:
    indexes = {VAULT.blind_index(tenant, label, "A1") for tenant in ("taian", "zaozhuang") for label in ("a", "b")}
    assert len(indexes) == 4
    assert VAULT.blind_index("taian", "a", " a1 ") == VAULT.blind_index("taian", "a", "A1")
