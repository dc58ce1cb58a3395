"""Gates: where a profile places a guard before something happens, a room judges it, and a refusal quotes its basis."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from casework.kernel.errors import Code, Next, Refusal
from tenants.profile import Gate


@dataclass(frozen=True)
class Unmet:
    """Why a guard does not agree, and what would cure it."""

    message: str
    message_zh: str
    code: Code = Code.GUARD_REFUSED
    lawful_next: tuple[Next, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


def refusal_of(gate: Gate, unmet: Unmet) -> Refusal:
    """Turn what a guard found into the refusal that quotes the gate's basis."""
    return Refusal(
        unmet.code,
        unmet.message,
        unmet.message_zh,
        rules=gate.basis.rules,
        guard=gate.guard,
        lawful_next=unmet.lawful_next,
        details={"guard": gate.guard, **unmet.details},
    )


def all_as_one(refusals: tuple[Refusal, ...]) -> Refusal:
    """Bundle refusals, so that the caller learns everything that stands in the way at once."""
    first, *rest = refusals
    first.others = tuple(rest)
    return first
