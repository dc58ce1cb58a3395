"""The issuer of a developer's own machine: signs whatever it is asked, with a key that never leaves the data home."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from authz.issuers import AUDIENCE, EVERY, Issuer, TokenKind
from authz.keys import KeySource

DEVELOPMENT_ISSUER: Final = "bangban-development"
"""The name under which the development issuer signs."""

KEY_FILE: Final = "development-issuer.json"
"""The private key in the data home, readable by its owner only."""

_MONTH: Final = 31 * 86_400


class DevelopmentIssuer:
    """Mints tokens for demonstrations and tests; never registered where real cities work."""

    def __init__(self, key: ECKey) -> None:
        self._key = key

    @classmethod
    def open(cls, home: Path) -> DevelopmentIssuer:
        """Open the issuer of this data home; the first start makes its key."""
        path = home / KEY_FILE
        if not path.exists():
            _create_key(path)
        # A copy or a restore may have widened the rights.
        path.chmod(0o600)
        try:
            return cls(ECKey.import_key(json.loads(path.read_text(encoding="utf-8"))))
        except (ValueError, KeyError, TypeError, JoseError) as error:
            raise ValueError(f"{path} holds no usable key; delete the file and start again") from error

    @classmethod
    def temporary(cls) -> DevelopmentIssuer:
        """Make an issuer whose key lives no longer than the process."""
        return cls(_new_key())

    def issuer(self) -> Issuer:
        """Describe this issuer for registration: it may speak for everybody."""
        return Issuer(
            name=DEVELOPMENT_ISSUER,
            keys=KeySource.of_keys(self._key),
            kinds=frozenset(TokenKind),
            tenants=frozenset({EVERY}),
            provinces=frozenset({EVERY}),
            algorithms=frozenset({"ES256"}),
            max_lifetime_seconds=_MONTH,
            leeway_seconds=0,
        )

    def mint(
        self,
        kind: TokenKind,
        subject: str,
        now: int,
        *,
        tenant: str | None = None,
        applicant_id: UUID | None = None,
        province: str | None = None,
        client_id: str | None = None,
        lifetime_seconds: int = 12 * 3600,
    ) -> str:
        """Sign a token that is valid from `now` (seconds) for the given time."""
        claims: dict[str, Any] = {
            "iss": DEVELOPMENT_ISSUER,
            "aud": AUDIENCE,
            "sub": subject,
            "kind": kind.value,
            "iat": now,
            "nbf": now,
            "exp": now + lifetime_seconds,
            "jti": str(uuid4()),
        }
        optional = {
            "tenant": tenant,
            "applicant": None if applicant_id is None else str(applicant_id),
            "province": province,
            "client_id": client_id,
        }
        claims.update({name: value for name, value in optional.items() if value is not None})
        return jwt.encode({"alg": "ES256", "kid": self._key.kid}, claims, self._key, algorithms=["ES256"])


def _new_key() -> ECKey:
    key = ECKey.generate_key("P-256", auto_kid=True)
    key.ensure_kid()
    return key


def _create_key(path: Path) -> None:
    """Write a new key whole or not at all; of two processes that start together, the first wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{uuid4().hex}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(_new_key().as_dict(private=True), file)
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
