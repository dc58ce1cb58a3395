"""`python -m bangban city`: the profiles of the cities, on disk and in force, and their sheets."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bangban.cli_sheets import add_to
from bangban.faults import SetupError
from bangban.settings import load_settings
from bangban.telling import Teller

if TYPE_CHECKING:
    from tenants.profile import Profile

app = typer.Typer(
    help="The cities: list, validate, publish, compare their profiles; import and export their sheets.",
    no_args_is_help=True,
)
add_to(app)

Named = Annotated[
    list[str] | None, typer.Argument(help="Codes of cities or paths of profile files; all cities when none is named.")
]


@app.command("list")
def list_cities() -> None:
    """List the cities: their files, what is in force, and whether the two agree."""
    from bangban.database import prepare_server
    from bangban.survey import Survey
    from tenants.loader import ProfileInvalid, load_profile, profile_sha256, shipped_profiles

    with prepare_server(load_settings()) as connections:
        published = Survey(connections).published()
    rows = []
    files = {path.stem: path for path in shipped_profiles()}
    for tenant in sorted(files.keys() | published.keys()):
        found = published.get(tenant)
        state, names = "no file", ("", "")
        if tenant in files:
            try:
                profile = load_profile(files[tenant])
                names = (profile.names.zh, profile.province.zh)
                same = found is not None and found.sha256 == profile_sha256(profile)
                state = "in force" if same else "differs from what is in force" if found else "not published"
            except ProfileInvalid as error:
                state = f"invalid: {len(error.problems)} problems"
        revision = f"{found.revision} ({found.published_at})" if found else ""
        rows.append((tenant, *names, revision, state))
    Teller().table(("city", "name", "province", "revision in force", "file"), rows)


@app.command()
def validate(named: Named = None) -> None:
    """Check profiles and report every problem with its file, line, key and what would be right."""
    from tenants.loader import ProfileInvalid, load_profile

    teller, bad = Teller(), False
    for path in _paths(named):
        try:
            profile = load_profile(path)
            teller.done(path.name, f"{profile.names.zh}, revision {profile.revision}")
        except ProfileInvalid as error:
            bad = True
            for problem in error.problems:
                teller.say(str(problem))
    if bad:
        raise typer.Exit(1)


@app.command()
def publish(
    named: Named = None,
    by: Annotated[str, typer.Option(help="Who publishes, for the record.")] = "system:command-line",
) -> None:
    """Publish profiles: each becomes an immutable revision and judges new cases from now on."""
    from bangban.database import prepare_server
    from bangban.filling import publish_files
    from bangban.migrating import migrate

    teller, settings = Teller(), load_settings()
    profiles = [(path, _load(path)) for path in _paths(named)]
    with prepare_server(settings) as connections:
        migrate(connections)
        changed = publish_files(settings, connections, [path for path, _ in profiles], by)
    for _, profile in profiles:
        teller.done(profile.tenant, "published" if profile.tenant in changed else "in force already")


@app.command()
def diff(
    city: Annotated[str, typer.Argument(help="Code of a city or path of its profile file.")],
    old: Annotated[int | None, typer.Option("--from", help="Earlier revision; default: the one in force.")] = None,
    new: Annotated[int | None, typer.Option("--to", help="Later revision; default: the file.")] = None,
) -> None:
    """Show what changes between two revisions, or between the one in force and the file."""
    from tenants.compare import diff as compare

    teller = Teller()
    (path,) = _paths([city])
    before = _revision(path.stem if new is None else city, old)
    after = _load(path) if new is None else _revision(city, new)
    changes = compare(before, after)
    for change in changes:
        teller.say(change.path)
        teller.say(f"  - {_show(change.before)}\n  + {_show(change.after)}")
    teller.done(f"{len(changes)} changes" if changes else "no change")


def _paths(named: list[str] | None) -> list[Path]:
    """Find profile files by the codes of cities or by path."""
    from tenants.loader import shipped_profiles

    shipped = {path.stem: path for path in shipped_profiles()}
    if not named:
        return list(shipped.values())
    unknown = [name for name in named if name not in shipped and not Path(name).is_file()]
    if unknown:
        raise SetupError(f"neither a city nor a file: {', '.join(unknown)}", f"Cities: {', '.join(shipped)}")
    return [shipped.get(name) or Path(name) for name in named]


def load_named(city: str) -> "Profile":
    """Load the profile of a city by its code, or a file of one; a bad one is explained."""
    (path,) = _paths([city])
    return _load(path)


def _load(path: Path) -> "Profile":
    from tenants.loader import ProfileInvalid, load_profile

    try:
        return load_profile(path)
    except ProfileInvalid as error:
        raise SetupError(f"{path.name} is not a usable profile", str(error)) from None


def _revision(tenant: str, revision: int | None) -> "Profile":
    """Load a published revision, or the one in force."""
    from bangban.database import prepare_server
    from bangban.survey import Survey
    from tenants.loader import from_document

    with prepare_server(load_settings()) as connections:
        survey = Survey(connections)
        in_force = survey.published().get(tenant)
        number = revision if revision is not None else in_force.revision if in_force else None
        document = survey.document(tenant, number) if number is not None else None
    if document is None:
        wanted = f"revision {revision}" if revision is not None else "published profile"
        raise SetupError(f"{tenant} has no {wanted}", "See `python -m bangban city list`.")
    return from_document(document)


def _show(value: object) -> str:
    return "(absent)" if value is None else str(value)
