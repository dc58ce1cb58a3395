"""Blueprints: what the demonstration office of a city looks like, read from the files beside the code."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

FOLDER = Path(__file__).parent
"""Where the files of the demonstration lie."""


class Part(BaseModel):
    """A part of a blueprint: cannot be changed, knows no unlisted key."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class StaffPlan(Part):
    """Some people in one role; `also` are further roles of the same persons."""

    role: str
    count: int = 1
    post: str
    engagement: str = "FULL_TIME"
    source: str = "OWN"
    also: tuple[str, ...] = ()


class WindowPlan(Part):
    """A window, desk or zone of a unit; `responsible` is the role of the person named for it (TA-5-6)."""

    type: str
    name: str
    headcount: int | None = None
    whole_unit: bool = False
    responsible: str | None = None


class DepartmentPlan(Part):
    """One department settled in a hall, with its headcount and the counts that differ from the usual ones."""

    department: str
    headcount: int
    counts: dict[str, int] = Field(default_factory=dict)


class DepartmentsPlan(Part):
    """The departments settled in a hall: what all have, and one line for each."""

    unit_type: str
    name: str
    windows: tuple[WindowPlan, ...] = ()
    staff: tuple[StaffPlan, ...] = ()
    each: tuple[DepartmentPlan, ...]


class UnitPlan(Part):
    """A unit at every division of a level, or below another unit; `repeat` makes several of a kind."""

    unit_type: str
    name: str
    suffix: str = ""
    repeat: int = 1
    tier: str | None = None
    headcount: int | None = None
    windows: tuple[WindowPlan, ...] = ()
    staff: tuple[StaffPlan, ...] = ()
    children: tuple["UnitPlan", ...] = ()
    departments: DepartmentsPlan | None = None


class ListPlan(Part):
    """A list that every unit of a type keeps, and which items stand on it."""

    code: str
    unit_type: str
    level: str | None = None
    own_department: bool = False
    bundles: bool = False
    on_spot: bool = False


class Person(Part):
    """A well-known member of staff: a stable code, a post in a unit, and the neutral role it stands for."""

    code: str
    role: str
    unit: str
    neutral: str


class PortalApplicant(Part):
    """A well-known applicant; the code is also the subject the portal vouches for."""

    code: str
    subject: str
    tags: tuple[str, ...] = ()


class Blueprint(Part):
    """The whole demonstration office of one city."""

    tenant: str
    area_code: str
    applicants: int
    levels: dict[str, str]
    departments: dict[str, str]
    units: dict[str, UnitPlan]
    lists: tuple[ListPlan, ...]
    people: tuple[Person, ...]
    portal: tuple[PortalApplicant, ...]


class PaperPlan(Part):
    """A paper that items ask for."""

    name: str
    original: bool
    copies: int
    way: str


class ItemPlan(Part):
    """A kind of service item; `at` are the levels that may handle it, `listed` those whose lists hold it."""

    code: str
    name: str
    type: str
    theme: str
    limit: int | None = None
    unit: str = "WORKING_DAYS"
    on_spot: bool = False
    at: tuple[str, ...]
    listed: tuple[str, ...]
    settled: bool = True
    personal: bool = False
    bundle: bool = False
    papers: tuple[str, ...]
    deferrable: tuple[str, ...] = ()
    commitment: tuple[str, ...] = ()

    @property
    def department(self) -> str:
        """The department that decides: the first part of the code."""
        return self.code.partition("-")[0]


class Items(Part):
    """All kinds of service items and the papers they ask for."""

    papers: dict[str, PaperPlan]
    items: tuple[ItemPlan, ...]


class Names(Part):
    """What names of fictional persons and organisations are put together from."""

    surnames: str
    given: str
    words: str
    trades: tuple[str, ...]


@cache
def tenants_planned() -> tuple[str, ...]:
    """List the cities that have a blueprint."""
    return tuple(sorted(path.stem for path in (FOLDER / "cities").glob("*.yaml")))


@cache
def blueprint_of(tenant: str) -> Blueprint:
    """Read the blueprint of a city; a KeyError means there is none."""
    if tenant not in tenants_planned():
        raise KeyError(tenant)
    return Blueprint.model_validate(_read(FOLDER / "cities" / f"{tenant}.yaml"))


@cache
def all_items() -> Items:
    """Read the kinds of service items."""
    return Items.model_validate(_read(FOLDER / "items.yaml"))


@cache
def all_names() -> Names:
    """Read the parts of fictional names."""
    return Names.model_validate(_read(FOLDER / "names.yaml"))


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
