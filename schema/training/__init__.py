"""Training through the API."""
