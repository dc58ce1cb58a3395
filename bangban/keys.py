"""The keys that seal personal data: read from a file, made once in the data home where no production depends on it."""

import base64
import json
import os
import secrets
from pathlib import Path
from typing import Any

from bangban.faults import SetupError
from bangban.settings import Settings
from casework.kernel.vault import Vault

KEY_FILE = "vault.json"
KEY_BYTES = 32


def load_vault(settings: Settings) -> Vault:
    """Read the keys; outside production a missing file is made, readable by its owner only."""
    path = settings.vault_key_file or settings.data_home / KEY_FILE
    if not path.exists():
        if settings.production:
            raise SetupError(
                f"the key file {path} does not exist", "Restore it: without it personal data stays sealed."
            )
        _create(path)
    try:
        return _vault(json.loads(path.read_text(encoding="utf-8")))
    except (KeyError, ValueError, TypeError) as error:
        raise SetupError(
            f"{path} is not a key file",
            'Expected {"keys": {"1": "<32 bytes in base64>"}, "current": 1, "index": "<32 bytes in base64>"}.',
        ) from error


def _vault(document: dict[str, Any]) -> Vault:
    keys = {int(number): _key(text) for number, text in document["keys"].items()}
    current = int(document["current"])
    if current not in keys or not all(1 <= number <= 255 for number in keys):
        raise ValueError("the current key must be one of keys 1 to 255")
    return Vault(keys, current, _key(document["index"]))


def _key(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError("a key has 32 bytes")
    return key


def _create(path: Path) -> None:
    """Write the file whole or not at all; of two processes that start together, the first wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    document = {"keys": {"1": _random()}, "current": 1, "index": _random()}
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(document, file)
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def _random() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
