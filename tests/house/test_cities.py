"""No code asks which city it is in: what differs between cities stands in their profiles, with the article."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from tenants.loader import load_profile, shipped_profiles
from tests.house.tree import PROGRAM, Source, literals, nothing, read, sources

DEMONSTRATION = "bangban/demo/"
"""Demonstration data is about particular cities; it is data, and no city in production runs it."""

EXPLAINS = frozenset({"description", "help"})
"""Texts that callers and operators read may name a city as an example; nothing depends on them."""


@cache
def names_of_cities() -> re.Pattern[str]:
    """The codes and names of every shipped profile, as whole words."""
    profiles = [load_profile(path) for path in shipped_profiles()]
    chinese = {profile.names.zh for profile in profiles}
    latin = {profile.tenant for profile in profiles} | {profile.names.en for profile in profiles}
    words = [*(re.escape(name) for name in chinese), *(rf"\b{re.escape(name)}\b" for name in latin)]
    return re.compile("|".join(sorted(words)), re.IGNORECASE)


def explanations(tree: ast.AST) -> Iterator[int]:
    """Identify the strings given as a description of something."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in EXPLAINS:
            yield from (id(part) for part in ast.walk(node.value))


def asks_for_a_city(source: Source) -> Iterator[str]:
    """Name the places where code works with the name of a city, or compares a tenant with any text."""
    told = frozenset(explanations(source.tree))
    for node in literals(source):
        if id(node) not in told and names_of_cities().search(str(node.value)):
            yield f"{source.path}:{node.lineno}: names a city"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Compare) and compares_a_tenant([node.left, *node.comparators]):
            yield f"{source.path}:{node.lineno}: compares a tenant with a text"
        if isinstance(node, ast.Match) and names_a_tenant(node.subject):
            yield f"{source.path}:{node.lineno}: matches on a tenant"


def compares_a_tenant(sides: list[ast.expr]) -> bool:
    return any(holds_text(side) for side in sides) and any(names_a_tenant(side) for side in sides)


def names_a_tenant(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name in {"tenant", "tenant_id", "tenant_code", "city"}


def holds_text(node: ast.expr) -> bool:
    parts = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    return any(isinstance(part, ast.Constant) and isinstance(part.value, str) for part in parts)


def test_no_code_asks_which_city_it_is_in() -> None:
    ours = (source for source in sources(*PROGRAM) if not source.path.startswith(DEMONSTRATION))
    nothing(place for source in ours for place in asks_for_a_city(source))


def test_the_guard_sees_a_city() -> None:
    code = shipped_profiles()[0].stem
    for line in (f"x = work.tenant == '{code}'", f"LIMITS = {{'{code}': 2}}", f"x = f'{code}-{{number}}'"):
        assert list(asks_for_a_city(read(line))), line
    for line in ("x = work.tenant in ('here', 'there')", "match profile.tenant:\n    case 'here': pass"):
        assert list(asks_for_a_city(read(line))), line
    fine = f"x = strawberry.field(description='Code, such as {code}.')\ny = row.tenant_id == work.tenant\n"
    assert list(asks_for_a_city(read(fine))) == []
