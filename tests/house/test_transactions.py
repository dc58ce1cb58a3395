"""One Work is one transaction: nothing else in the office commits."""

import ast
from collections.abc import Iterator

from tests.house.tree import PROGRAM, Source, calls, nothing, read, sources

ENDS_A_TRANSACTION = frozenset({"commit", "begin", "transaction"})
"""`begin_nested` is a savepoint and not among them: it ends nothing."""

ALLOWED = {
    "casework/kernel/work.py": "Work itself",
    "casework/regulation/publish.py": "the first publication is what makes a tenant able to do any Work",
    "migrations/env.py": "Alembic's own transactions, as the owner",
    "bangban/database.py": "an administrator brings roles into order before there is an office",
    "bangban/demo/loading.py": "demonstration data is copied in before anybody works",
}
"""Who else may, and why; an entry that is no longer needed fails too, so that the list only shrinks."""


def commits(source: Source) -> Iterator[str]:
    """Name the places where a file ends a transaction of its own."""
    for call in calls(source.tree):
        if isinstance(call.func, ast.Attribute) and call.func.attr in ENDS_A_TRANSACTION:
            yield f"{source.path}:{call.lineno}"


def test_only_work_commits() -> None:
    nothing(place for source in sources(*PROGRAM) if source.path not in ALLOWED for place in commits(source))


def test_every_exception_is_needed() -> None:
    needed = {source.path for source in sources(*PROGRAM) if list(commits(source))}
    assert ALLOWED.keys() - needed == set()


def test_work_commits_once() -> None:
    (work,) = (source for source in sources("casework") if source.path == "casework/kernel/work.py")
    assert len(list(commits(work))) == 1


def test_the_guard_sees_a_commit() -> None:
    for line in ("await work.session.commit()", "async with session.begin(): pass", "connection.transaction()"):
        assert list(commits(read(f"async def act():\n    {line}\n"))) == ["planted.py:2"], line
    assert list(commits(read("async def act():\n    async with session.begin_nested(): pass\n"))) == []
