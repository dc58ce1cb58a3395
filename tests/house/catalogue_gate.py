"""The gate of row-level security: reads PostgreSQL's own catalogue and says how a tenant could see another one's rows.

The models are not asked. What counts is what the server holds, whoever made it and by whatever means.
"""

from collections.abc import Iterator
from typing import Any

import psycopg

APP, PROVINCE, BACKUP, OWNER = "bangban_app", "bangban_province", "bangban_backup", "bangban_owner"
SHARED = frozenset({"tenant", "alembic_version"})
"""Tables without tenant rows: the register of tenants and Alembic's own."""

READ_BY_THE_PROVINCE = "metric_snapshot"
FOR_THE_PROVINCE = frozenset({READ_BY_THE_PROVINCE, *SHARED})
OWN_TENANT = "((tenant_id)::text = current_setting('app.tenant_id'::text, true))"
OWN_PROVINCE = "((province_code)::text = current_setting('app.province'::text, true))"
MESSAGES = "dramatiq"
"""The broker's schema: its messages hold a tenant's code and an id, and the program deletes what is done."""

Connection = psycopg.Connection[tuple[Any, ...]]

TABLES = """
SELECT class.oid, class.relname, class.relrowsecurity, class.relforcerowsecurity, pg_get_userbyid(class.relowner)
FROM pg_class class WHERE class.relnamespace = 'public'::regnamespace AND class.relkind IN ('r', 'p', 'f')
ORDER BY class.relname
"""
WITH_TENANT = """
SELECT attrelid FROM pg_attribute WHERE attname = 'tenant_id' AND attnotnull AND NOT attisdropped
"""
POLICIES = """
SELECT polpermissive, polcmd::text, polroles, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
FROM pg_policy WHERE polrelid = %s
"""
KEYS = """
SELECT class.relname, con.conname, con.contype::text, con.confdeltype::text, con.confupdtype::text,
       ARRAY(SELECT attname::text FROM unnest(con.conkey) WITH ORDINALITY key(number, place)
             JOIN pg_attribute ON attrelid = con.conrelid AND attnum = number ORDER BY place),
       ARRAY(SELECT attname::text FROM unnest(con.confkey) WITH ORDINALITY key(number, place)
             JOIN pg_attribute ON attrelid = con.confrelid AND attnum = number ORDER BY place)
FROM pg_constraint con JOIN pg_class class ON class.oid = con.conrelid
WHERE con.connamespace = 'public'::regnamespace AND con.contype IN ('p', 'u', 'f', 'x')
"""
UNIQUE_INDEXES = """
SELECT class.relname, index.relname, coalesce((SELECT attname::text FROM pg_attribute
       WHERE attrelid = indrelid AND attnum = indkey[0]), 'an expression')
FROM pg_index JOIN pg_class class ON class.oid = indrelid JOIN pg_class index ON index.oid = indexrelid
WHERE indisunique AND class.relnamespace = 'public'::regnamespace
"""
GRANTS = """
SELECT space.nspname, class.relname, role.rolname, privilege
FROM pg_class class JOIN pg_namespace space ON space.oid = class.relnamespace
CROSS JOIN pg_roles role
CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) privilege
WHERE class.relkind IN ('r', 'p', 'v', 'm', 'f') AND space.nspname !~ '^pg_' AND space.nspname <> 'information_schema'
  AND role.rolname = ANY(%s)
  AND (has_table_privilege(role.oid, class.oid, privilege)
       OR (privilege IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
           AND has_any_column_privilege(role.oid, class.oid, privilege)))
"""
VIEWS = """
SELECT space.nspname, class.relname, class.relkind::text, coalesce(class.reloptions::text, '')
FROM pg_class class JOIN pg_namespace space ON space.oid = class.relnamespace
WHERE class.relkind IN ('v', 'm') AND space.nspname !~ '^pg_' AND space.nspname <> 'information_schema'
"""
DEFINERS = """
SELECT space.nspname, proname FROM pg_proc JOIN pg_namespace space ON space.oid = pronamespace
WHERE prosecdef AND space.nspname !~ '^pg_' AND space.nspname <> 'information_schema'
"""
ROLES = """
SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = ANY(%s)
"""
OWNED = """
SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = %s
UNION ALL SELECT nspname FROM pg_namespace WHERE pg_get_userbyid(nspowner) = %s
UNION ALL SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = %s
"""
MEMBERSHIPS = """
SELECT granted.rolname FROM pg_auth_members
JOIN pg_roles granted ON granted.oid = roleid JOIN pg_roles holder ON holder.oid = member WHERE holder.rolname = %s
"""


def leaks(connection: Connection) -> list[str]:
    """List every way in which the database would show or change a row across tenants."""
    parts = (tables, keys, grants, views, definers, roles)
    return [leak for part in parts for leak in part(connection)]


def tables(connection: Connection) -> Iterator[str]:
    """Judge every table: keyed to a tenant, secured, forced, under exactly one policy of the one form."""
    with_tenant = {row[0] for row in connection.execute(WITH_TENANT)}
    for oid, name, enabled, forced, owner in connection.execute(TABLES).fetchall():
        if name in SHARED:
            continue
        if oid not in with_tenant:
            yield f"{name}: belongs to no tenant"
        if not enabled:
            yield f"{name}: row-level security is off"
        if not forced:
            yield f"{name}: row-level security does not bind the owner"
        if owner == APP:
            yield f"{name}: is owned by {APP}"
        yield from policies(connection, oid, name)


def policies(connection: Connection, oid: int, name: str) -> Iterator[str]:
    """Judge the policies of one table; a second permissive one would open the door by an OR."""
    found = connection.execute(POLICIES, [oid]).fetchall()
    if len(found) != 1:
        yield f"{name}: {len(found)} policies instead of one"
    readable = f"({OWN_TENANT} OR {OWN_PROVINCE})" if name == READ_BY_THE_PROVINCE else OWN_TENANT
    for permissive, command, for_roles, using, check in found:
        if not permissive or command != "*" or for_roles != [0]:
            yield f"{name}: the policy does not stand for everybody and everything"
        if using != readable:
            yield f"{name}: rows are visible where {using}"
        if check != OWN_TENANT:
            yield f"{name}: rows may be written where {check}"


def keys(connection: Connection) -> Iterator[str]:
    """Judge keys: each begins with the tenant on both sides, and none reaches out to change other rows."""
    for table, name, kind, on_delete, on_update, columns, pointed_at in connection.execute(KEYS).fetchall():
        if table in SHARED:
            continue
        if columns[:1] != ["tenant_id"] or (kind == "f" and pointed_at[:1] != ["tenant_id"]):
            yield f"{table}: the key {name} does not begin with the tenant"
        if kind == "f" and (on_delete, on_update) != ("a", "a"):
            yield f"{table}: the key {name} changes other rows by itself"
    for table, name, first in connection.execute(UNIQUE_INDEXES).fetchall():
        if table not in SHARED and first != "tenant_id":
            yield f"{table}: the unique index {name} begins with {first}"


def grants(connection: Connection) -> Iterator[str]:
    """Judge what the roles may do: the program deletes nothing, the province reads figures, the backup reads."""
    for schema, table, role, privilege in connection.execute(GRANTS, [[APP, PROVINCE, BACKUP]]).fetchall():
        reads = privilege == "SELECT"
        if schema == MESSAGES:
            allowed = (role == APP and privilege in {"SELECT", "INSERT", "UPDATE", "DELETE"}) or (
                role == BACKUP and reads
            )
        elif role == APP:
            allowed = privilege in {"SELECT", "INSERT", "UPDATE"}
        else:
            allowed = reads and (role == BACKUP or table in FOR_THE_PROVINCE)
        if not allowed:
            yield f"{schema}.{table}: {role} may {privilege}"


def views(connection: Connection) -> Iterator[str]:
    """Judge views: each shows its reader what its reader may see; a materialised one cannot."""
    for schema, name, kind, options in connection.execute(VIEWS).fetchall():
        if kind == "m" or "security_invoker=true" not in options.replace("=on", "=true"):
            yield f"{schema}.{name}: shows what its owner sees"


def definers(connection: Connection) -> Iterator[str]:
    """Judge functions: none works with the rights of somebody else."""
    for schema, name in connection.execute(DEFINERS).fetchall():
        yield f"{schema}.{name}: works with the rights of its owner"


def roles(connection: Connection) -> Iterator[str]:
    """Judge the roles themselves; the backup alone passes row-level security, and only reads."""
    wanted = [APP, PROVINCE, BACKUP, OWNER]
    found = connection.execute(ROLES, [wanted]).fetchall()
    if len(found) != len(wanted):
        yield "a role of ours is missing"
    for name, superuser, bypasses, makes_roles, makes_databases in found:
        if superuser or makes_roles or makes_databases or bypasses != (name == BACKUP):
            yield f"{name}: may more than it should"
    for owned in connection.execute(OWNED, [APP, APP, APP]).fetchall():
        yield f"{APP}: owns {owned[0]}"
    for membership in connection.execute(MEMBERSHIPS, [APP]).fetchall():
        yield f"{APP}: is a member of {membership[0]}"
