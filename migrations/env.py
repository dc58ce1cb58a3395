"""Alembic's environment: the owner's connection, a short lock timeout, one transaction per migration."""

from typing import Any

from alembic import context
from sqlalchemy import Connection, Enum, create_engine, text

from casework.kernel.vault import SealedJson, SealedText
from migrations.tables import metadata

LOCK_TIMEOUT = "SET lock_timeout = '5s'"


def include_name(name: str | None, type_: str, parent_names: Any) -> bool:
    """Leave the broker's schema to the broker."""
    return not (type_ == "schema" and name not in (None, "public"))


def render_item(kind: str, value: Any, _context: Any) -> str | bool:
    """Write columns into migrations as the database sees them, so that old migrations need no code of ours."""
    if kind == "type" and isinstance(value, SealedText | SealedJson):
        return "sa.LargeBinary()"
    if kind == "type" and isinstance(value, Enum):
        return f"sa.String(length={value.length})"
    return False


def run(connection: Connection) -> None:
    """Run the migrations on an open connection."""
    connection.execute(text(LOCK_TIMEOUT))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_name=include_name,
        transaction_per_migration=True,
        compare_type=True,
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


def online() -> None:
    """Migrate the database that the caller's configuration names."""
    given: Connection | None = context.config.attributes.get("connection")
    if given is not None:
        run(given)
        return
    url = context.config.attributes.get("url") or context.config.get_main_option("sqlalchemy.url")
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            run(connection)
    finally:
        engine.dispose()


def offline() -> None:
    """Print the SQL, for the migration linter."""
    context.configure(
        dialect_name="postgresql", target_metadata=metadata, literal_binds=True, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.execute(LOCK_TIMEOUT)
        context.run_migrations()


if context.is_offline_mode():
    offline()
else:
    online()
