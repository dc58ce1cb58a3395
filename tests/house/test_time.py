"""Legal time comes from the office's clock: the program never asks the host, and tests set the clock instead of waiting.

How long something takes is measured in bench/: a test that asserts it fails on a busy machine for no fault of ours.
"""

import ast
import re
from collections.abc import Callable, Iterator

import pytest

from tests.house.tree import TESTS, Source, calls, nothing, read, sources

OFFICE = ("casework", "schema", "workers")
CLOCK = "casework/kernel/clock.py"
ASKS_THE_HOST = frozenset(
    {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"}
)
STOPWATCH = re.compile(
    r"(^|\.)(perf_counter|process_time|thread_time|monotonic)(_ns)?$|^time\.time(_ns)?$|loop(\(\))?\.time$"
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


def times(source: Source) -> Iterator[str]:
    """Name the asserts that compare how long something took; a deadline up to which one waits is no such thing."""
    readings = names_of(source, reads_a_stopwatch)

    def took(node: ast.AST) -> bool:
        return any(
            (isinstance(part, ast.BinOp) and isinstance(part.op, ast.Sub) and uses(part, readings))
            or (isinstance(part, ast.Name) and part.id in measured)
            or (isinstance(part, ast.Call) and ast.unparse(part.func).split(".")[-1] in measured)
            for part in ast.walk(node)
        )

    measured: set[str] = set()
    while found := names_of(source, took) - measured:
        measured |= found
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Assert) and took(node.test):
            yield f"{source.path}:{node.lineno}: asserts a duration: {ast.unparse(node.test)}"


def names_of(source: Source, matches: Callable[[ast.AST], bool]) -> set[str]:
    """Name what holds or gives a value that matches: variables, lists it is put into, functions that return it."""
    found: set[str] = set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.NamedExpr):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if node.value is not None and matches(node.value):
                found.update(ast.unparse(target) for target in targets)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "append":
            if matches(node.args[0]):
                found.add(ast.unparse(node.func.value))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and returns(node, matches):
            found.add(node.name)
    return found


def returns(function: ast.AST, matches: Callable[[ast.AST], bool]) -> bool:
    """Tell whether a function gives back a value that matches."""
    return any(isinstance(part, ast.Return) and part.value and matches(part.value) for part in ast.walk(function))


def reads_a_stopwatch(node: ast.AST) -> bool:
    """Tell whether an expression is nothing but a reading of a stopwatch."""
    return isinstance(node, ast.Call) and bool(STOPWATCH.search(ast.unparse(node.func)))


def uses(difference: ast.BinOp, readings: set[str]) -> bool:
    """Tell whether a difference has a reading of a stopwatch on either side."""
    return any(reads_a_stopwatch(side) or ast.unparse(side) in readings for side in (difference.left, difference.right))


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


def test_no_test_asserts_how_long_something_took() -> None:
    nothing(place for source in sources(*TESTS) for place in times(source))


def test_the_guard_sees_who_asks_the_host() -> None:
    for line in ("datetime.now(UTC)", "datetime.datetime.now()", "date.today()", "time.time()"):
        assert list(asks_the_host(read(line))), line
    assert list(asks_the_host(read("work.now\nclock.now()\nfunc.now()\ntime.monotonic()\n"))) == []


def test_the_guard_sees_who_waits() -> None:
    for line in ("time.sleep(7200)", "await asyncio.sleep(limit)", "sleep(2)"):
        assert list(waits(read(f"async def test():\n    {line}\n"))), line
    for line in ("await asyncio.sleep(0.05)", "time.sleep(3 * FAST.election_seconds)"):
        assert list(waits(read(f"async def test():\n    {line}\n"))) == [], line


@pytest.mark.parametrize(
    "piece",
    [
        "began = time.monotonic()\nact()\nassert time.monotonic() - began < 5",
        "began = perf_counter()\nact()\ntook = perf_counter() - began\nassert took < 0.5",
        "def took():\n    began = time.process_time()\n    return time.process_time() - began\nassert took() < 1",
        "began = time.time_ns()\nseconds.append(time.time_ns() - began)\nassert min(seconds) < 2",
        "self.began = loop.time()\nassert 3 > loop.time() - self.began",
        "began = monotonic()\nend = monotonic()\nlate = [end - began]\nworst = max(late)\nassert worst * 3 < other",
    ],
)
def test_the_guard_sees_who_asserts_a_duration(piece: str) -> None:
    assert list(times(read(piece))), piece


def test_the_guard_lets_tests_wait_with_patience() -> None:
    patient = "deadline = time.monotonic() + patience\nwhile not done():\n    assert time.monotonic() < deadline\n"
    assert list(times(read(patient))) == []
    assert (
        list(times(read("began = time.monotonic()\nprint(time.monotonic() - began)\nassert due - start < limit"))) == []
    )
