"""Making a schema: the settings that all schemas of this API share."""

from collections.abc import Iterable, Iterator
from typing import Any

import strawberry
from graphql import GraphQLError, OperationType
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext
from strawberry.types.base import get_object_definition

from schema.context import RequestContext
from schema.descriptions import describe_standard_arguments
from schema.documents import Documents, Operation
from schema.errors import log_masked
from schema.fields import is_public
from schema.limits import Limits
from schema.reading.plan import Planner
from schema.scalars import SCALARS

PUBLIC_META_FIELDS = frozenset({"__typename", "__schema", "__type"})


class KnownDocument(SchemaExtension):
    """Takes the parsed and validated document from the schema's store, so that execution repeats neither."""

    def on_parse(self) -> Iterator[None]:
        """Give the document, refusing what passes the limits."""
        context = self.execution_context
        if isinstance(context.schema, DoorSchema) and context.query:
            asked = context.context.remaining if isinstance(context.context, RequestContext) else None
            context.graphql_document = asked or context.schema.documents.prepare(context.query).tree.document
        yield

    def on_validate(self) -> Iterator[None]:
        """Give the errors found when the document was first read."""
        context = self.execution_context
        if isinstance(context.schema, DoorSchema) and context.query:
            context.pre_execution_errors = list(context.schema.documents.prepare(context.query).errors)
        yield


class DoorSchema(strawberry.Schema):
    """A schema behind our doors: it remembers documents, knows its public fields, and logs no literals."""

    def __init__(self, *, limits: Limits | None = None, **parts: Any) -> None:
        config = StrawberryConfig(scalar_map=SCALARS, relay_max_results=100)
        super().__init__(**parts, config=config, extensions=[KnownDocument])
        describe_standard_arguments(self._schema)
        self.documents = Documents(self._schema, limits or Limits())
        self.planner = Planner(self._schema, config, self.schema_converter.scalar_registry)

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Log what callers will see masked; replaces the library's log, which prints the query with its literals."""
        context = execution_context.context if execution_context else None
        log_masked(errors, context.correlation_id if isinstance(context, RequestContext) else None)

    def is_public(self, operation: Operation) -> bool:
        """Ask whether a caller without a token may carry out an operation: all its root fields must be public."""
        root = self.mutation if operation.kind is OperationType.MUTATION else self.query
        if root is None:
            return False
        fields = {
            self.config.name_converter.get_graphql_name(field): field
            for field in get_object_definition(root, strict=True).fields
        }
        return all(
            name in PUBLIC_META_FIELDS or (name in fields and is_public(fields[name].metadata))
            for name in operation.root_fields
        )


def build_schema(
    query: type,
    mutation: type | None = None,
    *,
    types: Iterable[type] = (),
    limits: Limits | None = None,
) -> DoorSchema:
    """Make a schema from its roots; `types` are those that only an interface leads to."""
    return DoorSchema(query=query, mutation=mutation, types=list(types), limits=limits)
