"""`python -m bangban outbox`: what workers gave up, and trying it again."""

from typing import Annotated
from uuid import UUID

import typer

from bangban.faults import SetupError
from bangban.settings import load_settings
from bangban.telling import Teller

app = typer.Typer(help="Events that workers gave up: list them, have them tried again.", no_args_is_help=True)


@app.command("list")
def list_events(
    city: Annotated[str | None, typer.Argument(help="Code of a city; all cities when none is named.")] = None,
) -> None:
    """List the events that were given up after too many tries, oldest first, and why."""
    from bangban.database import prepare_server
    from bangban.survey import Survey

    with prepare_server(load_settings()) as connections:
        given_up = [event for event in Survey(connections).given_up() if city in (None, event.tenant)]
    teller = Teller()
    if not given_up:
        teller.done("no event was given up")
        return
    rows = [(event.tenant, str(event.id), event.name, event.occurred_at, event.fault) for event in given_up]
    teller.table(("city", "event", "name", "occurred", "fault"), rows)
    teller.say("Mend the cause, then: python -m bangban outbox revive CITY [EVENT ...]")


@app.command()
def revive(
    city: Annotated[str, typer.Argument(help="Code of the city.")],
    events: Annotated[list[UUID] | None, typer.Argument(help="Ids of events; all given-up ones if none.")] = None,
    by: Annotated[str, typer.Option(help="Who revives, for the audit trail.")] = "command-line",
) -> None:
    """Have events that were given up tried again; what had its effect already has it no second time."""
    from bangban.database import prepare_server
    from bangban.reviving import revive as run
    from bangban.survey import Survey

    settings = load_settings()
    with prepare_server(settings) as connections:
        known = Survey(connections).published()
        if city not in known:
            raise SetupError(f"no city {city} is published", f"Cities: {', '.join(sorted(known))}")
        count = run(settings, connections, city, events or [], by)
    Teller().done(f"{city}: {count} event(s) will be tried again" if count else f"{city}: nothing was given up")
