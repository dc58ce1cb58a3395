"""The command line: `python -m bangban`. What a command needs is imported when it runs, so that help is instant."""

import sys
from typing import Annotated

import typer

from bangban.cli_city import app as city
from bangban.cli_documents import app as documents
from bangban.cli_outbox import app as outbox
from bangban.cli_token import app as token
from bangban.faults import SetupError
from bangban.settings import Settings, load_settings, settings_rows
from bangban.telling import Teller, make_console

Port = Annotated[int | None, typer.Option(min=1, max=65535, help="Listen on this port and no other.")]
Scale = Annotated[float, typer.Option(min=0.01, max=100, help="Size of the demonstration: 1 is the usual one.")]
Seed = Annotated[int | None, typer.Option(help="The same seed gives the same people and cases.")]

SETTINGS_HELP = "Settings come from the environment:\n\n" + "\n\n".join(
    f"{name}{f' (default {default})' if default else ''}: {meaning}" for name, default, meaning in settings_rows()
)

app = typer.Typer(
    name="bangban",
    help="Bangban (帮办): one GraphQL backend in which many cities run their assistance-and-agency service.",
    epilog=SETTINGS_HELP,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich" if sys.stdout.isatty() else None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(city, name="city")
app.add_typer(token, name="token")
app.add_typer(outbox, name="outbox")
app.add_typer(documents, name="documents")


@app.command()
def up(
    port: Port = None,
    scale: Scale = 1.0,
    seed: Seed = None,
    demo: Annotated[bool, typer.Option(help="Load demonstration offices into an empty database.")] = True,
    end_with_parent: Annotated[bool, typer.Option("--end-with-parent", hidden=True)] = False,
) -> None:
    """Start everything for development: database, migrations, profiles, demonstration data, API and workers."""
    from bangban.up import Wishes, run_up

    run_up(load_settings(), Wishes(port, scale, seed, demo, end_with_parent), Teller())


@app.command()
def serve(port: Port = None, host: Annotated[str | None, typer.Option(help="Listen on this address.")] = None) -> None:
    """Run the API alone."""
    from bangban.ports import choose_port
    from bangban.serving import serve as run_api

    settings = _settings_with(api_port=port, api_host=host)
    choose_port(settings.api_host, settings.api_port, explicit=True)
    run_api(settings)


@app.command()
def work() -> None:
    """Run one worker process alone; start as many as you need."""
    from bangban.serving import work as run_worker

    run_worker(load_settings())


@app.command()
def migrate() -> None:
    """Prepare the server (roles, database) and bring its schema to the newest revision."""
    from bangban.database import prepare_server
    from bangban.migrating import migrate as run_migrations
    from bangban.migrating import newest_revision

    with prepare_server(load_settings()) as connections:
        changed = run_migrations(connections)
    Teller().done("the schema is at the newest revision", newest_revision() if changed else "nothing to do")


@app.command()
def demo(
    tenants: Annotated[list[str] | None, typer.Argument(help="Cities to load; all when none is named.")] = None,
    scale: Scale = 1.0,
    seed: Seed = None,
) -> None:
    """Load demonstration offices: real divisions, fictional people, for cities that have no office yet."""
    from bangban.database import prepare_server
    from bangban.filling import load_demo, publish_shipped
    from bangban.migrating import migrate as run_migrations

    settings, teller = load_settings(), Teller()
    if settings.production:
        raise SetupError("demonstration data has no place in production", "Use another BANGBAN_ENVIRONMENT.")
    with prepare_server(settings) as connections:
        run_migrations(connections)
        publish_shipped(settings, connections, teller)
        try:
            load_demo(settings, connections, teller, scale, seed, tenants or [])
        except KeyError as error:
            raise SetupError(str(error.args[0])) from None


@app.command()
def recount(
    tenants: Annotated[list[str] | None, typer.Argument(help="Cities to count; all when none is named.")] = None,
) -> None:
    """Count the cases anew while everybody works on, and correct the counters where they were wrong."""
    from bangban.database import prepare_server
    from bangban.recounting import recount_all

    teller = Teller()
    with prepare_server(load_settings()) as connections:
        for tenant, found in recount_all(connections, tenants).items():
            teller.done(tenant, f"{found.cases} cases and {found.counters} counters corrected")


@app.command()
def doctor() -> None:
    """Examine server, roles, row-level security, migrations, broker, clock and calendars, and say what to do."""
    from bangban.database import prepare_server
    from bangban.doctor import examine
    from bangban.findings import Level

    settings, teller = load_settings(), Teller()
    marks = {Level.OK: "[green]ok  [/]", Level.WARN: "[yellow]warn[/]", Level.FAIL: "[bold red]FAIL[/]"}
    failed = False
    with prepare_server(settings) as connections:
        for finding in examine(settings, connections):
            failed = failed or finding.level is Level.FAIL
            teller.marked(marks[finding.level], f"{finding.subject}: {finding.found}")
            if finding.advice:
                teller.say(f"      → {finding.advice}")
    if failed:
        raise typer.Exit(1)


@app.command(hidden=True)
def erase() -> None:
    """Stop the embedded server and remove the whole data home; `make clean` asks for it."""
    import shutil

    from bangban.embedded import EmbeddedServer
    from bangban.running import RunningNote

    home = load_settings().data_home
    if home.exists():
        RunningNote(home).take()
        EmbeddedServer(home).erase()
        shutil.rmtree(home)
    Teller().done(f"{home} is gone")


def main() -> None:
    """Run the command line; faults of the set-up are told without a stack trace."""
    try:
        app()
    except SetupError as error:
        Teller(make_console(stderr=True)).fault(error)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


def _settings_with(**wishes: object) -> Settings:
    return load_settings(**{name: value for name, value in wishes.items() if value is not None})
