from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from authz.keys import MAX_KEY_SET_BYTES, KeySource, KeysUnavailableError, public_keys

OLD = ECKey.generate_key("P-256", parameters={"kid": "old"})
NEW = ECKey.generate_key("P-256", parameters={"kid": "new"})


def key_set(*keys: Any) -> bytes:
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys]}).encode()


class Shelf:
    """A place from which keys are read, that counts and can fail."""

    def __init__(self, text: bytes) -> None:
        self.text: bytes | None = text
        self.read_times = 0

    def __call__(self) -> bytes:
        self.read_times += 1
        if self.text is None:
            raise OSError("out of reach")
        return self.text


def test_known_keys_are_read_once_until_they_are_old() -> None:
    shelf = Shelf(key_set(OLD))
    source = KeySource(shelf, fresh_seconds=600)
    for now in (0, 1, 599):
        assert source.find("old", now) is not None
    assert shelf.read_times == 1
    assert source.must_read("old", 600)
    source.find("old", 600)
    assert shelf.read_times == 2


def test_an_unknown_key_makes_the_set_be_read_again_but_not_at_every_request() -> None:
    shelf = Shelf(key_set(OLD))
    source = KeySource(shelf, pause_seconds=30)
    assert source.find("new", 0) is None
    shelf.text = key_set(OLD, NEW)
    assert source.find("new", 29) is None
    assert shelf.read_times == 1
    assert source.find("new", 30) is not None
    assert shelf.read_times == 2


def test_a_removed_key_is_gone_after_the_next_reading() -> None:
    shelf = Shelf(key_set(OLD, NEW))
    source = KeySource(shelf)
    assert source.find("old", 0) is not None
    shelf.text = key_set(NEW)
    assert source.find("old", 700) is None


def test_an_issuer_out_of_reach_is_remembered_for_a_day() -> None:
    shelf = Shelf(key_set(OLD))
    source = KeySource(shelf, stale_seconds=86_400)
    source.find("old", 0)
    shelf.text = None
    assert source.find("old", 86_000) is not None
    with pytest.raises(KeysUnavailableError):
        source.find("old", 90_000)


def test_keys_never_read_are_unavailable_and_tried_again() -> None:
    shelf = Shelf(b"{}")
    source = KeySource(shelf, pause_seconds=30)
    with pytest.raises(KeysUnavailableError):
        source.find("old", 0)
    shelf.text = key_set(OLD)
    with pytest.raises(KeysUnavailableError):
        source.find("old", 10)
    assert source.find("old", 31) is not None


def test_secrets_weak_keys_and_keys_for_encryption_are_left_out() -> None:
    secret = OctKey.generate_key(256).as_dict(private=True) | {"kid": "secret"}
    encryption = OLD.as_dict(private=False) | {"kid": "enc", "use": "enc"}
    nameless = {name: value for name, value in OLD.as_dict(private=False).items() if name != "kid"}
    weak = {"kty": "RSA", "kid": "weak", "e": "AQAB", "n": "x" * 171}
    broken = {"kty": "EC", "kid": "broken", "crv": "P-256", "x": "AA"}
    off_curve = OLD.as_dict(private=False) | {"kid": "off", "y": "AAAA"}
    unknown = {"kty": "AKP", "kid": "future"}
    whole = [secret, encryption, nameless, weak, broken, off_curve, unknown, "text", OLD.as_dict(private=True)]
    found = public_keys(json.dumps({"keys": whole}).encode())
    assert set(found) == {"old"}
    assert not found["old"].is_private


def test_a_strong_rsa_key_is_taken() -> None:
    strong = RSAKey.generate_key(2048, parameters={"kid": "rsa"})
    assert set(public_keys(key_set(strong))) == {"rsa"}


def test_an_answer_nested_without_end_counts_as_out_of_reach() -> None:
    with pytest.raises(KeysUnavailableError):
        KeySource(Shelf(b"[" * 100_000)).find("old", 0)


@pytest.mark.parametrize("text", [b"", b"[]", b'{"keys": 7}', b"\xff\xfe"])
def test_what_is_no_key_set_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"key set|Expecting"):
        public_keys(text)


def test_keys_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    source = KeySource.of_file(path)
    with pytest.raises(KeysUnavailableError):
        source.find("old", 0)
    path.write_bytes(key_set(OLD))
    assert source.find("old", 60) is not None


@pytest.mark.parametrize("url", ["http://sso.example/keys", "file:///etc/passwd", "ftp://x/keys", "keys.json", ""])
def test_keys_are_not_read_over_an_open_line(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        KeySource.of_url(url)


ANSWERS = {
    "/keys": (200, key_set(OLD), {}),
    "/moved": (302, b"", {"Location": "/keys"}),
    "/huge": (200, b" " * (MAX_KEY_SET_BYTES + 1), {}),
    "/error": (500, b"", {}),
}


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, body, headers = ANSWERS[self.path]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_keys_from_an_address(address: str) -> None:
    assert KeySource.of_url(f"{address}/keys").find("old", 0) is not None


@pytest.mark.parametrize("path", ["/moved", "/huge", "/error"])
def test_redirects_floods_and_errors_give_no_keys(address: str, path: str) -> None:
    with pytest.raises(KeysUnavailableError):
        KeySource.of_url(f"{address}{path}").find("old", 0)
