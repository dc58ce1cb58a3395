"""Starts the program's processes, restarts those that die, and ends them all together."""

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from bangban.child import UNUSABLE, Child, Job
from bangban.faults import SetupError
from bangban.gate import Gate
from bangban.lifeline import Lifeline
from bangban.running import RunningNote

END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE = 5.0
"""Seconds between asking the children to end and killing them; with the database all is over within ten."""

READY_PATIENCE = 90.0
DEATHS_BEFORE_READY = 3
ROUND = 0.05


def _nothing() -> None:
    return


class Supervisor:
    """Keeps a set of jobs running until it is told to end."""

    def __init__(
        self,
        jobs: Sequence[Job],
        logs: Path,
        note: RunningNote,
        *,
        ready: Callable[[], bool],
        say: Callable[[str], None],
        parent: int | None = None,
    ) -> None:
        """Prepare; `ready` asks whether the program answers.

        With a `parent` all ends when that process is gone.
        """
        logs.mkdir(parents=True, exist_ok=True)
        self._lifeline = Lifeline.open()
        self._gate = Gate.open()
        self._children = [Child(job, logs / f"{job.name}.log", self._lifeline, self._gate) for job in jobs]
        self._note = note
        self._ready = ready
        self._say = say
        self._parent = parent
        self._asked_to_end = 0
        self._started = self._ended = False

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Let the children load their modules while the block prepares what they need; it ends with `run`.

        When the preparation fails they are ended.
        """
        self._start_all()
        try:
            yield
        except BaseException:
            if not self._ended:
                self._end_all()
            raise

    def run(self, when_ready: Callable[[], None], look_after: Callable[[], None] = _nothing) -> None:
        """Run until a signal asks to end; `when_ready` is called once, `look_after` every second from then on."""
        before = {number: signal.signal(number, self._on_signal) for number in END_SIGNALS}
        try:
            self._start_all()
            self._gate.let_through()
            if self._wait_until_ready():
                when_ready()
                self._keep_running(look_after)
        finally:
            self._end_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._asked_to_end += 1

    def _must_end(self) -> bool:
        return self._asked_to_end > 0 or (self._parent is not None and os.getppid() != self._parent)

    def _start_all(self) -> None:
        if not self._started:
            self._started = True
            for child in self._children:
                child.start()
            self._write_note()

    def _write_note(self) -> None:
        self._note.write([identity for child in self._children if (identity := child.identity())])

    def _wait_until_ready(self) -> bool:
        deadline = time.monotonic() + READY_PATIENCE
        while not self._must_end():
            self._mend(before_ready=True)
            if all(child.running() for child in self._children) and self._ready():
                return True
            if time.monotonic() > deadline:
                words = "\n".join(child.last_words() for child in self._children)
                raise SetupError(f"the program was not ready within {READY_PATIENCE:.0f} s", words)
            time.sleep(ROUND)
        return False

    def _keep_running(self, look_after: Callable[[], None]) -> None:
        next_look = 0.0
        while not self._must_end():
            self._mend(before_ready=False)
            if time.monotonic() >= next_look:
                look_after()
                next_look = time.monotonic() + 1
            time.sleep(ROUND)

    def _mend(self, *, before_ready: bool) -> None:
        """Bury the dead and start again what is due."""
        for child in self._children:
            code = child.bury()
            if code is not None:
                hopeless = code == UNUSABLE or child.deaths >= DEATHS_BEFORE_READY
                if before_ready and hopeless:
                    raise SetupError(f"{child.job.name} does not start (exit code {code})", child.last_words())
                self._say(f"{child.job.name} ended with {code}; it is started again (log: {child.log})")
            if child.due():
                child.start()
                self._write_note()

    def _end_all(self) -> None:
        """Ask every child to end, and kill those that do not within the grace or when asked a second time."""
        self._ended = True
        asked = self._asked_to_end
        deadline = time.monotonic() + GRACE
        self._note.ending()
        for child in self._children:
            child.ask_to_end()
        while any(child.running() for child in self._children):
            if time.monotonic() > deadline or self._asked_to_end > max(asked, 1):
                break
            time.sleep(0.02)
        for child in self._children:
            child.force_to_end()
        self._lifeline.close()
        self._note.clear()
