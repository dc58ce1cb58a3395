"""Plain Strawberry over async SQLAlchemy with dataloaders: the same questions as one would write them without a plan.

It knows no rights. Run by `bench.run` as `uvicorn --factory bench.plain:application`.
"""

import os
from typing import Any

import strawberry
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.asgi import GraphQL

from bench.plain.desk import Desk, Desks
from bench.plain.schema import Query

FOR_PROVINCE = b"x-bench-province"
"""The header by which a supervisor of the province is told from a clerk of the city."""


class Door(GraphQL[Desk, None]):
    """The GraphQL door; every request has one session for the time that it takes."""

    def __init__(self, schema: strawberry.Schema, desks: Desks) -> None:
        """Know where sessions come from."""
        super().__init__(schema, graphql_ide=None)
        self.desks = desks

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer a request within a session."""
        async with self.desks.open(for_province=FOR_PROVINCE in dict(scope["headers"])) as desk:
            scope["desk"] = desk
            await super().__call__(scope, receive, send)

    async def get_context(self, request: Any, response: Any) -> Desk:
        """Hand the session to the resolvers."""
        desk: Desk = request.scope["desk"]
        return desk


def application() -> Starlette:
    """Make the application from the environment that the run gave it."""
    desks = Desks.open_pools(os.environ)
    return Starlette(routes=[Route("/graphql", Door(strawberry.Schema(Query), desks))])
