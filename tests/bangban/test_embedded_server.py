"""The embedded PostgreSQL, started, killed and started again for real."""

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import psycopg
import pytest

from bangban.embedded import EmbeddedServer
from bangban.embedded_account import server_account
from bangban.embedded_binaries import reachable_binaries, wheel_binaries
from bangban.embedded_home import SOCKET_PATH_LIMIT, choose_home
from bangban.faults import ServerError
from bangban.settings import CHECKOUT
from tests.bangban.conftest import FAST

Make = Callable[..., EmbeddedServer]

LAUNCHER = """
import sys, time
from pathlib import Path
from bangban.embedded import EmbeddedServer
EmbeddedServer(Path(sys.argv[1])).start()
print("up", flush=True)
time.sleep(60)
"""


def test_it_starts_knows_chinese_letters_and_stops(embedded: Make) -> None:
    server = embedded().start()
    with psycopg.connect(server.dsn()) as connection:
        assert connection.info.encoding == "utf-8"
        connection.execute("CREATE EXTENSION pg_trgm")
        row = connection.execute(
            "SELECT array_length(show_trgm('帮办代办'), 1), current_setting('timezone')"
        ).fetchone()
        assert row == (5, "UTC")
    server.close()
    assert not server.running()
    assert not server.home.socket.exists()


def test_it_listens_on_no_tcp_port_and_keeps_its_password_to_itself(embedded: Make) -> None:
    server = embedded().start()
    with psycopg.connect(server.dsn()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert server.home.password_file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(server.dsn(password="wrong"))


def test_the_last_user_stops_it(embedded: Make, home: Path) -> None:
    first, second = embedded(home).start(), embedded(home).start()
    first.close()
    assert second.running()
    second.close()
    assert not second.running()


def _race(home: str, answers: Any, done: Any) -> None:
    server = EmbeddedServer(Path(home), FAST).start()
    answers.put((server.postmaster.pid(), server.running()))
    done.wait(60)
    server.close()


def test_racing_starters_share_one_server(embedded: Make, home: Path) -> None:
    server = embedded(home)
    context = multiprocessing.get_context("spawn")
    answers, done = context.Queue(), context.Barrier(3)
    racers = [context.Process(target=_race, args=(str(home), answers, done)) for _ in range(3)]
    for racer in racers:
        racer.start()
    pids = {answers.get(timeout=60) for _ in racers}
    for racer in racers:
        racer.join(30)
    assert len(pids) == 1
    assert pids.pop()[1]
    assert not server.running()


def test_kill_9_of_the_postmaster_loses_no_acknowledged_row(embedded: Make) -> None:
    server = embedded().start()
    acknowledged = 0
    with psycopg.connect(server.dsn(), autocommit=True) as connection:
        connection.execute("CREATE TABLE ledger (id int)")
        with contextlib.suppress(psycopg.OperationalError):
            for number in range(200):
                if number == 120:
                    os.kill(server.postmaster.pid() or 0, signal.SIGKILL)
                connection.execute("INSERT INTO ledger VALUES (%s)", [number])
                acknowledged = number + 1
    assert acknowledged >= 120
    server.start()
    with psycopg.connect(server.dsn()) as connection:
        row = connection.execute("SELECT count(*) FROM ledger").fetchone()
    assert row is not None
    assert row[0] >= acknowledged


def test_a_launcher_killed_with_9_leaves_a_server_that_the_next_one_uses(embedded: Make, home: Path) -> None:
    server = embedded(home)
    launcher = subprocess.Popen([sys.executable, "-c", LAUNCHER, str(home)], stdout=subprocess.PIPE)
    assert launcher.stdout is not None
    assert launcher.stdout.readline() == b"up\n"
    pid = server.postmaster.pid()
    launcher.kill()
    launcher.wait()
    launcher.stdout.close()
    assert server.running()
    assert server.start().postmaster.pid() == pid
    server.close()
    assert not server.running()


def test_a_launcher_killed_during_creation_leaves_nothing_that_is_taken_for_a_cluster(
    embedded: Make, home: Path
) -> None:
    server = embedded(home)
    launcher = subprocess.Popen([sys.executable, "-c", LAUNCHER, str(home)], stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while not list(server.home.folder.glob("pgdata.*/PG_VERSION")) and time.monotonic() < deadline:
        time.sleep(0.002)
    launcher.kill()
    launcher.wait()
    server.start()
    assert not list(server.home.folder.glob("password.*"))
    with psycopg.connect(server.dsn()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_pid_that_now_belongs_to_somebody_else_does_not_stop_the_start(embedded: Make) -> None:
    server = embedded().start()
    server.close()
    account = server.account
    stranger = subprocess.Popen(["sleep", "60"], cwd="/", **account.process_options())
    lock = server.home.data / "postmaster.pid"
    lock.write_text(f"{stranger.pid}\n{server.home.data}\n0\n5432\n{server.home.sockets}\n\n  0 0\nready\n")
    account.own(lock)
    socket_lock = server.home.sockets / ".s.PGSQL.5432.lock"
    socket_lock.write_text(f"{stranger.pid}\n")
    account.own(socket_lock)
    try:
        assert not server.running()
        server.start()
        assert server.running()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.parametrize("name", ["a" * 90, "帮办 代办, 'x'"], ids=["long", "unusual"])
def test_a_home_whose_path_no_socket_can_have_still_works(embedded: Make, home: Path, name: str) -> None:
    server = embedded(home / name).start()
    assert len(str(server.home.socket)) <= SOCKET_PATH_LIMIT
    assert server.home.sockets.parent == Path("/tmp")
    with psycopg.connect(server.dsn()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.erase()
    assert not server.home.sockets.exists()


def test_a_socket_folder_that_somebody_else_made_is_refused(embedded: Make, home: Path) -> None:
    server = embedded(home / ("a" * 90))
    server.home.sockets.symlink_to(home)
    try:
        with pytest.raises(ServerError, match="belongs to somebody else"):
            server.start()
    finally:
        server.home.sockets.unlink()


def test_a_full_disk_is_said_before_anything_is_made(
    embedded: Make, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = embedded(home)
    monkeypatch.setattr("bangban.embedded_cluster.SPACE_NEEDED", 1 << 62)
    with pytest.raises(ServerError, match="the disk is full"):
        server.start()
    assert not server.home.data.exists()


def test_data_of_another_version_is_refused(embedded: Make) -> None:
    server = embedded().start()
    server.close()
    (server.home.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(ServerError, match="was made by PostgreSQL 17"):
        server.start()


def test_a_broken_configuration_is_explained_with_the_log(embedded: Make, home: Path) -> None:
    server = embedded(home)
    server.options["shared_buffers"] = "many"
    with pytest.raises(ServerError, match="invalid value for parameter"):
        server.start()


def test_a_lost_password_file_is_named(embedded: Make) -> None:
    server = embedded().start()
    server.home.password_file.rename(server.home.password_file.with_suffix(".kept"))
    with pytest.raises(ServerError, match="is gone"):
        server.dsn()


def test_binaries_that_the_account_cannot_reach_are_copied(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    account = server_account()
    monkeypatch.setattr(
        "bangban.embedded_account.Account.can_enter", lambda _self, path: not path.is_relative_to(wheel_binaries())
    )
    executables = reachable_binaries(home, account)
    assert executables.is_relative_to(home)
    said = subprocess.run([executables / "postgres", "-V"], capture_output=True, check=True, cwd="/", text=True)
    assert "PostgreSQL" in said.stdout
    assert reachable_binaries(home, account) == executables


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")
def test_root_hands_the_server_to_an_unprivileged_account(embedded: Make) -> None:
    server = embedded().start()
    assert psutil.Process(server.postmaster.pid()).uids().effective == server.account.uid != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")
def test_a_data_home_closed_to_the_account_puts_the_server_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    monkeypatch.setattr("bangban.embedded_home.SYSTEM_STATE", tmp_path / "state")
    home = choose_home(closed / "data", server_account())
    assert home.folder.parent == tmp_path / "state"


WITHOUT_PERMISSION = """
import os, sys
from pathlib import Path
from bangban.embedded import EmbeddedServer
from bangban.faults import ServerError
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    EmbeddedServer(Path(sys.argv[1])).start()
except ServerError as error:
    print(error)
"""


def test_a_home_without_permission_is_explained() -> None:
    """Root may read everything, so as root somebody else tries."""
    with tempfile.TemporaryDirectory() as closed:
        Path(closed).chmod(0o555)
        command = [sys.executable, "-B", "-c", WITHOUT_PERMISSION, str(Path(closed, "home"))]
        told = subprocess.run(command, capture_output=True, text=True, check=False, cwd=CHECKOUT)
    assert "may not be read or written" in told.stdout, told.stderr
