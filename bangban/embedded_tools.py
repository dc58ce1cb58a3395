"""Runs PostgreSQL's own tools (initdb, pg_ctl) under the server's account."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from bangban.embedded_account import Account
from bangban.embedded_binaries import reachable_binaries
from bangban.embedded_faults import explain
from bangban.embedded_home import Home
from bangban.embedded_locale import letters_locale


@dataclass(frozen=True)
class Tools:
    """The executables of the embedded PostgreSQL, ready to run for one home."""

    home: Home
    account: Account
    folder: Path

    @classmethod
    def find(cls, home: Home, account: Account) -> "Tools":
        """Find executables that the account can run, copying them into the home when it must be."""
        return cls(home, account, reachable_binaries(home.folder, account))

    def run(self, tool: str, *arguments: object) -> None:
        """Run a tool in a clean environment; a failure is explained.

        Its output goes to a file: a pipe would be inherited by the postmaster and never reach its end.
        """
        output = self.home.folder / f"{tool}.out"
        with output.open("w+b") as out:
            done = subprocess.run(
                [str(self.folder / tool), *map(str, arguments)],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env={"PATH": "/usr/bin:/bin", "LANG": "C", "LC_CTYPE": letters_locale(), "TZ": "UTC"},
                cwd="/",
                timeout=300,
                start_new_session=True,
                check=False,
                **self.account.process_options(),
            )
        if done.returncode:
            raise explain(tool, output.read_text(errors="replace"), self.home.log)
