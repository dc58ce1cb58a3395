"""The vault: personal data is sealed before it reaches the database, and found again by keyed blind indexes only."""

import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_VERSION = 1
_NONCE_BYTES = 12


class VaultClosed(RuntimeError):
    """The program tried to read or write personal data before it was given its keys."""


@dataclass(frozen=True)
class Vault:
    """Keys by number: `current` seals, all open; `index_key` makes blind indexes."""

    keys: Mapping[int, bytes]
    current: int
    index_key: bytes

    def seal(self, text: str, label: str) -> bytes:
        """Encrypt with AES-256-GCM; `label` binds the value to its column."""
        nonce = os.urandom(_NONCE_BYTES)
        head = bytes((_VERSION, self.current))
        return head + nonce + AESGCM(self.keys[self.current]).encrypt(nonce, text.encode(), head + label.encode())

    def unseal(self, sealed: bytes, label: str) -> str:
        """Decrypt what `seal` made; tampering raises."""
        head, nonce, body = sealed[:2], sealed[2 : 2 + _NONCE_BYTES], sealed[2 + _NONCE_BYTES :]
        return AESGCM(self.keys[head[1]]).decrypt(nonce, body, head + label.encode()).decode()

    def blind_index(self, tenant: str, label: str, text: str) -> str:
        """Make the keyed index by which an exact value is found inside one tenant."""
        message = f"{tenant}\x00{label}\x00{text.strip().upper()}".encode()
        return hmac.new(self.index_key, message, hashlib.sha256).hexdigest()

    def fingerprint(self, data: bytes) -> str:
        """Make a keyed digest of an input, so that stored digests do not give away short secrets."""
        return hmac.new(self.index_key, data, hashlib.sha256).hexdigest()


class _Opened:
    vault: ClassVar[Vault | None] = None


def open_vault(vault: Vault) -> None:
    """Hand the process its keys, once, while it is wired together."""
    _Opened.vault = vault


def opened_vault() -> Vault:
    """Give the vault of this process."""
    if _Opened.vault is None:
        raise VaultClosed("open_vault() was not called while the program was wired")
    return _Opened.vault


class SealedText(TypeDecorator[str]):
    """A text column that is ciphertext in the database; `label` names the column."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, label: str) -> None:
        super().__init__()
        self.label = label

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Seal on the way in."""
        return None if value is None else opened_vault().seal(value, self.label)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Unseal on the way out."""
        return None if value is None else opened_vault().unseal(bytes(value), self.label)


class SealedJson(TypeDecorator[Any]):
    """A JSON column that is ciphertext in the database, for lists and records that hold personal data."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, label: str) -> None:
        super().__init__()
        self.label = label

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """Seal on the way in."""
        return None if value is None else opened_vault().seal(json.dumps(value, ensure_ascii=False), self.label)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        """Unseal on the way out."""
        return None if value is None else json.loads(opened_vault().unseal(bytes(value), self.label))
