"""Reads the policy rows as they stand in git, without casbin, so that nothing of casbin runs on a request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from authz.scope import Scope

FOLDER = Path(__file__).parent
"""Where the policy text lies."""

MODEL_FILE = FOLDER / "model.conf"
"""The casbin model."""

ROWS_FILE = FOLDER / "permissions.csv"
"""The policy rows."""

KINDS = frozenset({"STAFF", "APPLICANT", "INTEGRATOR", "PROVINCE_SUPERVISOR", "SYSTEM_WORKER"})
"""The kinds of actors a deny row may name: a prohibition binds everybody of a kind, not a single post."""


class PolicyBrokenError(ValueError):
    """A line of the policy text cannot be understood."""


@dataclass(frozen=True, slots=True)
class Grant:
    """One allow row: a neutral role may do an action as far as the scope reaches."""

    role: str
    action: str
    scope: Scope
    basis: str


@dataclass(frozen=True, slots=True)
class Prohibition:
    """One deny row: a kind of actor never does this, for the reason that `basis` names."""

    kind: str
    action: str
    scope: Scope
    basis: str


@dataclass(frozen=True, slots=True)
class Policy:
    """All rows: neutral roles, what they contain, what is granted and what is forbidden."""

    grants: tuple[Grant, ...]
    prohibitions: tuple[Prohibition, ...]
    contains: tuple[tuple[str, str], ...]

    @property
    def actions(self) -> frozenset[str]:
        """Every action some row grants."""
        return frozenset(grant.action for grant in self.grants)

    @property
    def roles(self) -> tuple[str, ...]:
        """Every neutral role, in alphabetical order; groups are not roles."""
        members = {member for member, _ in self.contains}
        return tuple(sorted(members | {grant.role for grant in self.grants}))

    def closure(self, names: Iterable[str]) -> set[str]:
        """Collect the names with everything they contain or belong to."""
        seen: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting.extend(inner for outer, inner in self.contains if outer == name)
        return seen


def family(action: str) -> str:
    """Name the family of objects an action is done to: the part before the dot."""
    return action.partition(".")[0]


@lru_cache(maxsize=1)
def read_policy() -> Policy:
    """Read the policy of this release, once per process."""
    return parse_policy(ROWS_FILE.read_text(encoding="utf-8"))


def parse_policy(text: str) -> Policy:
    """Read policy rows, and refuse the first line that is not a row with the number of the line."""
    grants: list[Grant] = []
    prohibitions: list[Prohibition] = []
    contains: list[tuple[str, str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        row = line.strip()
        if row == "" or row.startswith("#"):
            continue
        match [cell.strip() for cell in row.split(",")]:
            case ["p", role, obj, act, scope, "allow", basis]:
                grants.append(Grant(role, f"{obj}.{act}", _scope(scope, number), basis))
            case ["p", kind, obj, act, scope, "deny", basis] if kind in KINDS:
                prohibitions.append(Prohibition(kind, f"{obj}.{act}", _scope(scope, number), basis))
            case ["g", outer, inner]:
                contains.append((outer, inner))
            case _:
                raise PolicyBrokenError(f"line {number}: not a policy row: {row!r}")
    return Policy(tuple(grants), tuple(prohibitions), tuple(contains))


def _scope(text: str, number: int) -> Scope:
    try:
        return Scope(text)
    except ValueError as error:
        known = ", ".join(scope.value for scope in Scope)
        raise PolicyBrokenError(f"line {number}: unknown scope {text!r}; known are {known}") from error
