"""One sentence on everything public, which says what the office does."""

import ast
from collections.abc import Iterator

from tests.house.tree import PROGRAM, Source, nothing, read, sources

Named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
ENDINGS = (".", ")", "!", "?", ":", "`")
MIGRATIONS = "migrations/versions/"
"""Alembic names and explains them in its own form."""


def unexplained(source: Source) -> Iterator[str]:
    """Name the public things of a file that carry no sentence."""
    if source.path.startswith(MIGRATIONS):
        return
    if source.text.strip() and not sentence(source.tree):
        yield f"{source.path}: the file itself"
    for name, node in public_things(source.tree, ""):
        if not sentence(node):
            yield f"{source.path}: {name}"


def sentence(node: ast.Module | Named) -> bool:
    text = ast.get_docstring(node)
    return bool(text) and text.strip().split("\n")[0].rstrip().endswith(ENDINGS)


def public_things(node: ast.AST, inside: str) -> Iterator[tuple[str, Named]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Named) and not child.name.startswith("_"):
            yield inside + child.name, child
            if isinstance(child, ast.ClassDef):
                yield from public_things(child, f"{child.name}.")


def test_everything_public_is_explained() -> None:
    nothing(place for source in sources(*PROGRAM) for place in unexplained(source))


def test_the_guard_sees_what_is_not_explained() -> None:
    silent = '"""A file."""\nclass Thing:\n    """A thing."""\n    def act(self): ...\n    def _inner(self): ...\n'
    assert list(unexplained(read(silent))) == ["planted.py: Thing.act"]
    assert list(unexplained(read("x = 1\n"))) == ["planted.py: the file itself"]
    assert list(unexplained(read('"""A file."""\ndef act():\n    """act"""\n'))) == ["planted.py: act"]
