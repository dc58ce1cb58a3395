"""The staffing duty judged: required against actual for each unit, and what would cure what is missing (配备核查)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from casework.organisation.cures import Cure, cures_of
from casework.organisation.models import Engagement
from casework.organisation.requirements import Requirement, Span, requirements
from tenants.profile import Profile


class Verdict(StrEnum):
    """How the staff of a unit stand to one requirement."""

    MET = "MET"
    SHORT = "SHORT"
    OVER = "OVER"
    UNDEFINED = "UNDEFINED"
    ADVISORY = "ADVISORY"
    NOT_MET = "NOT_MET"


class Aspect(StrEnum):
    """What of a requirement a finding is about."""

    NUMBER = "NUMBER"
    POST = "POST"
    SAME_PERSON = "SAME_PERSON"


@dataclass(frozen=True)
class Place:
    """A unit as the staffing duty sees it; `headcount` is the number of persons at the window (Q22)."""

    id: UUID
    code: str
    name_zh: str
    unit_type: str
    tier: str
    path: str
    headcount: int | None


@dataclass(frozen=True)
class Held:
    """One post that somebody active holds at the instant of the report; `post` is the person's own post (职务)."""

    unit_id: UUID
    staff_id: UUID
    role_code: str
    engagement: Engagement
    post: str | None = None
    counts: bool = True
    """False while a registration is wanted and not confirmed (ZZ-3-2)."""


@dataclass(frozen=True)
class Finding:
    """One requirement judged in one unit; `stated` says that the text itself puts the number."""

    place: Place
    wanted: Requirement
    aspect: Aspect
    span: Span | None
    actual: int
    verdict: Verdict
    rules: tuple[str, ...]
    cures: tuple[Cure, ...]

    @property
    def stated(self) -> bool:
        """Tell whether falling short would be a breach of the regulation."""
        return self.wanted.stated and self.verdict not in (Verdict.UNDEFINED, Verdict.ADVISORY)


def verdict_of(actual: int, span: Span | None, binding: bool) -> Verdict:
    """Judge a number: too few is short, or advice where the wording does not oblige; more is information only (Q23, Q27)."""
    if span is None:
        return Verdict.UNDEFINED
    if actual < span.least:
        return Verdict.SHORT if binding else Verdict.ADVISORY
    if not span.defined:
        return Verdict.UNDEFINED
    return Verdict.OVER if span.most is not None and actual > span.most else Verdict.MET


def fits(engagement: Engagement, wanted: str | None) -> bool:
    """Tell whether a post is held as the text wants; who serves beside another post serves part of the time (兼职)."""
    return wanted is None or (engagement is Engagement.FULL_TIME) == (wanted == Engagement.FULL_TIME.value)


@dataclass(frozen=True)
class Judgement:
    """What follows from the numbers alone; units with the same numbers share it."""

    span: Span | None
    verdict: Verdict
    rules: tuple[str, ...]
    cures: tuple[Cure, ...]


def judgement(wanted: Requirement, headcount: int | None, actual: int, waiting: int, otherwise: int) -> Judgement:
    """Judge the numbers of one unit: who counts, who waits for a registration, who is engaged otherwise."""
    span = wanted.span(headcount)
    verdict = verdict_of(actual, span, wanted.binding)
    rules = tuple(dict.fromkeys((*wanted.basis.rules, *(span.rules if span else ()))))
    if span is not None and wanted.by_headcount and wanted.binding:
        rules = span.rules
    return Judgement(span, verdict, rules, cures_of(wanted, span, actual, waiting, otherwise))


Known = dict[tuple[Requirement, int | None, int, int, int], Judgement]
"""What was judged already in one report, by the numbers."""


def judged(place: Place, wanted: Requirement, posts: Sequence[Held], known: Known | None = None) -> list[Finding]:
    """Judge one requirement in one unit: the number, and then what the text demands of the persons."""
    counted: set[UUID] = set()
    waiting: set[UUID] = set()
    otherwise: set[UUID] = set()
    for held in posts:
        if held.role_code in wanted.roles:
            kind = counted if held.counts else waiting
            (kind if fits(held.engagement, wanted.engagement) else otherwise).add(held.staff_id)
    waiting -= counted
    size = place.headcount if wanted.by_headcount else None
    key = (wanted, size, len(counted), len(waiting), len(otherwise - waiting - counted))
    known = {} if known is None else known
    numbers = known.get(key) or known.setdefault(key, judgement(*key))
    found = Finding(
        place, wanted, Aspect.NUMBER, numbers.span, len(counted), numbers.verdict, numbers.rules, numbers.cures
    )
    return [found, *conditions(place, wanted, posts, counted)] if wanted.has_conditions else [found]


def conditions(place: Place, wanted: Requirement, posts: Sequence[Held], counted: set[UUID]) -> Iterable[Finding]:
    """Judge what the text demands of the persons who count; where there are none the number says it already."""
    if not counted:
        return
    post, also = wanted.rule.must_hold_post, wanted.rule.also_role
    if post is not None:
        titles = {post, *wanted.rule.must_hold_post_zh}
        heads = {held.staff_id for held in posts if held.staff_id in counted and held.post in titles}
        yield condition(place, wanted, Aspect.POST, len(heads), len(counted))
    if also is not None:
        both = {held.staff_id for held in posts if held.staff_id in counted and held.role_code == also}
        yield condition(place, wanted, Aspect.SAME_PERSON, len(both), len(counted))


def condition(place: Place, wanted: Requirement, aspect: Aspect, actual: int, of: int) -> Finding:
    """Judge how many of the persons who count fulfil a condition: all of them have to (TA-6-20, NX-1-1, Q28)."""
    met = actual == of
    cures = () if met else (Cure.of_condition(wanted, same_person=aspect is Aspect.SAME_PERSON, count=of - actual),)
    verdict = Verdict.MET if met else Verdict.NOT_MET
    return Finding(place, wanted, aspect, Span(of, of), actual, verdict, wanted.basis.rules, cures)


def report(profile: Profile, places: Iterable[Place], posts: Iterable[Held]) -> list[Finding]:
    """Judge every requirement of the city in every unit that it applies to, units in the order given."""
    wanted: dict[tuple[str, str], list[Requirement]] = {}
    by_unit: dict[UUID, list[Held]] = {}
    for held in posts:
        by_unit.setdefault(held.unit_id, []).append(held)
    everything = requirements(profile)
    known: Known = {}
    found: list[Finding] = []
    for place in places:
        key = (place.unit_type, place.tier)
        if key not in wanted:
            wanted[key] = [each for each in everything if each.applies_to(*key)]
        for requirement in wanted[key]:
            found.extend(judged(place, requirement, by_unit.get(place.id, ()), known))
    return found


def totals(findings: Iterable[Finding]) -> Mapping[Verdict, int]:
    """Count the findings by verdict; every verdict is named."""
    counted = dict.fromkeys(Verdict, 0)
    for finding in findings:
        counted[finding.verdict] += 1
    return counted
