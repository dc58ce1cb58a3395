"""Public keys of token issuers: from a file or an address, remembered, and read again when an unknown key appears."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Callable, Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, Key, OKPKey, RSAKey

MAX_KEY_SET_BYTES: Final = 256 * 1024
"""A larger answer is no key set."""

_PUBLIC_MEMBERS: Final = frozenset({"kty", "kid", "use", "alg", "key_ops", "crv", "x", "y", "n", "e"})
_ASYMMETRIC: Final = frozenset({ECKey.key_type, RSAKey.key_type, OKPKey.key_type})
_MIN_RSA_BITS: Final = 2048


class KeysUnavailableError(Exception):
    """The keys of an issuer could not be read, and none are remembered."""


class KeySource:
    """The key set of one issuer, read at most once per pause, and forgotten when it could not be renewed for a day.

    All times are seconds of the caller's clock.
    """

    def __init__(
        self,
        read: Callable[[], bytes],
        *,
        fresh_seconds: int = 600,
        pause_seconds: int = 30,
        stale_seconds: int = 86_400,
    ) -> None:
        self._read = read
        self._fresh = fresh_seconds
        self._pause = pause_seconds
        self._stale = stale_seconds
        self._lock = threading.Lock()
        self._keys: Mapping[str, Key] = {}
        self._read_at: int | None = None
        self._tried_at: int | None = None

    @classmethod
    def of_keys(cls, *keys: Key) -> KeySource:
        """Hold keys that are already at hand."""
        text = json.dumps({"keys": [key.as_dict(private=False) for key in keys]}).encode()
        return cls(lambda: text)

    @classmethod
    def of_file(cls, path: Path) -> KeySource:
        """Read the key set from a file, and again when it is renewed."""
        return cls(path.read_bytes)

    @classmethod
    def of_url(cls, url: str, *, timeout_seconds: float = 3.0) -> KeySource:
        """Read the key set from an address (https, or http on this machine only)."""
        _check_address(url)
        return cls(lambda: _download(url, timeout_seconds))

    def must_read(self, kid: str, now: int) -> bool:
        """Say whether finding this key now means reading the key set, which may take as long as the time-out."""
        if self._tried_at is not None and abs(now - self._tried_at) < self._pause:
            return False
        return self._read_at is None or kid not in self._keys or abs(now - self._read_at) >= self._fresh

    def find(self, kid: str, now: int) -> Key | None:
        """Find a public key by its id."""
        if self.must_read(kid, now):
            with self._lock:
                # Somebody else may have read the keys while this one waited.
                if self.must_read(kid, now):
                    self._renew(now)
        if self._read_at is None:
            raise KeysUnavailableError
        return self._keys.get(kid)

    def _renew(self, now: int) -> None:
        try:
            self._keys = public_keys(self._read())
            self._read_at = now
        except (OSError, HTTPException, ValueError, RecursionError):
            # The issuer is out of reach: what is remembered serves on, but not for ever.
            if self._read_at is not None and abs(now - self._read_at) >= self._stale:
                self._keys, self._read_at = {}, None
        finally:
            self._tried_at = now


def public_keys(text: bytes) -> dict[str, Key]:
    """Read the signature keys of a JSON Web Key Set; secrets, weak keys and keys for encryption are left out."""
    document = json.loads(text)
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise ValueError("a key set is an object with a list of keys")
    found: dict[str, Key] = {}
    for entry in document["keys"]:
        key = _public_key(entry)
        if key is not None:
            found[entry["kid"]] = key
    return found


def _public_key(entry: Any) -> Key | None:
    if not isinstance(entry, dict) or entry.get("kty") not in _ASYMMETRIC or entry.get("use", "sig") != "sig":
        return None
    if not isinstance(entry.get("kid"), str) or _is_weak(entry):
        return None
    try:
        return JWKRegistry.import_key({name: value for name, value in entry.items() if name in _PUBLIC_MEMBERS})
    except (JoseError, ValueError, KeyError, TypeError):
        return None


def _is_weak(entry: Mapping[str, Any]) -> bool:
    # Six bits per character of base64url.
    return entry["kty"] == RSAKey.key_type and len(str(entry.get("n", ""))) * 6 < _MIN_RSA_BITS


def _check_address(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")):
        return
    raise ValueError(f"keys are read over https only (http on this machine): {url!r}")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follow no redirect: the keys come from the registered address or not at all."""


def _download(url: str, timeout_seconds: float) -> bytes:
    opener = urllib.request.build_opener(_NoRedirect)
    with opener.open(url, timeout=timeout_seconds) as answer:
        text: bytes = answer.read(MAX_KEY_SET_BYTES + 1)
    if len(text) > MAX_KEY_SET_BYTES:
        raise ValueError("the answer is too large for a key set")
    return text
