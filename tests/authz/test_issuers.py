from __future__ import annotations

import json
from pathlib import Path

import pytest
from joserfc.jwk import ECKey
from pydantic import ValidationError

from authz.issuers import Issuer, TokenKind, read_issuers
from authz.keys import KeySource

KEY = ECKey.generate_key("P-256", parameters={"kid": "k"})
STAFF_ONLY = frozenset({TokenKind.STAFF})


@pytest.mark.parametrize("algorithms", [set(), {"HS256"}, {"none"}, {"ES256", "HS512"}])
def test_only_asymmetric_algorithms_can_be_registered(algorithms: set[str]) -> None:
    with pytest.raises(ValueError, match="algorithms"):
        Issuer("x", KeySource.of_keys(KEY), STAFF_ONLY, algorithms=frozenset(algorithms))


def test_an_issuer_speaks_for_nobody_unless_told() -> None:
    silent = Issuer("x", KeySource.of_keys(KEY), STAFF_ONLY)
    assert not silent.speaks_for_tenant("taian")
    assert not silent.speaks_for_province("37")
    loud = Issuer("x", KeySource.of_keys(KEY), STAFF_ONLY, frozenset({"*"}), frozenset({"37"}))
    assert loud.speaks_for_tenant("taian")
    assert loud.speaks_for_province("37")
    assert not loud.speaks_for_province("41")


def test_the_settings_file(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text(json.dumps({"keys": [KEY.as_dict(private=False)]}), encoding="utf-8")
    entries = [
        {"issuer": "city", "jwks_file": "keys.json", "kinds": ["staff", "portal"], "tenants": ["taian"]},
        {
            "issuer": "province",
            "jwks_url": "https://sso.example/keys",
            "kinds": ["province"],
            "provinces": ["37"],
            "algorithms": ["RS256"],
            "max_lifetime_seconds": 3600,
        },
    ]
    path = tmp_path / "issuers.json"
    path.write_text(json.dumps(entries), encoding="utf-8")
    city, province = read_issuers(path)
    assert city.keys.find("k", 0) is not None
    assert city.kinds == {TokenKind.STAFF, TokenKind.PORTAL}
    assert province.algorithms == {"RS256"}
    assert province.max_lifetime_seconds == 3600


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"jwks_file": None}, "jwks_file or jwks_url"),
        ({"jwks_url": "https://sso.example/keys"}, "jwks_file or jwks_url"),
        ({"kinds": []}, "kinds"),
        ({"kinds": ["king"]}, "kinds"),
        ({"tenants": [""]}, "tenants"),
        ({"leeway_seconds": 3600}, "leeway_seconds"),
        ({"colour": "red"}, "colour"),
        ({"issuer": ""}, "issuer"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, change: dict[str, object], named: str) -> None:
    entry = {"issuer": "city", "jwks_file": "keys.json", "kinds": ["staff"], "tenants": ["taian"]} | change
    path = tmp_path / "issuers.json"
    path.write_text(json.dumps([entry]), encoding="utf-8")
    with pytest.raises(ValidationError, match=named):
        read_issuers(path)
