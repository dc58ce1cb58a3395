"""What a resolver knows about its request."""

from asyncio import Lock
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

import strawberry
from graphql import DocumentNode
from strawberry.dataloader import DataLoader

from authz.actor import Actor
from authz.tokens import Claims
from casework.kernel.database import Database
from casework.kernel.work import Office
from schema.errors import unauthenticated
from schema.replay import KeyedFields

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Loaders:
    """The batch loaders of one request, each made when it is first asked for.

    Query fields run side by side and share no session; a loader opens its own Work for each batch.
    """

    def __init__(self) -> None:
        self._made: dict[Hashable, DataLoader[Any, Any]] = {}

    def of(self, name: Hashable, make: Callable[[], DataLoader[K, V]]) -> DataLoader[K, V]:
        """Give the loader of that name."""
        if name not in self._made:
            self._made[name] = make()
        return cast("DataLoader[K, V]", self._made[name])


@dataclass(frozen=True)
class RequestContext:
    """One request: whose it is, how it is found again, and what the rooms need to answer it.

    `actor` is None for a caller without a token, who reaches public fields only. `headers` holds the few request
    headers that a resolver may read; a tenant header is not among them, the tenant is the token's. `province` is the
    database as the province's role sees it: published snapshots and nothing else. `remaining` is what of the document
    was not answered by a plan. `turn` lets fields that may refuse the whole answer go one after the other, because query
    fields run side by side and else the quicker refusal would be told.
    """

    office: Office
    actor: Actor | None
    claims: Claims | None
    correlation_id: str
    idempotency_key: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    loaders: Loaders = field(default_factory=Loaders)
    province: Database | None = None
    keyed: KeyedFields = field(default_factory=KeyedFields)
    remaining: DocumentNode | None = None
    turn: Lock = field(default_factory=Lock)

    def whose(self) -> Actor:
        """Give the actor, or refuse a caller without a token."""
        if self.actor is None:
            raise unauthenticated("This needs an access token.", "此操作需要访问令牌。")
        return self.actor


Info = strawberry.Info[RequestContext, None]
