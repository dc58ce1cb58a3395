"""The GraphQL types, queries and mutations of the relays room."""
