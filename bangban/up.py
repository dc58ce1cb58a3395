"""`up`: from an empty folder to a running office of several cities, and back to nothing on Ctrl-C."""

import os
import time
import urllib.error
import urllib.request
from dataclasses import dataclass

from bangban.child import Job
from bangban.faults import SetupError
from bangban.ports import choose_port
from bangban.running import RunningNote
from bangban.settings import Settings
from bangban.supervisor import Supervisor
from bangban.telling import Teller


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
        with supervisor.loading():
            # Loaded only now, while the processes load: half a second sooner they begin.
            from bangban.database import prepare_server
            from bangban.readying import fill, keeper, welcome

            with prepare_server(settings) as connections:
                teller.done("PostgreSQL is ready", "embedded" if connections.server else "external")
                fill(settings, connections, teller, demo=wishes.demo, scale=wishes.scale, seed=wishes.seed)
                supervisor.run(
                    lambda: welcome(settings, connections, address, teller, time.monotonic() - began),
                    keeper(connections.server, teller),
                )
                teller.say("ended")
    finally:
        note.release()


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
