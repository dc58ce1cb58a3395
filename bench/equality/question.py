"""A question: a document that can still be taken apart, with its variables; and making a failing one smaller."""

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

MENTIONED = re.compile(r"\$(\w+)")


@dataclass
class Part:
    """A field, an inline fragment or a spread."""

    head: str
    key: str = ""
    arguments: list[tuple[str, str]] = field(default_factory=list)
    directive: str = ""
    inner: list["Part"] | None = None
    spread: str | None = None

    def text(self) -> str:
        """Write the part as GraphQL."""
        given = ", ".join(f"{name}: {value}" for name, value in self.arguments)
        below = "" if self.inner is None else f" {{ {' '.join(part.text() for part in self.inner)} }}"
        return f"{self.head}{f'({given})' if given else ''}{self.directive}{below}"


@dataclass
class Fragment:
    """A named fragment: on which type, and what it selects."""

    kind: str
    inner: list[Part]


@dataclass
class Question:
    """One document with the values of its variables."""

    parts: list[Part] = field(default_factory=list)
    fragments: dict[str, Fragment] = field(default_factory=dict)
    declared: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def document(self) -> str:
        """Write the document: only fragments that are spread, only variables that are used."""
        body = f"{{ {' '.join(part.text() for part in self.parts)} }}"
        named = [f"fragment {name} on {self.fragments[name].kind}" for name in self.spread()]
        inner = [" ".join(part.text() for part in self.fragments[name].inner) for name in self.spread()]
        whole = [body, *(f"{head} {{ {part} }}" for head, part in zip(named, inner, strict=True))]
        used = set(MENTIONED.findall(" ".join(whole)))
        declared = ", ".join(f"${name}: {kind}" for name, kind in self.declared.items() if name in used)
        return "\n".join([f"query Q{f'({declared})' if declared else ''} {whole[0]}", *whole[1:]])

    @property
    def variables(self) -> dict[str, Any]:
        """Give the values of the variables that the document uses."""
        used = set(MENTIONED.findall(self.document))
        return {name: value for name, value in self.values.items() if name in used}

    def spread(self) -> list[str]:
        """Name the fragments that are reached from the operation."""
        found: list[str] = []
        pending = list(self.parts)
        while pending:
            part = pending.pop()
            pending.extend(part.inner or ())
            if part.spread is not None and part.spread not in found:
                found.append(part.spread)
                pending.extend(self.fragments[part.spread].inner)
        return sorted(found)

    def smaller(self) -> Iterator["Question"]:
        """Give the question without one of its parts or arguments or directives, for each of them."""
        for place in range(len(list(levels(self)))):
            for number in range(len(list(levels(self))[place])):
                copy = deepcopy(self)
                level = list(levels(copy))[place]
                if len(level) > 1:
                    del level[number]
                    yield copy
        for place, part in enumerate(list(walk(self))):
            for argument in range(len(part.arguments)):
                copy = deepcopy(self)
                del list(walk(copy))[place].arguments[argument]
                yield copy
            if part.directive:
                copy = deepcopy(self)
                list(walk(copy))[place].directive = ""
                yield copy


class Written(Question):
    """A question whose document is given as it stands."""

    def __init__(self, document: str, variables: dict[str, Any]) -> None:
        super().__init__()
        self._document, self._variables = document, variables

    @property
    def document(self) -> str:
        """Give the document."""
        return self._document

    @property
    def variables(self) -> dict[str, Any]:
        """Give the values of its variables."""
        return self._variables


def levels(question: Question) -> Iterator[list[Part]]:
    """List all selections of a question, from the root down."""
    pending = [question.parts, *(question.fragments[name].inner for name in question.spread())]
    while pending:
        level = pending.pop(0)
        yield level
        pending.extend(part.inner for part in level if part.inner)


def walk(question: Question) -> Iterator[Part]:
    """List all parts of a question."""
    for level in levels(question):
        yield from level


async def shrink(question: Question, fails: Callable[[Question], Awaitable[bool]], tries: int = 250) -> Question:
    """Leave parts out as long as the question still fails."""
    smallest, going_on = question, True
    while going_on:
        going_on = False
        for smaller in smallest.smaller():
            tries -= 1
            if tries < 0:
                return smallest
            if await fails(smaller):
                smallest, going_on = smaller, True
                break
    return smallest


def told(question: Question, caller: str, answers: Mapping[str, bytes]) -> str:
    """Tell what differs: the document, its variables, who asked, and both answers."""
    lines = [f"asked by {caller}:", question.document, f"variables: {question.variables!r}"]
    return "\n".join([*lines, *(f"{name}: {body.decode(errors='replace')}" for name, body in answers.items())])
