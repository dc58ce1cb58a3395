"""Who may issue tokens, for whom, and with which algorithms; from a settings file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from authz.keys import KeySource

AUDIENCE: Final = "bangban"
"""The audience every token must name."""

ASYMMETRIC_ALGORITHMS: Final = frozenset({"ES256", "RS256", "EdDSA", "Ed25519"})
"""The only signatures accepted: whoever can verify must not be able to sign."""

EVERY: Final = "*"
"""In `tenants` or `provinces`: the issuer may speak for every city or province."""


class TokenKind(StrEnum):
    """Whom a token speaks for."""

    STAFF = "staff"
    PORTAL = "portal"
    PROVINCE = "province"
    INTEGRATOR = "integrator"


@dataclass(frozen=True, slots=True)
class Issuer:
    """One registered issuer, its keys, and the limits of what it may say."""

    name: str
    keys: KeySource
    kinds: frozenset[TokenKind]
    tenants: frozenset[str] = frozenset()
    provinces: frozenset[str] = frozenset()
    algorithms: frozenset[str] = frozenset({"ES256"})
    max_lifetime_seconds: int = 86_400
    leeway_seconds: int = 5

    def __post_init__(self) -> None:
        if not self.name or not self.kinds or not self.algorithms:
            raise ValueError("an issuer needs a name, kinds of actors and algorithms")
        unfit = self.algorithms - ASYMMETRIC_ALGORITHMS
        if unfit:
            raise ValueError(f"algorithms not accepted: {sorted(unfit)}; choose from {sorted(ASYMMETRIC_ALGORITHMS)}")

    def speaks_for_tenant(self, tenant: str) -> bool:
        """Say whether the issuer may name this city."""
        return EVERY in self.tenants or tenant in self.tenants

    def speaks_for_province(self, province: str) -> bool:
        """Say whether the issuer may name this province."""
        return EVERY in self.provinces or province in self.provinces


_Names = frozenset[Annotated[str, Field(min_length=1)]]


class IssuerSetting(BaseModel):
    """One entry of the issuers file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str = Field(min_length=1, description="The `iss` of its tokens.")
    jwks_file: Path | None = Field(default=None, description="Its public keys as a file beside this one.")
    jwks_url: str | None = Field(default=None, description="Its public keys at an address.")
    kinds: frozenset[TokenKind] = Field(min_length=1, description="For whom it may speak.")
    tenants: _Names = Field(default=frozenset(), description='The cities it may name; "*" for all.')
    provinces: _Names = Field(default=frozenset(), description='The provinces it may name; "*" for all.')
    algorithms: _Names = Field(default=frozenset({"ES256"}), description="The signatures it uses.")
    max_lifetime_seconds: int = Field(default=86_400, gt=0, description="The longest life of its tokens.")
    leeway_seconds: int = Field(default=5, ge=0, le=60, description="How far its clock may be off.")

    @model_validator(mode="after")
    def _one_source_of_keys(self) -> IssuerSetting:
        if (self.jwks_file is None) == (self.jwks_url is None):
            raise ValueError("give either jwks_file or jwks_url")
        return self

    def to_issuer(self, folder: Path) -> Issuer:
        """Turn the entry into an issuer; a relative file is looked for in the folder."""
        return Issuer(
            name=self.issuer,
            keys=self._keys(folder),
            kinds=self.kinds,
            tenants=self.tenants,
            provinces=self.provinces,
            algorithms=self.algorithms,
            max_lifetime_seconds=self.max_lifetime_seconds,
            leeway_seconds=self.leeway_seconds,
        )

    def _keys(self, folder: Path) -> KeySource:
        if self.jwks_url is not None:
            return KeySource.of_url(self.jwks_url)
        return KeySource.of_file(folder / str(self.jwks_file))


def read_issuers(path: Path) -> tuple[Issuer, ...]:
    """Read the issuers file (a JSON list of entries); pydantic's error names the entry and the field."""
    entries = TypeAdapter(list[IssuerSetting]).validate_json(path.read_bytes())
    return tuple(entry.to_issuer(path.parent) for entry in entries)
