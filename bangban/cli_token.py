"""`python -m bangban token`: tokens of the development issuer, to try the API as anybody."""

from typing import Annotated

import typer

from bangban.settings import load_settings
from bangban.telling import Teller

app = typer.Typer(help="Development tokens (12 hours) for any kind of caller.", no_args_is_help=True)

City = Annotated[str, typer.Argument(help="Code of the city.")]


@app.command("samples")
def show_samples(
    city: Annotated[str | None, typer.Argument(help="Code of the city; default: the first.")] = None,
) -> None:
    """Show one token per kind of role that somebody of the city holds."""
    from bangban.database import prepare_server
    from bangban.survey import Survey
    from bangban.tokens import Mint, samples

    settings, teller = load_settings(), Teller()
    with prepare_server(settings) as connections:
        for sample in samples(Mint.open(settings), Survey(connections), city):
            teller.say(f"{sample.kind}  {sample.who}\n  {sample.token}")


@app.command()
def staff(city: City, code: Annotated[str, typer.Argument(help="Code of the person in the city's register.")]) -> None:
    """Sign a token for a member of staff; the roles are looked up at each request."""
    from bangban.tokens import Mint

    Teller().say(Mint.open(load_settings()).staff(city, code))


@app.command()
def portal(city: City, account: Annotated[str, typer.Argument(help="Account of an applicant at the portal.")]) -> None:
    """Sign a token for a city's portal acting for one of its accounts."""
    from bangban.tokens import Mint

    Teller().say(Mint.open(load_settings()).portal(city, account))


@app.command()
def province(code: Annotated[str, typer.Argument(help="Two digits of the province, such as 37.")]) -> None:
    """Sign a token for a supervisor of a province."""
    from bangban.tokens import Mint

    Teller().say(Mint.open(load_settings()).province(code))


@app.command()
def integrator(city: City, client: Annotated[str, typer.Argument(help="Name of the integrating program.")]) -> None:
    """Sign a token for a program that works with one city."""
    from bangban.tokens import Mint

    Teller().say(Mint.open(load_settings()).integrator(city, client))
