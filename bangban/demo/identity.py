"""Identities of the demonstration: ids that follow from the seed, and numbers that cannot belong to anybody.

Numbers of persons pass every check of form, so that forms and searches behave as in earnest, and are still impossible:

- identity numbers (GB 11643) have a right check digit but begin with 69; the provinces of GB/T 2260 end at 65 in the
  north-west, go on at 71 for Taiwan, and nothing was ever allotted between them;
- credit codes of organisations (GB 32100) have a right check character but name the same impossible place;
- mobile numbers begin with 154, which no operator was ever given;
- desk numbers begin with 0 after the area code, where no local number begins.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from uuid import UUID

from casework.kernel.cells import ID_CHECKS, ID_WEIGHTS

DEFAULT_SEED = 20260101
"""The seed of the office that tests and documentation speak of."""

OPENED = datetime(2021, 1, 1, tzinfo=UTC)
"""The instant at which the demonstration office was set up; every row and every post begins then."""

NOWHERE = "690000"
"""The place no identity number can name."""

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = tuple(3**place % 31 for place in range(17))
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

KEY_BYTES = 10
"""How much of a digest goes into an id: the 74 free bits of a UUIDv7, rounded up."""


@dataclass(frozen=True)
class Source:
    """All chance of one city: the same seed gives the same office, whatever its scale."""

    seed: int
    tenant: str

    @cached_property
    def _root(self) -> "hashlib._Hash":
        return hashlib.sha256(f"{self.seed}\x00{self.tenant}".encode())

    def _digest(self, *names: str) -> bytes:
        digest = self._root.copy()
        digest.update("\x00".join(("", *names)).encode())
        return digest.digest()

    def id(self, kind: str, key: str) -> UUID:
        """Make the id of a row: the shape and order of a UUIDv7 of the opening day, filled from the seed."""
        filling = int.from_bytes(self._digest("id", kind, key)[:KEY_BYTES])
        milliseconds = int(OPENED.timestamp() * 1000)
        head = (milliseconds << 16) | 0x7000 | (filling & 0xFFF)
        tail = (0b10 << 62) | ((filling >> 12) & ((1 << 62) - 1))
        return UUID(int=(head << 64) | tail)

    def number(self, below: int, *names: str) -> int:
        """Draw a whole number from 0 up to `below`, excluded."""
        return int.from_bytes(self._digest("number", *names)[:8]) % below


def identity_number(born: date, serial: int) -> str:
    """Make an identity number of right form that no living person can have."""
    body = f"{NOWHERE}{born:%Y%m%d}{serial % 1000:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, ID_WEIGHTS, strict=True))
    return body + ID_CHECKS[total % 11]


def credit_code(serial: int) -> str:
    """Make a unified social credit code of right form that no organisation can have."""
    body = f"91{NOWHERE}{_organisation_code(serial)}"
    total = sum(CREDIT_ALPHABET.index(sign) * weight for sign, weight in zip(body, CREDIT_WEIGHTS, strict=True))
    return body + CREDIT_ALPHABET[-total % 31]


def _organisation_code(serial: int) -> str:
    """Make the nine characters inside a credit code, which carry a check of their own (GB 11714)."""
    body = f"MA{serial % 1_000_000:06d}"
    total = sum(int(sign, 36) * weight for sign, weight in zip(body, ORGANISATION_WEIGHTS, strict=True))
    check = -total % 11
    return body + ("X" if check == 10 else str(check))


def mobile_number(serial: int) -> str:
    """Make a mobile number that nobody can be reached under."""
    return f"154{serial % 100_000_000:08d}"


def desk_number(area_code: str, serial: int) -> str:
    """Make the number of a desk that nobody can be reached under."""
    return f"{area_code}-0{serial % 1_000_000:06d}"
