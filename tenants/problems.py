"""What is wrong in a profile's file: where it stands, what was found, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in a profile, with its place and what would be right there."""

    file: str
    line: int
    key: str
    message: str
    expected: str = ""

    def __str__(self) -> str:
        """Write the problem as one line that editors can jump to."""
        hint = f" - expected: {self.expected}" if self.expected else ""
        return f"{self.file}:{self.line}: {self.key}: {self.message}{hint}"


class ProfileInvalid(ValueError):
    """A profile that cannot be used; `problems` holds everything that is wrong with it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


@dataclass(frozen=True, slots=True)
class Finding:
    """A mistake at a path of the document, before its line is known."""

    path: Path
    message: str
    expected: str = ""


def key_text(path: Path) -> str:
    """A path as people write it: `workflows.agency.gates[3].guard`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.lstrip(".") or "(whole file)"


def closest(wrong: str, right: Iterable[str]) -> str:
    """What the writer of a name probably meant, or all the names there are when none is near."""
    known = sorted(set(right))
    near = get_close_matches(wrong, known, n=1, cutoff=0.6) or _same_letters(wrong, known)
    if near:
        return near[0]
    return "one of " + ", ".join(known) if known else "nothing: none is declared"


def _same_letters(wrong: str, known: list[str]) -> list[str]:
    return [name for name in known if name.casefold() == wrong.casefold()]
