"""Sheets of a city between files and the office: brought in as one Work, taken away as another."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import text

from authz.actor import Actor
from bangban.clocks import clock_of
from bangban.connections import Connections
from bangban.faults import SetupError
from bangban.keys import load_vault
from bangban.loading import loading
from bangban.settings import Settings
from bangban.sheet_files import digest_of, read_table, write_tables
from bangban.survey import Survey
from casework.cases import in_hand as cases_in_hand
from casework.catalogue.export_sheets import ExportSheets, export_sheets, templates
from casework.catalogue.import_sheets import ImportSheets, Outcome, import_sheets, try_sheets
from casework.feedback import in_hand as callbacks_in_hand
from casework.kernel.database import Database
from casework.kernel.errors import Refusal
from casework.kernel.sheets import Progress
from casework.kernel.vault import open_vault
from casework.kernel.work import Office, Work
from casework.regulation.shelf import Shelf
from casework.relays import in_hand as legs_in_hand
from tenants.profile import Profile

IN_HAND = (cases_in_hand, legs_in_hand, callbacks_in_hand)
"""Importing them tells the organisation what can lie in a person's hands; without them everybody could leave at once."""

PATIENCE_MS = 600_000
PATIENT = text("SET LOCAL idle_in_transaction_session_timeout = '10min'")
"""A large city is judged for a while before anything is written."""

T = TypeVar("T")


@dataclass(frozen=True)
class Brought:
    """Which files a city brings, and how."""

    files: Mapping[str, Path]
    dry_run: bool
    retire_missing: bool
    by: str


def bring(settings: Settings, connections: Connections, tenant: str, brought: Brought, told: Progress) -> Outcome:
    """Judge the files of a city and, unless it is a trial, write everything or nothing."""
    verb = try_sheets if brought.dry_run else import_sheets

    async def act(work: Work) -> Outcome:
        return await verb(work, given, told)

    # What is read and written stays until the end, as modules do: nobody need look through it for garbage.
    with loading():
        tables = {}
        for done, (name, path) in enumerate(brought.files.items(), start=1):
            tables[name] = read_table(path, name)
            told("read", done, len(brought.files))
        digests = {name: digest_of(path) for name, path in brought.files.items()}
        given = ImportSheets(tables, brought.retire_missing, digests)
        return _in_office(settings, connections, Actor.system(tenant, brought.by), act)


def take_away(
    settings: Settings, connections: Connections, tenant: str, folder: Path, kind: str, by: str
) -> list[Path]:
    """Write the register of a city into a folder; the files are there when it is on record."""
    tables = _in_office(
        settings, connections, Actor.system(tenant, by), lambda work: export_sheets(work, ExportSheets())
    )
    return write_tables(folder, tables, kind)


def write_templates(profile: Profile, folder: Path, kind: str) -> list[Path]:
    """Write empty sheets for a city into a folder."""
    return write_tables(folder, templates(profile), kind)


def _in_office(settings: Settings, connections: Connections, actor: Actor, act: Callable[[Work], Awaitable[T]]) -> T:
    """Open the office of one city for one Work; a city without a published profile has none."""
    published = Survey(connections).published()
    if actor.tenant not in published:
        cities = ", ".join(sorted(published)) or "none"
        raise SetupError(f"{actor.tenant} has no published profile", f"Publish it first; published are: {cities}.")
    open_vault(load_vault(settings))

    async def run() -> T:
        database = Database.connect(connections.app_url, pool_size=1, statement_timeout_ms=PATIENCE_MS)
        try:
            async with Office(database, clock_of(settings), Shelf()).open(actor) as work:
                await work.session.execute(PATIENT)
                return await act(work)
        except Refusal as refusal:
            raise SetupError(refusal.message, refusal.message_zh) from None
        finally:
            await database.close()

    return asyncio.run(run())
