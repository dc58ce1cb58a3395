"""The GraphQL types, queries and mutations of the cases room; the closed sets are described before any type uses them."""

from schema.cases import sets

__all__ = ["sets"]
