"""`python -m bangban city import`, `export`, `template`: units, staff and items of a city as sheets."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bangban.faults import SetupError
from bangban.settings import load_settings
from bangban.telling import Teller

if TYPE_CHECKING:
    from casework.catalogue.import_sheets import Outcome
    from casework.kernel.sheets import Fault


class Format(StrEnum):
    """How sheets are written."""

    XLSX = "xlsx"
    CSV = "csv"


City = Annotated[str, typer.Argument(help="Code of the city; its profile is published.")]
Sheet = Annotated[Path | None, typer.Option(help="XLSX or CSV (UTF-8 or GB18030) file of this sheet.")]
Folder = Annotated[Path, typer.Option("--to", help="Folder that the files are written into.")]
Written = Annotated[Format, typer.Option("--format", help="Workbooks, or comma-separated text in UTF-8.")]
By = Annotated[str, typer.Option(help="Who does it, for the record.")]


def add_to(app: typer.Typer) -> None:
    """Give the command group of cities its commands for sheets."""
    commands: tuple[tuple[str, Callable[..., None]], ...] = (
        ("import", bring_in), ("export", take_away), ("template", write_template),
    )  # fmt: skip
    for name, command in commands:
        app.command(name)(command)


def bring_in(
    city: City,
    units: Sheet = None,
    staff: Sheet = None,
    items: Sheet = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Judge everything and write nothing.")] = False,
    retire_missing: Annotated[
        bool, typer.Option("--retire-missing", help="Let staff, posts and items end that the sheets no longer have.")
    ] = False,
    by: By = "command-line",
) -> None:
    """Bring units, staff and items in sheets: all faults by row and column, then everything or nothing."""
    given = {name: path for name, path in (("units", units), ("staff", staff), ("items", items)) if path is not None}
    if not given:
        raise SetupError("there is nothing to bring in", "Name a file with --units, --staff or --items.")
    from bangban.database import prepare_server
    from bangban.exchange import Brought, bring

    teller, settings = Teller(), load_settings()
    with prepare_server(settings) as connections, teller.progress(f"importing into {city}") as bars:
        outcome = bring(settings, connections, city, Brought(given, dry_run, retire_missing, by), bars.advance)
    if outcome.faults:
        tell_faults(teller, outcome.faults)
        raise typer.Exit(1)
    tell_outcome(teller, outcome, dry_run=dry_run)


def take_away(city: City, to: Folder, written: Written = Format.XLSX, by: By = "command-line") -> None:
    """Write units, serving staff with their posts, and items into sheets that an import understands."""
    from bangban.database import prepare_server
    from bangban.exchange import take_away as take

    teller, settings = Teller(), load_settings()
    with prepare_server(settings) as connections:
        for path in take(settings, connections, city, to, written.value, by):
            teller.done(str(path))


def write_template(
    to: Folder,
    city: Annotated[
        str | None,
        typer.Argument(
            help="Code of a city or path of its profile file; the example is a city of ours if none is named."
        ),
    ] = None,
    written: Written = Format.XLSX,
) -> None:
    """Write empty sheets: headings, and a row that shows how they are filled in under the city's regulation."""
    from bangban.cli_city import load_named
    from bangban.exchange import write_templates
    from tenants.shipped import shipped_profiles

    teller = Teller()
    profile = load_named(city or shipped_profiles()[0].stem)
    for path in write_templates(profile, to, written.value):
        teller.done(str(path))


def tell_faults(teller: Teller, faults: "tuple[Fault, ...]") -> None:
    """Tell every fault with its place, in both languages, and that nothing was written."""
    for fault in faults:
        place = f"{fault.sheet}, row {fault.row}" if fault.row else fault.sheet
        rules = f" [{', '.join(fault.rules)}]" if fault.rules else ""
        teller.say(f"{place}, {fault.column}: {fault.message} {fault.message_zh}{rules}")
    teller.warn(f"{len(faults)} faults; nothing was written")


def tell_outcome(teller: Teller, outcome: "Outcome", *, dry_run: bool) -> None:
    """Tell what was written, or would be."""
    counts = ("new", "changed", "unchanged", "retired", "left_alone")
    rows = [(tally.kind, *(str(getattr(tally, count)) for count in counts)) for tally in outcome.tallies]
    teller.table(("", "new", "changed", "unchanged", "retired", "not in the sheet"), rows)
    if outcome.is_nothing:
        teller.done("nothing to change", "the register says all this already")
    else:
        teller.done("nothing is wrong" if dry_run else "written", "nothing was written" if dry_run else "")
