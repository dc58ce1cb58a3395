"""What a question is: one thing that is asked of every contender, each in its own language.

Aliases give PostGraphile's answer the names of ours, so that a run can refuse to measure contenders whose answers differ.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bangban.database_roles import Role


def as_it_is(answer: Any) -> Any:
    """Compare an answer as it is."""
    return answer


@dataclass(frozen=True)
class Question:
    """One question in three languages; `varies` says whether it is asked about each of many cases in turn."""

    name: str
    ours: str
    peer: str
    statement: str | None
    """None: the limit answers a constant, without the database."""
    varies: bool = False
    role: Role = Role.APP
    """Whose connection answers: the city's or the province's."""
    compared: Callable[[Any], Any] = as_it_is
    """Reduces an answer to what has to be equal."""
    needs: str | None = None
    """The root field without which our schema cannot be asked yet."""
