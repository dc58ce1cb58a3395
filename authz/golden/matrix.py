"""Writes compiled permissions as text: one line per role and action."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from authz.reach import ROLE_OF_KIND
from authz.table import STAFF, PermissionTable, RolePermissions


def city_matrix(table: PermissionTable) -> str:
    """Write what each role of one city may do, and how far it reaches."""
    lines = [f"# Who may do what in {table.tenant}: role, action, scopes. Written by python -m authz.golden."]
    for code, role in sorted(table.city.items()):
        lines.extend(_section(code, role))
    return "\n".join(lines) + "\n"


def platform_matrix(table: PermissionTable) -> str:
    """Write what is the same in every city: neutral roles, everybody who is not staff, and what is forbidden."""
    lines = ["# The same in every city: neutral role, action, scopes. Written by python -m authz.golden."]
    for name, role in sorted(table.neutral.items()):
        lines.extend(_section(name, role))
    lines.extend(["", "[forbidden whatever roles are held]"])
    lines.extend(_forbidden(table))
    return "\n".join(lines) + "\n"


def _section(code: str, role: RolePermissions) -> Iterator[str]:
    yield ""
    yield f"[{code}] = {' '.join(role.neutral)}"
    yield from _lines(code, role.grants)


def _lines(code: str, grants: Mapping[str, tuple[object, ...]]) -> Iterator[str]:
    for action, scopes in sorted(grants.items()):
        yield f"{code}  {action}  {' '.join(str(scope) for scope in scopes)}"


def _forbidden(table: PermissionTable) -> Iterator[str]:
    for kind in sorted({STAFF, *ROLE_OF_KIND.values()}):
        for action in sorted(table.actions):
            for prohibition in table.prohibitions.get((kind, action), ()):
                yield f"{kind}  {action}  {prohibition.scope}  {prohibition.basis}"
