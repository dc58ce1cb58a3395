"""The schemas as text in git: `python -m schema.sdl` prints them, `--write` keeps them, `--check` compares."""

import argparse
import difflib
import sys
from collections.abc import Mapping
from pathlib import Path

from schema.build import DoorSchema
from schema.roots import office_schema, province_schema

FOLDER = Path(__file__).parent
HEADER = "# Written by `python -m schema.sdl --write`; do not edit.\n\n"


def sdl_of(schema: DoorSchema) -> str:
    """Print a schema."""
    return f"{HEADER}{schema.as_str()}\n"


def texts(schemas: Mapping[str, DoorSchema]) -> dict[Path, str]:
    """Print each schema for the file that keeps it."""
    return {FOLDER / name: sdl_of(schema) for name, schema in schemas.items()}


def difference(path: Path, text: str) -> str:
    """Compare what a file keeps with what the code says; empty when they agree."""
    kept = path.read_text(encoding="utf-8") if path.is_file() else ""
    lines = difflib.unified_diff(
        kept.splitlines(keepends=True), text.splitlines(keepends=True), f"{path.name} (git)", f"{path.name} (code)"
    )
    return "".join(lines)


def run(arguments: list[str], schemas: Mapping[str, DoorSchema]) -> int:
    """Print, write or compare; a difference gives 1."""
    parser = argparse.ArgumentParser(prog="python -m schema.sdl", description=__doc__)
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--check", action="store_true", help="fail when the files differ from the code")
    choice.add_argument("--write", action="store_true", help="write the files")
    chosen = parser.parse_args(arguments)
    found = texts(schemas)
    if chosen.write:
        for path, text in found.items():
            path.write_text(text, encoding="utf-8")
        return 0
    if chosen.check:
        drift = "".join(difference(path, text) for path, text in found.items())
        advice = "\nThe schema changed. Run `python -m schema.sdl --write` and look at the difference.\n"
        sys.stdout.write(drift + advice if drift else "")
        return 1 if drift else 0
    sys.stdout.write("\n".join(found.values()))
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], {"schema.graphql": office_schema(), "province.graphql": province_schema()}))
