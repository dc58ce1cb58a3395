"""The tree as the guards read it: the Python files of the program and of its tests, each with its syntax tree."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = ("tenants", "authz", "casework", "schema", "workers", "bangban", "migrations", "bench")
TESTS = ("tests",)
MADE_HERE = frozenset({".git", ".venv", ".uv", ".data", "node_modules", "dist", "__pycache__"})
"""Folders that tools make and nobody writes; the names that end with `_cache` and `.hypothesis` beside them."""


@dataclass(frozen=True)
class Source:
    """One Python file: where it lies in the tree, what it says, and its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def stem(self) -> str:
        """The name of the file without its ending."""
        return Path(self.path).stem


def read(text: str, path: str = "planted.py") -> Source:
    """Read a piece of code; guards are tried on pieces that break their rule."""
    return Source(path, text, ast.parse(text))


def sources(*roots: str) -> Iterator[Source]:
    """Give every Python file below these folders."""
    for root in roots:
        yield from _below(root)


@cache
def _below(root: str) -> tuple[Source, ...]:
    files = (
        file for file in sorted((ROOT / root).rglob("*.py")) if not MADE_HERE.intersection(file.relative_to(ROOT).parts)
    )
    return tuple(read(file.read_text(encoding="utf-8"), file.relative_to(ROOT).as_posix()) for file in files)


def written_files() -> Iterator[Path]:
    """List every file that a person wrote, whatever its kind."""
    waiting = [ROOT]
    while waiting:
        for entry in sorted(waiting.pop().iterdir()):
            made = entry.name in MADE_HERE or entry.name.endswith("_cache") or entry.name == ".hypothesis"
            if entry.is_dir() and not made:
                waiting.append(entry)
            elif entry.is_file() and not made:
                yield entry


def nothing(found: Iterable[str]) -> None:
    """Demand that a guard found nothing; otherwise tell everything it found, one finding a line."""
    listed = list(dict.fromkeys(found))
    assert not listed, "\n  ".join(["the house does not allow:", *listed])


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """List the functions of a tree, methods and inner functions included."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def decorators(function: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """Name the decorators of a function, without their arguments."""
    called = (node.func if isinstance(node, ast.Call) else node for node in function.decorator_list)
    return frozenset(ast.unparse(node) for node in called)


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """List the calls of a tree."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def prose(tree: ast.Module) -> frozenset[int]:
    """Identify the strings that only explain: every string that stands as a statement of its own."""
    return frozenset(
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    )


def literals(source: Source) -> Iterator[ast.Constant]:
    """List the strings that the code works with, docstrings left out."""
    explains = prose(source.tree)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in explains:
            yield node
