"""Legal time comes from the office's clock: the program never asks the host, and tests set the clock instead of waiting."""

import ast
from collections.abc import Iterator

from tests.house.tree import TESTS, Source, calls, nothing, read, sources

OFFICE = ("casework", "schema", "workers")
CLOCK = "casework/kernel/clock.py"
ASKS_THE_HOST = frozenset(
    {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
)
LONGEST_PAUSE = 1.0
"""Seconds that a test may wait for another process; nothing of the law happens within a second."""


def asks_the_host(source: Source) -> Iterator[str]:
    """Name the places where the office would take the machine's time for legal time."""
    for call in calls(source.tree):
        if ".".join(ast.unparse(call.func).split(".")[-2:]) in ASKS_THE_HOST:
            yield f"{source.path}:{call.lineno}"


def waits(source: Source) -> Iterator[str]:
    """Name the places where a test sleeps for long, or for a time that nobody can read off."""
    endless = {id(call) for call in inside_functions_of_tests(source)}
    for call in calls(source.tree):
        if ast.unparse(call.func) in {"time.sleep", "asyncio.sleep", "sleep"} and id(call) not in endless:
            pause = call.args[0] if call.args else ast.Constant(0)
            constant = isinstance(pause, ast.Constant) and isinstance(pause.value, int | float)
            if (constant and pause.value > LONGEST_PAUSE) or not (constant or "seconds" in ast.unparse(pause)):
                yield f"{source.path}:{call.lineno}: sleeps {ast.unparse(pause)}"


def inside_functions_of_tests(source: Source) -> Iterator[ast.Call]:
    """List the calls in functions that a test defines itself: a job that hangs is cut off, nobody waits for it."""
    for outer in ast.walk(source.tree):
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef):
            for inner in ast.walk(outer):
                if inner is not outer and isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield from calls(inner)


def test_only_the_clock_asks_the_host_for_the_time() -> None:
    nothing(place for source in sources(*OFFICE) if source.path != CLOCK for place in asks_the_host(source))


def test_no_test_sleeps_until_something_is_due() -> None:
    nothing(place for source in sources(*TESTS) for place in waits(source))


def test_the_guard_sees_who_asks_the_host() -> None:
    for line in ("datetime.now(UTC)", "datetime.datetime.now()", "date.today()", "time.time()"):
        assert list(asks_the_host(read(line))), line
    assert list(asks_the_host(read("work.now\nclock.now()\nfunc.now()\ntime.monotonic()\n"))) == []


def test_the_guard_sees_who_waits() -> None:
    for line in ("time.sleep(7200)", "await asyncio.sleep(limit)", "sleep(2)"):
        assert list(waits(read(f"async def test():\n    {line}\n"))), line
    for line in ("await asyncio.sleep(0.05)", "time.sleep(3 * FAST.election_seconds)"):
        assert list(waits(read(f"async def test():\n    {line}\n"))) == [], line
