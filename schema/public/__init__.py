"""What anybody may read without a token: exactly what a city publishes."""
