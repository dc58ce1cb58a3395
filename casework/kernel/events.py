"""Domain events: what happened, in the past tense, told to the outbox and to the audit trail in one breath."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Event:
    """One thing that happened to one aggregate; the payload holds ids, codes and instants, never personal data."""

    name: str
    aggregate: str
    aggregate_id: UUID
    payload: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[str, ...] = ()
