"""The documents that portals registered when they were built: read from files, judged at the start, all faults told at once.

A manifest is a JSON file or a folder. JSON is an object of SHA-256 → document, or Apollo's list of `operations` with `id`
and `body`; in a folder every `.graphql` or `.gql` file is one document under the SHA-256 of its bytes, and every `.json`
file is a manifest.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from schema.build import DoorSchema
from schema.documents import Prepared
from schema.errors import DoorError

MOST_REGISTERED = 1_000
MOST_BYTES = 20_000_000
TEXTS, LISTS = (".graphql", ".gql"), (".json",)


@dataclass(frozen=True)
class Registered:
    """One document of a manifest: where it stands, the hash that callers name it by, and its text."""

    place: str
    sha256: str
    text: str


@dataclass(frozen=True)
class Manifest:
    """All documents of a manifest, and everything that is wrong with its files."""

    documents: tuple[Registered, ...] = ()
    problems: tuple[str, ...] = ()


def hash_of(text: str) -> str:
    """Give the hash by which a document is known."""
    return sha256(text.encode()).hexdigest()


def read_manifest(path: Path) -> Manifest:
    """Read a manifest from a JSON file or a folder; what cannot be used is told and the rest is read on."""
    found: dict[str, Registered] = {}
    problems: list[str] = []
    if not path.exists():
        return Manifest(problems=(f"{path}: there is no such file or folder",))
    for file in files_of(path):
        place = str(file.relative_to(path)) if path.is_dir() else file.name
        for read in documents_of(file, place):
            if isinstance(read, str):
                problems.append(read)
            else:
                found.setdefault(read.sha256, read)
    if not found and not problems:
        problems.append(f"{path}: there are no documents in it")
    if len(found) > MOST_REGISTERED:
        problems.append(f"{path}: {len(found)} documents, at most {MOST_REGISTERED} are kept")
    return Manifest(tuple(found.values()), tuple(problems))


def files_of(path: Path) -> list[Path]:
    """List the files of a manifest in a fixed order."""
    if path.is_file():
        return [path]
    return sorted(file for file in path.rglob("*") if file.is_file() and file.suffix in (*TEXTS, *LISTS))


def documents_of(file: Path, place: str) -> Iterator[Registered | str]:
    """Read the documents of one file; a text in their place says what is wrong."""
    try:
        if file.stat().st_size > MOST_BYTES:
            yield f"{place}: longer than {MOST_BYTES} bytes"
            return
        text = file.read_bytes().decode()
    except UnicodeDecodeError:
        yield f"{place}: not written in UTF-8"
        return
    except OSError as error:
        yield f"{place}: cannot be read ({error.strerror})"
        return
    if file.suffix in TEXTS:
        yield Registered(place, hash_of(text), text)
        return
    try:
        yield from listed(json.loads(text), place)
    except json.JSONDecodeError as error:
        yield f"{place}:{error.lineno}:{error.colno}: not JSON ({error.msg})"


def listed(given: Any, place: str) -> Iterator[Registered | str]:
    """Read the documents of a JSON manifest in either of its forms."""
    if not isinstance(given, dict):
        yield f"{place}: must be an object of SHA-256 → document"
        return
    if isinstance(given.get("operations"), list):
        entries = (each if isinstance(each, dict) else {} for each in given["operations"])
        pairs = [(each.get("id"), each.get("body")) for each in entries]
    else:
        pairs = list(given.items())
    for number, (key, text) in enumerate(pairs, 1):
        entry = f"{place}, entry {number}"
        if not isinstance(key, str) or not isinstance(text, str):
            yield f"{entry}: must name a SHA-256 and the text of a document"
        elif key.lower().removeprefix("sha256:") != hash_of(text):
            yield f"{entry}: {key[:80]} is not the SHA-256 of its document, which is {hash_of(text)}"
        else:
            yield Registered(entry, hash_of(text), text)


def register(manifest: Manifest, schemas: Iterable[DoorSchema]) -> list[str]:
    """Register every document with the schemas that it fits, and tell all that fits none."""
    distinct = list(dict.fromkeys(schemas))
    problems = list(manifest.problems)
    for document in manifest.documents:
        refused: list[list[str]] = []
        for schema in distinct:
            faults = faults_of(schema, document.text)
            refused.append(faults)
            if not faults:
                schema.documents.register(document.sha256, document.text)
        if all(refused):
            problems += [f"{document.place}: {fault}" for fault in refused[0]]
    return problems


def faults_of(schema: DoorSchema, text: str) -> list[str]:
    """List what keeps a schema from ever answering a document: limits, the specification, a cost that is always too high."""
    try:
        prepared = schema.documents.read(text)
        if prepared.errors:
            return [told(error) for error in prepared.errors]
        check_least_cost(prepared)
    except DoorError as error:
        return [told(error)]
    return []


def check_least_cost(prepared: Prepared) -> None:
    """Refuse a document whose operations cost too much even with the smallest pages, or that holds none."""
    for operation in prepared.operations or (prepared.operation(None),):
        smallest = {node.variable.name.value: 1 for node in prepared.node(operation).variable_definitions or ()}
        prepared.cost(operation, smallest)


def told(error: Any) -> str:
    """Tell one fault with its place in the document."""
    where = "".join(f" (line {place.line}, column {place.column})" for place in (error.locations or ())[:1])
    return f"{error.message}{where}"
