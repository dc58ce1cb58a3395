from __future__ import annotations

import hmac
import json
import time
from base64 import urlsafe_b64encode
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from authz.actor import ActorKind
from authz.issuers import Issuer, TokenKind
from authz.keys import KeySource
from authz.rejections import RejectionCode, TokenRejected
from authz.tokens import Claims, Issuers
from tests.authz.cities import APPLICANTS, PEOPLE, held

NOW = 1_730_700_000
EC = ECKey.generate_key("P-256", auto_kid=True)
RSA = RSAKey.generate_key(2048, auto_kid=True)
ED = OKPKey.generate_key("Ed25519", auto_kid=True)
STRANGER = ECKey.generate_key("P-256", parameters={"kid": str(EC.kid)})

CITY = Issuer(
    name="https://sso.taian.example",
    keys=KeySource.of_keys(EC, RSA, ED),
    kinds=frozenset({TokenKind.STAFF, TokenKind.PORTAL}),
    tenants=frozenset({"taian"}),
    algorithms=frozenset({"ES256", "RS256", "EdDSA", "Ed25519"}),
)
PROVINCE = Issuer(
    name="https://sso.shandong.example",
    keys=KeySource.of_keys(EC),
    kinds=frozenset({TokenKind.PROVINCE, TokenKind.INTEGRATOR}),
    tenants=frozenset({"taian", "zaozhuang"}),
    provinces=frozenset({"37"}),
)
ISSUERS = Issuers([CITY, PROVINCE])


def claims(**changed: Any) -> dict[str, Any]:
    made = {
        "iss": CITY.name,
        "aud": "bangban",
        "sub": "li.na",
        "kind": "staff",
        "tenant": "taian",
        "iat": NOW - 60,
        "nbf": NOW - 60,
        "exp": NOW + 3600,
    } | changed
    return {name: value for name, value in made.items() if value != "ABSENT"}


def of_province(**changed: Any) -> dict[str, Any]:
    base = {"iss": PROVINCE.name, "kind": "province", "tenant": "ABSENT", "province": "37"}
    return claims(**(base | changed))


def sign(payload: dict[str, Any], key: Key = EC, algorithm: str = "ES256", **header: Any) -> str:
    made = {"alg": algorithm, "kid": key.kid} | header
    return jwt.encode({k: v for k, v in made.items() if v is not None}, payload, key, algorithms=[algorithm])


def part(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def rejected(token: str, issuers: Issuers = ISSUERS, now: int = NOW) -> RejectionCode:
    with pytest.raises(TokenRejected) as caught:
        issuers.verify(token, now)
    assert caught.value.message
    assert caught.value.message_zh
    return caught.value.code


def test_a_good_token_of_staff() -> None:
    found = ISSUERS.verify(sign(claims(jti="t-1")), NOW)
    assert found == Claims(CITY.name, "li.na", TokenKind.STAFF, "taian", None, None, None, "t-1", NOW - 60, NOW + 3600)
    actor = found.actor(staff_id=PEOPLE[0], roles=(held("helper"),), reason="audit")
    assert (actor.kind, actor.tenant, actor.staff_id, actor.reason) == (ActorKind.STAFF, "taian", PEOPLE[0], "audit")
    assert len(actor.roles) == 1


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated")
@pytest.mark.parametrize(("key", "algorithm"), [(EC, "ES256"), (RSA, "RS256"), (ED, "Ed25519"), (ED, "EdDSA")])
def test_every_registered_algorithm(key: Key, algorithm: str) -> None:
    assert ISSUERS.verify(sign(claims(), key, algorithm), NOW).subject == "li.na"


def test_the_older_name_of_the_edwards_signature_raises_no_warning() -> None:
    signing_input = f"{part({'alg': 'EdDSA', 'kid': ED.kid})}.{part(claims())}"
    signature = ED.get_op_key("sign").sign(signing_input.encode())  # type: ignore[union-attr]
    token = f"{signing_input}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"
    assert ISSUERS.verify(token, NOW).subject == "li.na"


def test_a_portal_acts_for_an_applicant() -> None:
    found = ISSUERS.verify(sign(claims(kind="portal", applicant=str(APPLICANTS[0]))), NOW)
    actor = found.actor(staff_id=PEOPLE[0], roles=(held("lead"),))
    assert actor.kind is ActorKind.APPLICANT
    assert actor.applicant_id == APPLICANTS[0]
    assert actor.staff_id is None
    assert actor.roles == ()


def test_a_supervisor_of_the_province_has_no_city() -> None:
    actor = ISSUERS.verify(sign(of_province()), NOW).actor()
    assert (actor.kind, actor.tenant, actor.province) == (ActorKind.PROVINCE, None, "37")


def test_an_integrator_acts_for_the_applicant_who_consented() -> None:
    payload = of_province(kind="integrator", tenant="zaozhuang", province="ABSENT", client_id="acme")
    assert ISSUERS.verify(sign(payload), NOW).actor().applicant_id is None
    consented = ISSUERS.verify(sign(payload | {"applicant": str(APPLICANTS[1])}), NOW).actor()
    assert (consented.kind, consented.applicant_id, consented.client_id) == (
        ActorKind.INTEGRATOR,
        APPLICANTS[1],
        "acme",
    )


def hmac_with_the_public_key() -> str:
    # The classic confusion: the public key as the secret of a symmetric signature.
    signing_input = f"{part({'alg': 'HS256', 'kid': EC.kid})}.{part(claims())}"
    signature = hmac.digest(EC.as_pem(private=False), signing_input.encode(), "sha256")
    return f"{signing_input}.{urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def tampered() -> str:
    head, _, signature = sign(claims()).split(".")
    return f"{head}.{part(claims(sub='zhang.wei'))}.{signature}"


TOO_DEEP = "[" * 3000

BAD: list[tuple[str, str, RejectionCode]] = [
    ("empty", "", RejectionCode.MISSING),
    ("blank", "   ", RejectionCode.MISSING),
    ("garbage", "not-a-token", RejectionCode.MALFORMED),
    ("three dots of garbage", "a.b.c", RejectionCode.MALFORMED),
    ("no JSON inside", f"{part('hello')}.{part('world')}.x", RejectionCode.MALFORMED),
    ("a list for a payload", f"{part({'alg': 'ES256'})}.{part([1])}.x", RejectionCode.MALFORMED),
    ("nested without end", f"{part({'alg': 'ES256'})}.{part(TOO_DEEP)}.x", RejectionCode.MALFORMED),
    ("not ASCII", sign(claims())[:-1] + "令", RejectionCode.MALFORMED),
    ("four parts", sign(claims()) + ".x", RejectionCode.MALFORMED),
    ("too long", sign(claims(pad="x" * 9000)), RejectionCode.TOO_LONG),
    ("alg none", f"{part({'alg': 'none', 'kid': EC.kid})}.{part(claims())}.", RejectionCode.ALGORITHM_NOT_ALLOWED),
    ("alg None", f"{part({'alg': 'None', 'kid': EC.kid})}.{part(claims())}.", RejectionCode.ALGORITHM_NOT_ALLOWED),
    ("alg missing", f"{part({'kid': EC.kid})}.{part(claims())}.x", RejectionCode.ALGORITHM_NOT_ALLOWED),
    (
        "alg a list",
        f"{part({'alg': ['ES256'], 'kid': EC.kid})}.{part(claims())}.x",
        RejectionCode.ALGORITHM_NOT_ALLOWED,
    ),
    ("HS256 with the public key", hmac_with_the_public_key(), RejectionCode.ALGORITHM_NOT_ALLOWED),
    ("algorithm of another issuer", sign(of_province(), RSA, "RS256"), RejectionCode.ALGORITHM_NOT_ALLOWED),
    ("RS256 said, EC key meant", sign(claims(), RSA, "RS256", kid=EC.kid), RejectionCode.MALFORMED),
    ("expired", sign(claims(exp=NOW - 10)), RejectionCode.EXPIRED),
    ("expires just beyond the leeway", sign(claims(exp=NOW - 5)), RejectionCode.EXPIRED),
    ("not yet valid", sign(claims(nbf=NOW + 60)), RejectionCode.NOT_YET_VALID),
    ("issued in the future", sign(claims(iat=NOW + 60)), RejectionCode.NOT_YET_VALID),
    ("valid for years", sign(claims(exp=NOW + 10**8)), RejectionCode.LIFETIME_TOO_LONG),
    ("wrong audience", sign(claims(aud="other")), RejectionCode.AUDIENCE_WRONG),
    ("list of wrong audiences", sign(claims(aud=["other", "Bangban"])), RejectionCode.AUDIENCE_WRONG),
    ("empty audience", sign(claims(aud=[])), RejectionCode.AUDIENCE_WRONG),
    ("wrong issuer", sign(claims(iss="https://evil.example")), RejectionCode.ISSUER_UNKNOWN),
    ("issuer a list", sign(claims(iss=[CITY.name])), RejectionCode.ISSUER_UNKNOWN),
    ("missing iss", sign(claims(iss="ABSENT")), RejectionCode.CLAIM_MISSING),
    ("missing exp", sign(claims(exp="ABSENT")), RejectionCode.CLAIM_MISSING),
    ("missing nbf", sign(claims(nbf="ABSENT")), RejectionCode.CLAIM_MISSING),
    ("missing iat", sign(claims(iat="ABSENT")), RejectionCode.CLAIM_MISSING),
    ("missing sub", sign(claims(sub="ABSENT")), RejectionCode.CLAIM_MISSING),
    ("missing aud", sign(claims(aud="ABSENT")), RejectionCode.CLAIM_MISSING),
    ("missing kind", sign(claims(kind="ABSENT")), RejectionCode.CLAIM_MISSING),
    ("missing tenant", sign(claims(tenant="ABSENT")), RejectionCode.CLAIM_MISSING),
    ("missing province", sign(of_province(province="ABSENT")), RejectionCode.CLAIM_MISSING),
    ("exp as text", sign(claims(exp=str(NOW + 60))), RejectionCode.CLAIM_INVALID),
    ("exp true", sign(claims(exp=True)), RejectionCode.CLAIM_INVALID),
    ("exp NaN", sign(claims(exp=float("nan"))), RejectionCode.CLAIM_INVALID),
    ("exp infinite", sign(claims(exp=float("inf"))), RejectionCode.CLAIM_INVALID),
    ("exp astronomical", sign(claims(exp=10**400, iat=float(NOW))), RejectionCode.CLAIM_INVALID),
    ("nbf as text", sign(claims(nbf=str(NOW))), RejectionCode.CLAIM_INVALID),
    ("sub a number", sign(claims(sub=7)), RejectionCode.CLAIM_INVALID),
    ("sub blank", sign(claims(sub="  ")), RejectionCode.CLAIM_INVALID),
    ("sub with a line break", sign(claims(sub="li\nadmin")), RejectionCode.CLAIM_INVALID),
    ("sub endless", sign(claims(sub="x" * 201)), RejectionCode.CLAIM_INVALID),
    ("kind unknown", sign(claims(kind="system")), RejectionCode.CLAIM_INVALID),
    ("kind a list", sign(claims(kind=["staff"])), RejectionCode.CLAIM_INVALID),
    ("tenant a star", sign(claims(tenant="*")), RejectionCode.CLAIM_INVALID),
    ("tenant a path", sign(claims(tenant="taian/../x")), RejectionCode.CLAIM_INVALID),
    ("staff with an applicant", sign(claims(applicant=str(APPLICANTS[0]))), RejectionCode.CLAIM_INVALID),
    ("staff with a province", sign(claims(province="37")), RejectionCode.CLAIM_INVALID),
    ("province with a tenant", sign(of_province(tenant="taian")), RejectionCode.CLAIM_INVALID),
    ("applicant no id", sign(claims(kind="portal", applicant="me")), RejectionCode.CLAIM_INVALID),
    ("applicant in braces", sign(claims(kind="portal", applicant=f"{{{UUID(int=1)}}}")), RejectionCode.CLAIM_INVALID),
    ("unknown kid", sign(claims(), kid="nobody"), RejectionCode.KEY_UNKNOWN),
    ("no kid", f"{part({'alg': 'ES256'})}.{part(claims())}.x", RejectionCode.KEY_UNKNOWN),
    ("key of another issuer", sign(of_province(), kid=RSA.kid), RejectionCode.KEY_UNKNOWN),
    ("a stranger's key under a known kid", sign(claims(), STRANGER), RejectionCode.SIGNATURE_INVALID),
    ("tampered payload", tampered(), RejectionCode.SIGNATURE_INVALID),
    ("signature cut off", sign(claims()).rpartition(".")[0] + ".", RejectionCode.SIGNATURE_INVALID),
    ("another city", sign(claims(tenant="zaozhuang")), RejectionCode.TENANT_NOT_ALLOWED),
    ("another province", sign(of_province(province="41")), RejectionCode.TENANT_NOT_ALLOWED),
    ("kind not of this issuer", sign(claims(kind="integrator")), RejectionCode.KIND_NOT_ALLOWED),
    ("staff from the province's issuer", sign(of_province(kind="staff")), RejectionCode.KIND_NOT_ALLOWED),
]


@pytest.mark.parametrize(("token", "code"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_bad_tokens_are_refused_each_for_its_own_reason(token: str, code: RejectionCode) -> None:
    assert rejected(token) is code


@pytest.mark.parametrize(("token", "code"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
async def test_the_event_loop_gets_the_same_refusals(token: str, code: RejectionCode) -> None:
    with pytest.raises(TokenRejected) as caught:
        await ISSUERS.verify_async(token, NOW)
    assert caught.value.code is code


async def test_the_event_loop_gets_the_same_claims() -> None:
    token = sign(claims())
    assert await Issuers([CITY]).verify_async(token, NOW) == ISSUERS.verify(token, NOW)


def test_an_unknown_critical_header_is_refused() -> None:
    head = {"alg": "ES256", "kid": EC.kid, "crit": ["exp"], "exp": 1}
    token = f"{part(head)}.{part(claims())}.{sign(claims()).rpartition('.')[2]}"
    assert rejected(token) is RejectionCode.MALFORMED


def test_no_message_repeats_what_the_token_holds() -> None:
    for _, token, _ in BAD:
        with pytest.raises(TokenRejected) as caught:
            ISSUERS.verify(token, NOW)
        shown = f"{caught.value} {caught.value.message_zh}"
        assert "li.na" not in shown
        assert "evil" not in shown


def test_the_host_clock_is_never_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    token = sign(claims())

    def no_clock() -> float:
        raise AssertionError("the host clock was asked")

    monkeypatch.setattr(time, "time", no_clock)
    assert ISSUERS.verify(token, NOW).subject == "li.na"
    assert rejected(token, now=NOW + 3605) is RejectionCode.EXPIRED
    assert ISSUERS.verify(token, NOW + 3604).subject == "li.na"


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: f"{part(raw.decode('latin1'))}.e30.e30"))
def test_whatever_is_sent_is_refused_in_kind(text: str) -> None:
    with pytest.raises(TokenRejected):
        ISSUERS.verify(text, NOW)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["aud", "sub", "exp", "nbf", "iat", "kind", "tenant", "province", "applicant"]), json_values)
def test_a_signed_claim_of_any_shape_is_taken_or_refused_in_kind(name: str, value: object) -> None:
    try:
        found = ISSUERS.verify(sign(claims(**{name: value})), NOW)
    except TokenRejected:
        return
    assert found.tenant == "taian"
    assert found.kind in CITY.kinds
    assert found.expires_at > NOW - 5


def test_two_issuers_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="registered twice"):
        Issuers([CITY, CITY])
