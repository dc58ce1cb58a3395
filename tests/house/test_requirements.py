"""What the program imports is declared, and what is declared is locked by its hashes and without an address."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import packages_distributions

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.tree import PROGRAM, ROOT, Source, nothing, read, sources

LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)(?: ; .+)? \\$", re.MULTILINE)
BROUGHT = frozenset({"pika", "pydantic-core"})
"""Declared through what brings them: the extra `dramatiq[rabbitmq]`, and pydantic, which pins its own core."""


def declared() -> list[Requirement]:
    """Read what the project asks for, the tools of its developers included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [Requirement(text) for text in (*project["project"]["dependencies"], *project["dependency-groups"]["dev"])]


def locked() -> dict[str, str]:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return {canonicalize_name(name): version for name, version in LOCKED.findall(text)}


def imported(source: Source) -> Iterator[str]:
    """Name the roots that a file imports."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


@cache
def providers() -> Mapping[str, list[str]]:
    """Tell which distributions bring which names; read once, because all that is installed is looked through."""
    return packages_distributions()


def undeclared(source: Source, names: frozenset[str]) -> Iterator[str]:
    """Name the libraries that a file uses and the project does not ask for."""
    for root in sorted(set(imported(source)) - set(PROGRAM) - sys.stdlib_module_names):
        distributions = {canonicalize_name(name) for name in providers().get(root, [root])}
        if not distributions & names:
            yield f"{source.path}: {root}"


def test_every_requirement_is_locked_as_it_was_asked_for() -> None:
    versions = locked()
    assert len(versions) > 50
    for requirement in declared():
        version = versions.get(canonicalize_name(requirement.name))
        assert version, f"{requirement} is not locked; compile requirements.lock again (docs/decisions/0001)"
        assert requirement.specifier.contains(version, prereleases=True), f"{requirement} is locked at {version}"


def test_everything_that_is_imported_is_declared() -> None:
    names = frozenset(canonicalize_name(requirement.name) for requirement in declared()) | BROUGHT
    nothing(place for source in sources(*PROGRAM) for place in undeclared(source, names))


def test_the_guard_sees_what_is_not_declared() -> None:
    planted = read("import os\nimport yaml\nfrom anyio.abc import Task\nfrom casework.kernel.work import Work\n")
    assert list(undeclared(planted, frozenset({"pyyaml"}))) == ["planted.py: anyio"]
