"""The program of a running office: `python -m bangban serve` and `work`, in a process that has loaded it already."""

import os
import sys
from collections.abc import Mapping

import uvicorn  # noqa: F401 - loaded here so that no process has to load it again

import workers.run  # noqa: F401 - likewise
from bangban.cli import main
from bangban.doors import schemas

schemas()


def run_command(command: str, environment: Mapping[str, str]) -> None:
    """Run a command of the command line until a signal."""
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["bangban", command]
    main()
