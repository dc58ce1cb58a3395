"""The GraphQL types, queries and mutations of the cases room."""
