"""The command line as an operator meets it: as a process of its own, or in this process where only its words matter."""

import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from unittest import mock

from bangban.cli import main
from bangban.settings import CHECKOUT

WIDE = {"COLUMNS": "200"}


@dataclass(frozen=True)
class Told:
    """How a command ended and what it said."""

    returncode: int
    stdout: str
    stderr: str


def bangban_process(*arguments: str, **environment: str) -> Told:
    """Run a command as its own process."""
    done = subprocess.run(
        [sys.executable, "-m", "bangban", *arguments],
        cwd=CHECKOUT,
        env={**os.environ, **WIDE, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return Told(done.returncode, done.stdout, done.stderr)


def bangban(*arguments: str, **environment: str) -> Told:
    """Run a command here: everything but the start of a process, which takes longer than most commands."""
    said, warned = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, {**WIDE, **environment}),
        mock.patch.object(sys, "argv", ["bangban", *arguments]),
        redirect_stdout(said),
        redirect_stderr(warned),
    ):
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
    return Told(code, said.getvalue(), warned.getvalue())
