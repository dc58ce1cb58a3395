"""Fixtures for the tests of profiles: the shipped files, and a file broken in one place."""

from __future__ import annotations

from collections.abc import Callable
from os.path import commonprefix

import pytest

from tenants.loader import PROFILES, Problem, ProfileInvalid, load_profile, parse_profile, shipped_profiles
from tenants.profile import Profile

CITIES = tuple(path.stem for path in shipped_profiles())

Breaker = Callable[[str, str], tuple[Problem, int]]


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


@pytest.fixture
def broken() -> Breaker:
    """Put one mistake into a shipped file; give back the one problem it causes, and the line of the mistake."""

    def breaker(right: str, wrong: str) -> tuple[Problem, int]:
        text = city_text("taian")
        assert text.count(right) == 1, f"{right!r} stands {text.count(right)} times in the file"
        place = text.index(right) + len(commonprefix([right, wrong]))
        problems = problems_of(text.replace(right, wrong))
        assert len(problems) == 1, "\n".join(str(problem) for problem in problems)
        return problems[0], text.count("\n", 0, place) + 1

    return breaker
