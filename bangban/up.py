"""`up`: from an empty folder to a running office of several cities, and back to nothing on Ctrl-C."""

import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bangban.child import Job
from bangban.connections import Connections
from bangban.database import prepare_server
from bangban.embedded import EmbeddedServer
from bangban.faults import SetupError
from bangban.filling import load_demo, publish_shipped
from bangban.first_steps import MUTATION_AS, QUERY, QUERY_AS, first_mutation
from bangban.migrating import migrate
from bangban.ports import choose_port
from bangban.running import RunningNote
from bangban.settings import Settings
from bangban.supervisor import Supervisor
from bangban.survey import Survey
from bangban.telling import Teller
from bangban.tokens import Mint, Sample, samples


@dataclass(frozen=True)
class Wishes:
    """What the operator asked `up` for."""

    port: int | None
    scale: float
    seed: int | None
    demo: bool
    end_with_parent: bool = False
    """`make` asks for it: when it is killed, nothing must go on running behind its back."""


def run_up(settings: Settings, wishes: Wishes, teller: Teller) -> None:
    """Prepare what is missing, run API and workers, show the way in, and end all when asked to."""
    if settings.production:
        raise SetupError(
            "`up` is for development: it publishes profiles, loads demonstration data and signs tokens",
            "In production run `migrate`, `serve` and `work` under your service manager.",
        )
    began = time.monotonic()
    note = RunningNote(settings.data_home)
    note.take()
    try:
        address, supervisor = _processes(settings, wishes, note, teller)
        with supervisor.loading(), prepare_server(settings) as connections:
            teller.done("PostgreSQL is ready", "embedded" if connections.server else "external")
            _fill(settings, connections, wishes, teller)
            supervisor.run(
                lambda: _welcome(settings, connections, address, teller, time.monotonic() - began),
                _keeper(connections.server, teller),
            )
            teller.say("ended")
    finally:
        note.release()


def _fill(settings: Settings, connections: Connections, wishes: Wishes, teller: Teller) -> None:
    if migrate(connections):
        teller.done("the database is migrated")
    publish_shipped(settings, connections, teller)
    if wishes.demo and not Survey(connections).staffed():
        load_demo(settings, connections, teller, wishes.scale, wishes.seed, [])


def _processes(settings: Settings, wishes: Wishes, note: RunningNote, teller: Teller) -> tuple[str, Supervisor]:
    """Describe API and workers: where the API will answer, and who looks after them all."""
    choice = choose_port(settings.api_host, wishes.port or settings.api_port, explicit=wishes.port is not None)
    if choice.remark:
        teller.warn(choice.remark)
    address = address_of(settings.api_host, choice.port)
    note.answer_at(address)
    workers = [Job.bangban(f"worker-{number}", "work") for number in range(1, settings.worker_processes + 1)]
    supervisor = Supervisor(
        [Job.bangban("api", "serve", BANGBAN_API_PORT=str(choice.port)), *workers],
        settings.data_home / "log",
        note,
        ready=lambda: answers(f"{address}/readyz"),
        say=teller.warn,
        parent=os.getppid() if wishes.end_with_parent else None,
    )
    return address, supervisor


def _keeper(server: EmbeddedServer | None, teller: Teller) -> Callable[[], None]:
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


def address_of(host: str, port: int) -> str:
    """Write the address at which this machine reaches the API."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"


def answers(url: str) -> bool:
    """Tell whether a GET succeeds; no proxy is asked, the address is this machine's own."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _welcome(settings: Settings, connections: Connections, address: str, teller: Teller, seconds: float) -> None:
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
