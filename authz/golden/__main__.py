"""Writes the golden matrices, or with --check says which of them no longer tell the truth."""

from __future__ import annotations

import argparse
import sys
from difflib import unified_diff
from pathlib import Path

from authz.golden.matrix import city_matrix, platform_matrix
from authz.table import compile_table
from tenants.loader import load_profile, shipped_profiles

FOLDER = Path(__file__).parent
"""Where the matrices lie."""

PLATFORM = "platform.txt"
"""The file with everything that is the same in every city."""


def expected() -> dict[str, str]:
    """Compute every matrix from the policy rows and the profiles, by file name."""
    tables = [compile_table(load_profile(path)) for path in shipped_profiles()]
    found = {f"{table.tenant}.txt": city_matrix(table) for table in tables}
    found[PLATFORM] = platform_matrix(tables[0])
    return found


def differences() -> list[str]:
    """List the lines in which the files in git differ from what the rules say now."""
    wanted = expected()
    lines: list[str] = []
    for name in sorted(wanted.keys() | {path.name for path in FOLDER.glob("*.txt")}):
        path = FOLDER / name
        present = path.read_text(encoding="utf-8") if path.exists() else ""
        lines.extend(
            unified_diff(present.splitlines(), wanted.get(name, "").splitlines(), name, "now", lineterm="", n=0)
        )
    return lines


def write() -> None:
    """Write every matrix, and remove those of cities that are gone."""
    wanted = expected()
    for path in FOLDER.glob("*.txt"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m authz.golden", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a matrix differs")
    if not parser.parse_args().check:
        write()
        return 0
    found = differences()
    sys.stdout.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
