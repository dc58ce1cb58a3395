"""Who sees which field: `python -m schema.matrix` prints the matrix, `--write` keeps it in git, `--check` compares.

It is derived from the same declarations that plans and resolvers come from: each type says of which rows it is and to
whom they are shown, each relation leads from one type to another, and personal data say under which permission they are
read in full. How far a neutral role reaches comes from the policy rows; which roles a city makes of them stands in
`authz/golden`. A changed declaration or permission changes the file, so that a review sees who sees more.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap

from authz.table import RolePermissions
from casework.reporting.province import COMPARE
from schema.build import DoorSchema
from schema.roots import office_schema, province_schema
from schema.sdl import difference
from schema.seeing import MINE, OPEN, PUBLIC, Door, Seeing, any_province

FILE = Path(__file__).parent / "matrix.txt"
HEADER = """\
# Who sees which field. Written by `python -m schema.matrix --write`; do not edit.
#
# Each part begins with what decides: the actions of the permission table through which rows are shown, "addressed" for
# what names the caller, "open" for what everybody in the city is shown, "public" for what is read without a token; "by
# unit" leaves single objects out. Then follow groups of neutral roles with how far each reaches, and the fields for which
# this holds. `-` is hidden: no row is shown.
# Masked fields say as what they are masked, and who reads them in full on request, which is recorded.
#
# Reach: all whoever asks, without a token too; s own data as applicant; me what names the caller; c objects in which the
# person takes part; u own unit; t own unit and all below it; a the whole city; p the own province, figures only; a* with
# a recorded reason; a** with a reason and a second approver. Deny rows of the policy hold beside this. Which roles a city
# makes of them: authz/golden.
"""
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WIDTH = 120
UNBROKEN = "\N{NO-BREAK SPACE}"
Roles = Mapping[str, RolePermissions]
Doors = frozenset[Door]


@dataclass(frozen=True)
class Part:
    """Fields that are shown through the same doors and masked alike."""

    doors: Doors
    masked: bool
    in_full: str | None

    def title(self) -> str:
        """Say what decides about these fields."""
        ways = "; ".join(sorted(way(door) for door in self.doors))
        return f"masked: {ways}; in full: {self.in_full or 'never'}" if self.masked else f"seen: {ways}"

    def cell(self, role: RolePermissions) -> str:
        """Say what a role sees of these fields."""
        reach = reach_of(role, self.doors)
        full = reach_of(role, frozenset({Door(self.in_full)})) if reach and self.in_full else ""
        return f"{reach}, full {full}" if full else reach or "-"


def way(door: Door) -> str:
    """Name what decides whether a door opens."""
    if not door.action:
        return {OPEN: "open", MINE: "addressed", PUBLIC: "public"}[door.fixed]
    return f"{door.action} by unit" if door.units_only else door.action


def reach_of(role: RolePermissions, doors: Doors) -> str:
    """Write how far a role reaches through several doors; empty where it reaches nothing."""
    found: dict[str, None] = {}
    for door in sorted(doors):
        if not door.action:
            found[door.fixed] = None
            continue
        found.update(dict.fromkeys(scope.value for scope in role.grants.get(door.action, ()) if door.admits(scope)))
    return next((widest for widest in (PUBLIC, OPEN) if widest in found), None) or " ".join(found)


def parts_of(seeing: Seeing) -> dict[Part, dict[str, list[str]]]:
    """Put the fields together about which the same decides: by part and type."""
    parts: dict[Part, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for kind, doors in seeing.doors.items():
        for seen in seeing.fields[kind]:
            name = f"{seen.name} (as {seen.mask})" if seen.mask else seen.name
            parts[Part(doors, bool(seen.mask), seen.in_full)][kind].append(name)
    return dict(sorted(parts.items(), key=lambda part: part[0].title()))


def groups_of(roles: Roles, parts: Iterable[Part]) -> list[list[str]]:
    """Put roles together that see the same of every field."""
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    known = list(parts)
    for name, role in roles.items():
        groups[tuple(part.cell(role) for part in known)].append(name)
    return sorted(sorted(group) for group in groups.values())


def written(title: str, schema: DoorSchema, roles: Roles) -> Iterator[str]:
    """Write the matrix of one schema."""
    parts = parts_of(Seeing.of(schema))
    groups = groups_of(roles, parts)
    letters = dict(zip(LETTERS, groups, strict=False))
    yield f"\n[{title}]"
    yield from (f"{letter} = {' '.join(group)}" for letter, group in letters.items())
    for part, kinds in parts.items():
        yield f"\n{part.title()}"
        cells = (f"{letter} {part.cell(roles[group[0]])}".replace(" ", UNBROKEN) for letter, group in letters.items())
        lines = wrap(" | ".join(cells), WIDTH, initial_indent="  ", subsequent_indent="  ")
        yield from (line.replace(UNBROKEN, " ") for line in lines)
        for kind, names in kinds.items():
            yield from wrap(f"{kind}: {' '.join(names)}", WIDTH, initial_indent="  ", subsequent_indent="      ")


def roles_of() -> tuple[Roles, Roles]:
    """Give the neutral roles of a city and those of a province, which alone compare cities."""
    roles = any_province().neutral
    province = {name: role for name, role in roles.items() if COMPARE in role.grants}
    return {name: role for name, role in sorted(roles.items()) if name not in province}, province


def text(city: Roles, province: Roles) -> str:
    """Write the whole matrix."""
    parts = [*written("city", office_schema(), city), *written("province", province_schema(), province)]
    return HEADER + "\n".join(parts) + "\n"


def run(arguments: list[str], found: str, file: Path = FILE) -> int:
    """Print, write or compare; a difference gives 1."""
    parser = argparse.ArgumentParser(prog="python -m schema.matrix", description=__doc__)
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--check", action="store_true", help="fail when the file differs from the code")
    choice.add_argument("--write", action="store_true", help="write the file")
    chosen = parser.parse_args(arguments)
    if chosen.write:
        file.write_text(found, encoding="utf-8")
        return 0
    if chosen.check:
        drift = difference(file, found)
        advice = "\nSomebody sees other fields. Run `python -m schema.matrix --write` and look at the difference.\n"
        sys.stdout.write(drift + advice if drift else "")
        return 1 if drift else 0
    sys.stdout.write(found)
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], text(*roles_of())))
