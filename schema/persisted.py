"""Documents named by their hash: registered when a portal was built, or told once and then known (APQ).

A caller names a document by `extensions.persistedQuery {version sha256Hash}` or by `documentId: "sha256:…"`. What was told
is remembered per tenant, so that nobody learns from an answer which documents another city's people sent.
"""

import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from authz.actor import Actor, ActorKind
from schema.documents import Documents, Prepared
from schema.errors import DoorError
from schema.transport import GraphQLRequest

MOST_TOLD = 1_000
MOST_TOLD_CHARACTERS = 1_000_000
SHA256 = re.compile(r"[0-9a-f]{64}")
PREFIX = "sha256:"
Whose = tuple[str | None, str | None]
NOBODY: Whose = (None, None)
"""The city or the province of the caller; those without a token share what they told."""


class Told:
    """The documents that callers told with their hash, the least recently used forgotten first."""

    def __init__(self, *, most: int = MOST_TOLD, most_characters: int = MOST_TOLD_CHARACTERS) -> None:
        self._most, self._most_characters = most, most_characters
        self._texts: OrderedDict[tuple[Whose, str], str] = OrderedDict()
        self._characters = 0

    def text(self, whose: Whose, sha: str) -> str | None:
        """Give the text that was told under a hash."""
        found = self._texts.get((whose, sha))
        if found is not None:
            self._texts.move_to_end((whose, sha))
        return found

    def keep(self, whose: Whose, sha: str, text: str) -> None:
        """Remember a document under its hash."""
        if (whose, sha) in self._texts:
            return
        self._texts[whose, sha] = text
        self._characters += len(text)
        while len(self._texts) > self._most or self._characters > self._most_characters:
            _, forgotten = self._texts.popitem(last=False)
            self._characters -= len(forgotten)

    def __len__(self) -> int:
        return len(self._texts)


@dataclass(frozen=True)
class Admission:
    """Which documents are taken from whom: everybody's, or from some kinds of callers registered ones only."""

    restricted: frozenset[ActorKind | None] = frozenset()
    told: Told = field(default_factory=Told)

    def takes(self, text: str, kind: ActorKind, documents: Documents) -> bool:
        """Tell whether a caller of a kind may send a document by its text."""
        return kind not in self.restricted or documents.is_registered(text)

    def prepare(
        self, asked: GraphQLRequest, actor: Actor | None, documents: Documents
    ) -> tuple[GraphQLRequest, Prepared]:
        """Find the document of a request, by its text, by its hash or by both; gives the request with the text."""
        kind = actor.kind if actor else None
        if kind not in self.restricted and asked.document_id is None and "persistedQuery" not in asked.extensions:
            return asked, documents.prepare(asked.query)
        sha = hash_named(asked)
        if sha is not None and asked.query:
            check_hash(asked.query, sha)
        whose = (actor.tenant, actor.province) if actor else NOBODY
        text = asked.query or documents.registered(sha or "")
        if kind in self.restricted and (text is None or not documents.is_registered(text)):
            raise not_registered()
        text = text or self.told.text(whose, sha or "")
        if text is None:
            raise not_found()
        prepared = documents.prepare(text)
        if sha is not None and not prepared.errors and not documents.is_registered(text):
            self.told.keep(whose, sha, text)
        return asked if asked.query else replace(asked, query=text), prepared


def hash_named(asked: GraphQLRequest) -> str | None:
    """Read the hash that a request names its document by; None where it names none."""
    if asked.document_id is not None:
        given = asked.document_id
        named = given[len(PREFIX) :] if isinstance(given, str) and given.startswith(PREFIX) else None
        return checked_hash(named)
    if "persistedQuery" not in asked.extensions:
        return None
    persisted = asked.extensions["persistedQuery"]
    if not isinstance(persisted, Mapping) or persisted.get("version") != 1:
        raise bad_request("`extensions.persistedQuery` must be {version: 1, sha256Hash}.")
    return checked_hash(persisted.get("sha256Hash"))


def checked_hash(given: Any) -> str:
    """Take a SHA-256 in hexadecimal figures."""
    if isinstance(given, str) and SHA256.fullmatch(given.lower()):
        return given.lower()
    raise bad_request("The hash of the document must be a SHA-256 in 64 hexadecimal figures.")


def check_hash(text: str, sha: str) -> None:
    """Refuse a document that comes under the hash of another one."""
    if sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != sha:
        raise DoorError(
            "PERSISTED_QUERY_HASH_MISMATCH",
            "The hash is not the SHA-256 of the document.",
            "哈希值与查询文档不一致。",
        )


def bad_request(message: str) -> DoorError:
    """Refuse a request that names its document in no way that is known."""
    return DoorError("BAD_REQUEST", message, "查询文档标识的格式不正确。")


def not_found() -> DoorError:
    """Ask the caller to tell the document; client libraries compare this message word for word."""
    return DoorError(
        "PERSISTED_QUERY_NOT_FOUND",
        "PersistedQueryNotFound",
        "未找到该哈希对应的查询文档,请连同文档全文重新发送。",
        in_document=True,
    )


def not_registered() -> DoorError:
    """Refuse a document that no portal registered; sending its text would not help."""
    return DoorError(
        "DOCUMENT_NOT_REGISTERED",
        "Only documents that were registered with this office are answered.",
        "本接口仅受理已登记的查询文档。",
        status=403,
    )
