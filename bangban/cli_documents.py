"""`python -m bangban documents`: the documents that portals registered, examined without a database."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bangban.faults import SetupError
from bangban.settings import load_settings
from bangban.telling import Teller

if TYPE_CHECKING:
    from schema.build import DoorSchema
    from schema.foreseen import Foreseen
    from schema.manifest import Manifest

app = typer.Typer(help="Registered documents of portals: check, list.", no_args_is_help=True)

Where = Annotated[
    Path | None, typer.Argument(help="Folder or JSON file of the documents; BANGBAN_DOCUMENTS when none is named.")
]


@app.command()
def check(where: Where = None) -> None:
    """Judge all documents by limits and schema; tell every fault, and of the others cost and whether plans answer them."""
    from bangban.doors import schemas
    from schema.manifest import register

    teller, manifest, serving = Teller(), _manifest(where), schemas()
    problems = register(manifest, serving.values())
    rows = [(sha[:12], place, *_cells(seen)) for sha, place, seen in _foreseen(manifest, serving.values())]
    teller.table(("sha256", "document", "operation", "kind", "cost", "planned"), rows)
    for problem in problems:
        teller.warn(problem)
    if problems:
        raise typer.Exit(1)
    teller.done(f"{len(manifest.documents)} documents can be answered")


@app.command("list")
def list_documents(where: Where = None) -> None:
    """List all documents with the SHA-256 by which callers name them."""
    manifest = _manifest(where)
    teller = Teller()
    for document in manifest.documents:
        teller.say(f"{document.sha256}  {document.place}")
    for problem in manifest.problems:
        teller.warn(problem)
    if manifest.problems:
        raise typer.Exit(1)


def _manifest(where: Path | None) -> "Manifest":
    from schema.manifest import read_manifest

    path = where or load_settings().documents
    if path is None:
        raise SetupError("there is nothing to examine", "Name a folder or a JSON file, or set BANGBAN_DOCUMENTS.")
    return read_manifest(path)


def _foreseen(manifest: "Manifest", serving: "Iterable[DoorSchema]") -> Iterator[tuple[str, str, "Foreseen"]]:
    """Tell of each document that a schema answers what is to be expected of it, asked by an applicant of some city."""
    from authz.actor import Actor, ActorKind
    from authz.table import compile_table
    from schema.foreseen import foresee
    from tenants.loader import load_profile, shipped_profiles

    profile = load_profile(shipped_profiles()[0])
    table, actor = compile_table(profile), Actor(ActorKind.APPLICANT, profile.tenant, "documents")
    for document in manifest.documents:
        fitting = (schema for schema in serving if schema.documents.is_registered(document.text))
        for schema in list(fitting)[:1]:
            for seen in foresee(schema, schema.documents.prepare(document.text), table, actor):
                yield document.sha256, document.place, seen


def _cells(seen: "Foreseen") -> tuple[str, str, str, str]:
    cost = str(seen.least) if seen.least == seen.usual else f"{seen.least} to {seen.usual}"
    if seen.unplanned is None:
        return seen.name, seen.kind, cost, "-"
    return seen.name, seen.kind, cost, f"not {', '.join(seen.unplanned)}" if seen.unplanned else "whole"
