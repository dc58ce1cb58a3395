"""Fixtures for the tests of profiles: the shipped files, and a file broken in one place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tenants.loader import PROFILES, Problem, ProfileInvalid, load_profile, parse_profile, shipped_profiles
from tenants.profile import Profile

CITIES = tuple(path.stem for path in shipped_profiles())

Breaker = Callable[[str, str, str], tuple[tuple[Problem, ...], int, int]]


@pytest.fixture(scope="session")
def profiles() -> dict[str, Profile]:
    return {path.stem: load_profile(path) for path in shipped_profiles()}


@pytest.fixture(params=CITIES)
def city(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def profile(city: str, profiles: dict[str, Profile]) -> Profile:
    return profiles[city]


def city_text(name: str) -> str:
    return (PROFILES / f"{name}.yaml").read_text(encoding="utf-8")


def problems_of(text: str) -> tuple[Problem, ...]:
    with pytest.raises(ProfileInvalid) as caught:
        parse_profile(text, "city.yaml")
    return caught.value.problems


def same_beginning(right: str, wrong: str) -> int:
    return next(
        (place for place, (a, b) in enumerate(zip(right, wrong, strict=False)) if a != b), min(len(right), len(wrong))
    )


@pytest.fixture
def broken() -> Breaker:
    """Put one mistake into a shipped file after an anchor; give back its problems, its line, and the anchor's line."""

    def breaker(anchor: str, right: str, wrong: str) -> tuple[tuple[Problem, ...], int, int]:
        text = city_text("taian")
        part = text.index(anchor)
        place = text.index(right, part)
        changed = place + same_beginning(right, wrong)
        problems = problems_of(text[:place] + wrong + text[place + len(right) :])
        return problems, text.count("\n", 0, changed) + 1, text.count("\n", 0, part) + 1

    return breaker
