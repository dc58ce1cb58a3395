"""One supervised child process: started in a group of its own, ended gently or with force, restarted with patience."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bangban.gate import Gate
from bangban.lifeline import Lifeline
from bangban.processes import Process
from bangban.settings import CHECKOUT

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
HEALTHY_AFTER = 60.0
"""Seconds of life after which the next death is treated as the first."""

UNUSABLE = 2
"""Exit code of a program that was set up wrongly; starting it again cannot help."""

LOG_KEPT = 10 * 1024 * 1024


@dataclass(frozen=True)
class Job:
    """What a child is to do."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def bangban(cls, name: str, *arguments: str, **environment: str) -> "Job":
        """Describe one of the program's own commands."""
        return cls(name, (sys.executable, "-m", "bangban", *arguments), environment)


class Child:
    """The process that does a job at present, and when to start the next one."""

    def __init__(self, job: Job, log: Path, lifeline: Lifeline, gate: Gate | None = None) -> None:
        self.job = job
        self.log = log
        self.deaths = 0
        self._watched = (lifeline, gate) if gate else (lifeline,)
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._start_again = 0.0

    def start(self) -> None:
        """Start the process; its output is added to the log."""
        if self.log.exists() and self.log.stat().st_size > LOG_KEPT:
            self.log.rename(self.log.with_suffix(".old.log"))
        environment = {**os.environ, **self.job.environment}
        for pipe in self._watched:
            environment.update(pipe.environment())
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self.job.command,
                cwd=CHECKOUT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=[each.reading for each in self._watched],
                # A group of its own: Ctrl-C reaches the supervisor alone, and force reaches all that the child started.
                start_new_session=True,
            )
        self._started = time.monotonic()

    def identity(self) -> Process | None:
        """Identify the running process, for whoever comes after us."""
        return Process.of(self._process.pid) if self._process and self._process.returncode is None else None

    def running(self) -> bool:
        """Tell whether the process is alive."""
        return self._process is not None and self._process.poll() is None

    def bury(self) -> int | None:
        """Notice a death once: clear what is left of the group, set the pause, and give the exit code."""
        process = self._process
        if process is None or process.poll() is None:
            return None
        self._process = None
        kill_group(process.pid)
        if time.monotonic() - self._started > HEALTHY_AFTER:
            self.deaths = 0
        self._start_again = time.monotonic() + self.pause()
        self.deaths += 1
        return process.returncode

    def pause(self) -> float:
        """Tell how many seconds to wait before the next start: longer after each death."""
        return min(FIRST_PAUSE * 2.0**self.deaths, LONGEST_PAUSE)

    def due(self) -> bool:
        """Tell whether a dead process should be started again now."""
        return self._process is None and time.monotonic() >= self._start_again

    def ask_to_end(self) -> None:
        """Send TERM to the process itself, which tells its own children."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def force_to_end(self) -> None:
        """Kill the process and everything it started."""
        if self._process is not None:
            kill_group(self._process.pid)
            self._process.wait()

    def last_words(self, lines: int = 15) -> str:
        """Read the end of the log."""
        with contextlib.suppress(FileNotFoundError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        return ""


def kill_group(leader: int) -> None:
    """Kill every process of a group, if there still is one."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
