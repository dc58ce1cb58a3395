"""Small files, small functions, thin doors: what does not fit on a page is two things."""

from collections.abc import Iterator

from tests.house.tree import PROGRAM, TESTS, Source, decorators, functions, nothing, read, sources

FILE, TEST_FILE, FUNCTION, MUTATION, ACTOR, STORY = 300, 500, 45, 15, 10, 90
WRITTEN_BY_ALEMBIC = "migrations/versions/"
"""A migration is one long list of tables by nature, and is never edited again."""

STORIES = "tests/stories/"
"""A story is read from its beginning to its end; cut into pieces it would hide the order of what happens."""


def lines_allowed(source: Source) -> int:
    return TEST_FILE if source.path.startswith("tests/") else FILE


def too_large(source: Source) -> Iterator[str]:
    """Name the file and the functions that are longer than the house allows."""
    if source.path.startswith(WRITTEN_BY_ALEMBIC):
        return
    lines = len(source.text.splitlines())
    if lines > lines_allowed(source):
        yield f"{source.path}: {lines} lines, {lines_allowed(source)} are allowed"
    for function in functions(source.tree):
        length = (function.end_lineno or function.lineno) - function.lineno + 1
        allowed = STORY if source.path.startswith(STORIES) else function_allowed(decorators(function))
        if length > allowed:
            yield f"{source.path}: {function.name} has {length} lines, {allowed} are allowed"


def function_allowed(names: frozenset[str]) -> int:
    if names & {"mutation", "strawberry.mutation"}:
        return MUTATION
    return ACTOR if names & {"actor", "dramatiq.actor"} else FUNCTION


def test_nothing_is_too_large() -> None:
    nothing(place for source in sources(*PROGRAM, *TESTS) for place in too_large(source))


def test_the_guard_sees_what_is_too_large() -> None:
    body = "    pass\n"
    assert list(too_large(read(f"def long():\n{body * 45}"))) == ["planted.py: long has 46 lines, 45 are allowed"]
    assert len(list(too_large(read(f"@mutation\nasync def act():\n{body * 15}")))) == 1
    assert len(list(too_large(read(f"@dramatiq.actor(priority=1)\ndef act():\n{body * 10}")))) == 1
    assert len(list(too_large(read("\n" * 301)))) == 1
    assert list(too_large(read("\n" * 301, "tests/planted.py"))) == []
