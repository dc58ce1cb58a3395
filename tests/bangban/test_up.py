"""`up` as a newcomer meets it: from nothing to a first answer, a killed part comes back, Ctrl-C ends it all."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest

from bangban.embedded import EmbeddedServer
from bangban.settings import CHECKOUT, Settings, variable_of

LAST_LINE = "End: Ctrl-C"


class Office:
    """A running `up` and what it printed."""

    def __init__(self, home: Path, *options: str) -> None:
        environment = {name: value for name, value in os.environ.items() if name not in SETTINGS}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bangban", "up", *options],
            cwd=CHECKOUT,
            env={**environment, "BANGBAN_DATA_HOME": str(home), "BANGBAN_API_PORT": "18800"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        self.home = home
        self.printed = ""

    def wait_until_ready(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.printed += line
            if LAST_LINE in line:
                return
        pytest.fail(f"`up` ended: {self.printed}")

    def end(self, number: signal.Signals = signal.SIGINT) -> None:
        self.process.send_signal(number)
        self.process.wait(20)
        assert self.process.stdout is not None
        self.printed += self.process.stdout.read()
        self.process.stdout.close()

    def kill(self) -> None:
        """Kill every process of the office at once, the database included."""
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
        self.process.wait(5)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def address(self) -> str:
        found = re.search(r"GraphQL\s+(http://\S+)/graphql", self.printed)
        assert found, self.printed
        return found[1]

    def token(self, kind: str) -> str:
        found = re.search(rf"^{kind}  .*\n  (\S+)$", self.printed, re.MULTILINE)
        assert found, self.printed
        return found[1]

    def document(self, name: str) -> str:
        found = re.search(rf"^\w+ {name} {{.*?^}}", self.printed, re.MULTILINE | re.DOTALL)
        assert found, self.printed
        return found[0]

    def ask(self, document: str, token: str) -> dict[str, Any]:
        body = json.dumps({"query": document}).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        request = urllib.request.Request(f"{self.address()}/graphql", body, headers)
        with urllib.request.urlopen(request, timeout=20) as response:
            return dict(json.load(response))

    def processes(self) -> list[int]:
        children = json.loads((self.home / "running.json").read_text())["children"]
        postmaster = EmbeddedServer(self.home).postmaster.pid()
        assert postmaster
        return [self.process.pid, *(child["pid"] for child in children), postmaster]


SETTINGS = {variable_of(name) for name in Settings.model_fields} | {"BANGBAN_LIFELINE"}


@pytest.fixture
def office(home: Path) -> Iterator[Office]:
    running = Office(home, "--scale", "0.05")
    yield running
    if running.process.poll() is None:
        running.end()
    EmbeddedServer(home).erase()


def alive(pid: int) -> bool:
    return bool(psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)


def test_from_nothing_to_an_answer_through_kill_9_to_a_clean_end(office: Office, home: Path) -> None:
    office.wait_until_ready()
    first = office.ask(office.document("FirstLook"), office.token("CASE_WORKER"))
    assert "errors" not in first, first
    assert first["data"]["me"]["roles"]
    done = office.ask(office.document("FirstRequest"), office.token("APPLICANT"))
    assert "errors" not in done, done
    assert done["data"]["createRequest"]["userErrors"] == []
    assert done["data"]["createRequest"]["case"]["caseNo"]
    assert "\x1b" not in office.printed, "no terminal, no colours"

    office.kill()
    following = Office(home)
    following.wait_until_ready()
    assert "demonstration" not in following.printed, "what is done is not done again"
    again = following.ask(office.document("FirstRequest"), office.token("APPLICANT"))
    assert again["data"] == done["data"], "the same key gives the same answer, after kill -9 too"

    processes = following.processes()
    following.end()
    assert following.process.returncode == 0
    assert not [pid for pid in processes if alive(pid)]
