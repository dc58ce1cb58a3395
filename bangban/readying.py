"""What `up` does once the processes are loading: fills an empty database, keeps the server alive, shows the way in.

The libraries of this part take half a second to load, in which the processes load theirs.
"""

from collections.abc import Callable, Sequence

from bangban.connections import Connections
from bangban.embedded import EmbeddedServer
from bangban.faults import SetupError
from bangban.filling import load_demo, publish_shipped
from bangban.first_steps import MUTATION_AS, QUERY, QUERY_AS, first_mutation
from bangban.migrating import migrate
from bangban.settings import Settings
from bangban.survey import Survey
from bangban.telling import Teller
from bangban.tokens import Mint, Sample, samples


def fill(
    settings: Settings, connections: Connections, teller: Teller, *, demo: bool, scale: float, seed: int | None
) -> None:
    """Migrate, publish the profiles that come with the program, and load demonstration offices into an empty database."""
    if migrate(connections):
        teller.done("the database is migrated")
    publish_shipped(settings, connections, teller)
    if demo and not Survey(connections).staffed():
        load_demo(settings, connections, teller, scale, seed, [])


def keeper(server: EmbeddedServer | None, teller: Teller) -> Callable[[], None]:
    """Start an embedded server again that was killed."""

    def keep() -> None:
        if server is None or server.running():
            return
        teller.warn("PostgreSQL ended; it is started again")
        try:
            server.start()
        except SetupError as error:
            teller.fault(error)

    return keep


def welcome(settings: Settings, connections: Connections, address: str, teller: Teller, seconds: float) -> None:
    """Tell that all is ready, with tokens and a first query and mutation to paste."""
    teller.done("ready", f"{seconds:.1f} s")
    survey = Survey(connections)
    if survey.staffed():
        _show_first_steps(samples(Mint.open(settings), survey), teller)
    teller.title(f"GraphiQL  {address}/graphiql/     GraphQL  {address}/graphql")
    teller.say(f"Logs: {settings.data_home / 'log'}     End: Ctrl-C")


def _show_first_steps(tokens: Sequence[Sample], teller: Teller) -> None:
    teller.title("Sample tokens (12 hours), one per kind of role; others: python -m bangban token --help")
    for sample in tokens:
        teller.say(f"{sample.kind}  {sample.who}\n  {sample.token}")
    teller.title(f"A first query, with the header Authorization: Bearer <token of {QUERY_AS}>")
    teller.say(QUERY)
    teller.title(f"A first mutation, as {MUTATION_AS}")
    teller.say(first_mutation(tokens))
