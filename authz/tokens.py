"""Turns a signed token into verified claims, or says in one code why not."""

from __future__ import annotations

import asyncio
import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from joserfc import jwt
from joserfc.errors import BadSignatureError, ClaimError, ExpiredTokenError, JoseError, MissingClaimError
from joserfc.jwk import Key
from joserfc.jws import JWSRegistry

from authz.actor import Actor, ActorKind, RoleHeld
from authz.development import DevelopmentIssuer
from authz.issuers import AUDIENCE, Issuer, TokenKind
from authz.keys import KeysUnavailableError
from authz.rejections import RejectionCode, TokenRejected

__all__ = ["Claims", "DevelopmentIssuer", "Issuer", "Issuers", "RejectionCode", "TokenKind", "TokenRejected"]

MAX_TOKEN_BYTES: Final = 8 * 1024
"""A longer token is refused before it is parsed."""

_ESSENTIAL: Final = ("iss", "sub", "aud", "exp", "nbf", "iat", "kind")
_LATEST: Final = 10**11
_SLUG: Final = re.compile(r"[a-z][a-z0-9-]{1,39}")
_PROVINCE: Final = re.compile(r"[0-9]{2}")
_KIND_OF_ACTOR: Final = {
    TokenKind.STAFF: ActorKind.STAFF,
    TokenKind.PORTAL: ActorKind.APPLICANT,
    TokenKind.PROVINCE: ActorKind.PROVINCE,
    TokenKind.INTEGRATOR: ActorKind.INTEGRATOR,
}


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says; nothing in it was taken on trust."""

    issuer: str
    subject: str
    kind: TokenKind
    tenant: str | None
    applicant_id: UUID | None
    province: str | None
    client_id: str | None
    token_id: str | None
    issued_at: int
    expires_at: int

    def actor(
        self, *, staff_id: UUID | None = None, roles: tuple[RoleHeld, ...] = (), reason: str | None = None
    ) -> Actor:
        """Make the actor of the request; who is staff and which roles are valid now comes from the register."""
        is_staff = self.kind is TokenKind.STAFF
        return Actor(
            kind=_KIND_OF_ACTOR[self.kind],
            tenant=self.tenant,
            subject=self.subject,
            staff_id=staff_id if is_staff else None,
            applicant_id=self.applicant_id,
            roles=roles if is_staff else (),
            province=self.province,
            client_id=self.client_id,
            reason=reason,
        )


class _AsymmetricRegistry(JWSRegistry):
    """Offers joserfc the issuer's algorithms and no other; the older name EdDSA is accepted without its warning."""

    def __init__(self, allowed: frozenset[str]) -> None:
        super().__init__(algorithms=sorted(allowed))
        self._only = allowed

    def get_alg(self, name: str) -> Any:
        if name not in self._only:
            raise TokenRejected(RejectionCode.ALGORITHM_NOT_ALLOWED)
        return self.algorithms[name]


class Issuers:
    """The registered issuers, and the one way to verify a token."""

    def __init__(self, issuers: Iterable[Issuer]) -> None:
        self._by_name: dict[str, Issuer] = {}
        for issuer in issuers:
            if issuer.name in self._by_name:
                raise ValueError(f"the issuer {issuer.name!r} is registered twice")
            self._by_name[issuer.name] = issuer

    def verify(self, token: str, now: int) -> Claims:
        """Verify a token at the time `now` (seconds); may read keys, see `verify_async` for the event loop."""
        header, unverified = _open(token)
        issuer = self._issuer(unverified)
        key = _key(issuer, header, now)
        claims = _check_signature(token, issuer, key)
        _check_claims(claims, issuer, now)
        return _claims_of(claims, issuer)

    async def verify_async(self, token: str, now: int) -> Claims:
        """Verify without holding up the event loop: reading keys, which is rare, happens in a thread."""
        header, unverified = _open(token)
        kid = header.get("kid")
        if isinstance(kid, str) and self._issuer(unverified).keys.must_read(kid, now):
            return await asyncio.to_thread(self.verify, token, now)
        return self.verify(token, now)

    def _issuer(self, unverified: Mapping[str, Any]) -> Issuer:
        name = unverified.get("iss")
        if name is None:
            raise TokenRejected(RejectionCode.CLAIM_MISSING, "iss")
        issuer = self._by_name.get(name) if isinstance(name, str) else None
        if issuer is None:
            raise TokenRejected(RejectionCode.ISSUER_UNKNOWN)
        return issuer


def _open(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Look into a token without believing it, only to learn whose keys must prove it."""
    if not token.strip():
        raise TokenRejected(RejectionCode.MISSING)
    if len(token) > MAX_TOKEN_BYTES:
        raise TokenRejected(RejectionCode.TOO_LONG)
    segments = token.split(".")
    if len(segments) != 3 or not token.isascii():
        raise TokenRejected(RejectionCode.MALFORMED)
    return _json_object(segments[0]), _json_object(segments[1])


def _json_object(segment: str) -> dict[str, Any]:
    try:
        found = json.loads(urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    except (ValueError, RecursionError) as error:
        raise TokenRejected(RejectionCode.MALFORMED) from error
    if not isinstance(found, dict):
        raise TokenRejected(RejectionCode.MALFORMED)
    return found


def _key(issuer: Issuer, header: Mapping[str, Any], now: int) -> Key:
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in issuer.algorithms:
        raise TokenRejected(RejectionCode.ALGORITHM_NOT_ALLOWED)
    kid = header.get("kid")
    if not isinstance(kid, str):
        raise TokenRejected(RejectionCode.KEY_UNKNOWN, "the header names no key (kid)")
    try:
        key = issuer.keys.find(kid, now)
    except KeysUnavailableError as error:
        raise TokenRejected(RejectionCode.KEYS_UNAVAILABLE) from error
    if key is None or key.get("alg", algorithm) != algorithm:
        raise TokenRejected(RejectionCode.KEY_UNKNOWN)
    return key


def _check_signature(token: str, issuer: Issuer, key: Key) -> dict[str, Any]:
    try:
        return jwt.decode(token, key, registry=_AsymmetricRegistry(issuer.algorithms)).claims
    except BadSignatureError as error:
        raise TokenRejected(RejectionCode.SIGNATURE_INVALID) from error
    except (JoseError, ValueError, RecursionError) as error:
        raise TokenRejected(RejectionCode.MALFORMED) from error


def _check_claims(claims: dict[str, Any], issuer: Issuer, now: int) -> None:
    _check_forms(claims)
    registry = jwt.JWTClaimsRegistry(
        now=now,
        leeway=issuer.leeway_seconds,
        iss={"essential": True, "value": issuer.name},
        sub={"essential": True},
        aud={"essential": True, "value": AUDIENCE},
        exp={"essential": True},
        nbf={"essential": True},
        iat={"essential": True},
        kind={"essential": True, "values": [kind.value for kind in TokenKind]},
    )
    try:
        registry.validate(claims)
    except ExpiredTokenError as error:
        raise TokenRejected(RejectionCode.EXPIRED) from error
    except MissingClaimError as error:
        missing = ", ".join(name for name in _ESSENTIAL if claims.get(name) is None)
        raise TokenRejected(RejectionCode.CLAIM_MISSING, missing) from error
    except ClaimError as error:
        raise TokenRejected(_code_of(error.claim, claims, now), error.claim) from error
    if claims["exp"] - claims["iat"] > issuer.max_lifetime_seconds:
        raise TokenRejected(RejectionCode.LIFETIME_TOO_LONG)


def _check_forms(claims: Mapping[str, Any]) -> None:
    """Refuse what the registry lets pass: a list of kinds, and times beyond any calendar."""
    if not isinstance(claims.get("kind", ""), str):
        raise TokenRejected(RejectionCode.CLAIM_INVALID, "kind")
    for name in ("exp", "nbf", "iat"):
        value = claims.get(name)
        if isinstance(value, int | float) and not abs(value) < _LATEST:
            raise TokenRejected(RejectionCode.CLAIM_INVALID, name)


def _code_of(claim: str, claims: Mapping[str, Any], now: int) -> RejectionCode:
    value = claims.get(claim)
    if claim == "aud":
        return RejectionCode.AUDIENCE_WRONG
    if claim in ("nbf", "iat") and isinstance(value, int | float) and not isinstance(value, bool) and value > now:
        return RejectionCode.NOT_YET_VALID
    return RejectionCode.CLAIM_INVALID


def _claims_of(claims: Mapping[str, Any], issuer: Issuer) -> Claims:
    kind = TokenKind(claims["kind"])
    if kind not in issuer.kinds:
        raise TokenRejected(RejectionCode.KIND_NOT_ALLOWED)
    return Claims(
        issuer=issuer.name,
        subject=_text(claims, "sub") or "",
        kind=kind,
        tenant=_tenant(claims, kind, issuer),
        applicant_id=_applicant(claims, kind),
        province=_province(claims, kind, issuer),
        client_id=_text(claims, "client_id"),
        token_id=_text(claims, "jti"),
        issued_at=int(claims["iat"]),
        expires_at=int(claims["exp"]),
    )


def _text(claims: Mapping[str, Any], name: str) -> str | None:
    value = claims.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip() or len(value) > 200 or not value.isprintable():
        raise TokenRejected(RejectionCode.CLAIM_INVALID, name)
    return value


def _tenant(claims: Mapping[str, Any], kind: TokenKind, issuer: Issuer) -> str | None:
    """A province token names no city; every other names exactly one, and one its issuer may speak for."""
    tenant = _text(claims, "tenant")
    if kind is TokenKind.PROVINCE:
        if tenant is not None:
            raise TokenRejected(RejectionCode.CLAIM_INVALID, "tenant")
        return None
    if tenant is None:
        raise TokenRejected(RejectionCode.CLAIM_MISSING, "tenant")
    if not _SLUG.fullmatch(tenant):
        raise TokenRejected(RejectionCode.CLAIM_INVALID, "tenant")
    if not issuer.speaks_for_tenant(tenant):
        raise TokenRejected(RejectionCode.TENANT_NOT_ALLOWED)
    return tenant


def _province(claims: Mapping[str, Any], kind: TokenKind, issuer: Issuer) -> str | None:
    province = _text(claims, "province")
    if kind is not TokenKind.PROVINCE:
        if province is not None:
            raise TokenRejected(RejectionCode.CLAIM_INVALID, "province")
        return None
    if province is None:
        raise TokenRejected(RejectionCode.CLAIM_MISSING, "province")
    if not _PROVINCE.fullmatch(province):
        raise TokenRejected(RejectionCode.CLAIM_INVALID, "province")
    if not issuer.speaks_for_province(province):
        raise TokenRejected(RejectionCode.TENANT_NOT_ALLOWED)
    return province


def _applicant(claims: Mapping[str, Any], kind: TokenKind) -> UUID | None:
    """Only a portal and an integrator act for an applicant."""
    text = _text(claims, "applicant")
    if text is None:
        return None
    if kind not in (TokenKind.PORTAL, TokenKind.INTEGRATOR):
        raise TokenRejected(RejectionCode.CLAIM_INVALID, "applicant")
    try:
        applicant = UUID(text)
    except ValueError as error:
        raise TokenRejected(RejectionCode.CLAIM_INVALID, "applicant") from error
    if str(applicant) != text:
        raise TokenRejected(RejectionCode.CLAIM_INVALID, "applicant")
    return applicant
