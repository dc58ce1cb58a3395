"""Where the profiles of the cities lie that come with the program."""

from pathlib import Path

PROFILES = Path(__file__).parent / "profiles"
"""The folder of the profiles, one file for each city, named after it."""


def shipped_profiles() -> tuple[Path, ...]:
    """The files of the profiles that come with the program."""
    return tuple(sorted(PROFILES.glob("*.yaml")))
