"""The supervisor, with tiny real child processes."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from bangban.child import Child, Job, kill_group
from bangban.faults import SetupError
from bangban.lifeline import Lifeline
from bangban.processes import Process
from bangban.running import RunningNote
from bangban.supervisor import Supervisor

GOOD_CHILD = """
import os, sys, time
from bangban.lifeline import hold_on
hold_on(grace=0.5)
with open(sys.argv[1], "a") as file:
    file.write(f"{os.getpid()}\\n")
time.sleep(60)
"""

DEAF_CHILD = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + GOOD_CHILD

SUPERVISOR = """
import sys
from pathlib import Path
from bangban.child import Job
from bangban.running import RunningNote
from bangban.supervisor import Supervisor
home, child = Path(sys.argv[1]), sys.argv[2]
note = RunningNote(home, "nowhere")
note.take()
job = Job("sleeper", (sys.executable, "-c", child, str(home / "pids")))
Supervisor([job], home / "log", note, ready=(home / "pids").exists, say=print).run(lambda: print("ready", flush=True))
note.release()
"""


def until(condition: Callable[[], object], patience: float = 10) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def pids(home: Path) -> list[int]:
    path = home / "pids"
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def job(home: Path, program: str = GOOD_CHILD) -> Job:
    return Job("sleeper", (sys.executable, "-c", program, str(home / "pids")))


def start_supervisor(home: Path, child: str = GOOD_CHILD) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SUPERVISOR, str(home), child]
    supervisor = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert supervisor.stdout is not None
    assert supervisor.stdout.readline() == "ready\n"
    return supervisor


def finish(supervisor: subprocess.Popen[str]) -> None:
    supervisor.wait(15)
    assert supervisor.stdout is not None
    supervisor.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_all_children(tmp_path: Path, number: signal.Signals) -> None:
    supervisor = start_supervisor(tmp_path)
    supervisor.send_signal(number)
    finish(supervisor)
    assert supervisor.returncode == 0
    assert all(gone(pid) for pid in pids(tmp_path))
    assert not (tmp_path / "running.json").exists()


def test_a_killed_child_is_started_again(tmp_path: Path) -> None:
    supervisor = start_supervisor(tmp_path)
    os.kill(pids(tmp_path)[0], signal.SIGKILL)
    until(lambda: len(pids(tmp_path)) == 2)
    first, second = pids(tmp_path)
    assert first != second
    assert not gone(second)
    supervisor.terminate()
    finish(supervisor)
    assert supervisor.returncode == 0


def test_children_die_with_a_killed_supervisor_and_the_next_one_starts(tmp_path: Path) -> None:
    supervisor = start_supervisor(tmp_path)
    supervisor.kill()
    finish(supervisor)
    until(lambda: gone(pids(tmp_path)[0]))
    assert (tmp_path / "running.json").exists()
    following = start_supervisor(tmp_path)
    until(lambda: len(pids(tmp_path)) == 2)
    following.terminate()
    finish(following)
    assert following.returncode == 0


def test_an_orphan_that_does_not_heed_a_request_kills_itself(tmp_path: Path) -> None:
    supervisor = start_supervisor(tmp_path, DEAF_CHILD)
    supervisor.kill()
    finish(supervisor)
    until(lambda: gone(pids(tmp_path)[0]), 5)


def test_a_child_that_does_not_heed_a_request_is_killed_after_the_grace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bangban.supervisor.GRACE", 0.5)
    note = RunningNote(tmp_path)
    supervisor = Supervisor(
        [job(tmp_path, DEAF_CHILD)], tmp_path / "log", note, ready=lambda: bool(pids(tmp_path)), say=print
    )
    supervisor.run(lambda: threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGTERM)).start())
    (pid,) = pids(tmp_path)
    assert gone(pid)
    (child,) = supervisor._children
    assert child.bury() == -signal.SIGKILL, "it did not end of its own accord"


def test_children_load_while_all_is_prepared_and_begin_when_it_is(tmp_path: Path) -> None:
    program = GOOD_CHILD.replace("with open", "open(sys.argv[1] + '.loaded', 'w').close()\nwait_at_gate()\nwith open")
    program = f"from bangban.gate import wait_at_gate\n{program}"
    supervisor = Supervisor(
        [job(tmp_path, program)], tmp_path / "log", RunningNote(tmp_path), ready=lambda: bool(pids(tmp_path)), say=print
    )
    with supervisor.loading():
        until((tmp_path / "pids.loaded").exists)
        assert pids(tmp_path) == []
        supervisor.run(lambda: os.kill(os.getpid(), signal.SIGTERM))
    (pid,) = pids(tmp_path)
    assert gone(pid)


def test_children_that_load_end_when_the_preparation_fails(tmp_path: Path) -> None:
    note = RunningNote(tmp_path)
    supervisor = Supervisor([job(tmp_path)], tmp_path / "log", note, ready=lambda: True, say=print)

    def prepare() -> None:
        with supervisor.loading():
            until(lambda: pids(tmp_path))
            raise SetupError("no room")

    with pytest.raises(SetupError, match="no room"):
        prepare()
    assert gone(pids(tmp_path)[0])


def test_a_child_that_cannot_start_ends_the_start_with_its_last_words(tmp_path: Path) -> None:
    broken = Job("broken", (sys.executable, "-c", "print('no such key'); raise SystemExit(2)"))
    supervisor = Supervisor([broken], tmp_path / "log", RunningNote(tmp_path), ready=lambda: False, say=print)
    with pytest.raises(SetupError, match="no such key"):
        supervisor.run(lambda: None)


def test_a_child_that_dies_again_and_again_is_given_up_before_it_was_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bangban.child.FIRST_PAUSE", 0.01)
    said: list[str] = []
    dying = Job("dying", (sys.executable, "-c", "raise SystemExit(1)"))
    supervisor = Supervisor([dying], tmp_path / "log", RunningNote(tmp_path), ready=lambda: False, say=said.append)
    with pytest.raises(SetupError, match="does not start"):
        supervisor.run(lambda: None)
    assert len(said) == 2


def test_the_pause_grows_and_has_an_end(tmp_path: Path) -> None:
    lifeline = Lifeline.open()
    child = Child(job(tmp_path), tmp_path / "log", lifeline)
    pauses = []
    for child.deaths in range(9):
        pauses.append(child.pause())
    assert pauses[:4] == [0.5, 1, 2, 4]
    assert pauses[-1] == 30
    lifeline.close()


def test_what_a_dead_child_started_dies_with_it(tmp_path: Path) -> None:
    program = "import subprocess, os; subprocess.Popen(['sleep', '60']); os.kill(os.getpid(), 9)"
    lifeline = Lifeline.open()
    child = Child(Job("parent", (sys.executable, "-c", program)), tmp_path / "log", lifeline)
    child.start()
    identity = child.identity()
    assert identity is not None
    until(lambda: not child.running())
    assert child.bury() == -signal.SIGKILL
    until(lambda: not [p for p in psutil.process_iter() if group_of(p) == identity.pid])
    lifeline.close()


def group_of(process: psutil.Process) -> int | None:
    try:
        return None if process.status() == psutil.STATUS_ZOMBIE else os.getpgid(process.pid)
    except (psutil.Error, ProcessLookupError):
        return None


def test_a_second_program_in_the_same_home_is_refused(tmp_path: Path) -> None:
    first, second = RunningNote(tmp_path, "http://127.0.0.1:8000"), RunningNote(tmp_path)
    first.take()
    first.write([])
    with pytest.raises(SetupError, match=rf"already runs here \(pid {os.getpid()}, http://127.0.0.1:8000\)"):
        second.take()
    first.release()
    second.take()
    second.release()


def test_orphans_that_do_not_leave_are_killed_and_strangers_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bangban.running.ORPHANS_LEAVE_WITHIN", 0.2)
    orphan = subprocess.Popen(["sleep", "60"], start_new_session=True)
    stranger = subprocess.Popen(["sleep", "60"], start_new_session=True)
    known = Process.of(orphan.pid)
    assert known is not None
    children = [{"pid": orphan.pid, "began": known.began}, {"pid": stranger.pid, "began": known.began - 1000}]
    (tmp_path / "running.json").write_text(json.dumps({"pid": 1, "children": children}))
    note = RunningNote(tmp_path)
    note.take()
    assert orphan.wait(5) == -signal.SIGKILL
    assert stranger.poll() is None
    kill_group(stranger.pid)
    stranger.wait()
    note.release()


def test_a_program_that_is_ending_is_waited_for(tmp_path: Path) -> None:
    ending, following = RunningNote(tmp_path), RunningNote(tmp_path)
    ending.take()
    ending.ending()
    released: list[float] = []
    threading.Timer(1.5, lambda: (released.append(time.monotonic()), ending.release())).start()
    following.take()
    assert released, "it was let in before the other one had ended"
    with pytest.raises(SetupError, match="already runs"):
        RunningNote(tmp_path).take()
    following.release()


def test_all_ends_with_the_parent_that_was_named(tmp_path: Path) -> None:
    program = SUPERVISOR.replace("say=print)", "say=print, parent=os.getppid())").replace(
        "import sys", "import os, sys", 1
    )
    command = [sys.executable, "-c", program, str(tmp_path), GOOD_CHILD]
    starter = f"import subprocess, time; subprocess.Popen({command!r}); time.sleep(60)"
    parent = subprocess.Popen([sys.executable, "-c", starter], stdout=subprocess.DEVNULL)
    until(lambda: (tmp_path / "running.json").exists() and pids(tmp_path))
    supervisor = int(json.loads((tmp_path / "running.json").read_text())["pid"])
    parent.kill()
    parent.wait()
    until(lambda: gone(supervisor) and gone(pids(tmp_path)[0]))


def test_a_torn_note_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "running.json").write_text('{"pid": 1, "chil')
    note = RunningNote(tmp_path)
    note.take()
    assert not (tmp_path / "running.json").exists(), "what cannot be read is taken away"
    note.write([])
    assert json.loads((tmp_path / "running.json").read_text())["pid"] == os.getpid()
    note.release()
