"""Adopt the measures of an assessment (制定考核办法, NX-6-1): what is looked at, and how many points it can have."""

from dataclasses import dataclass
from uuid import UUID

from authz.decide import Resource
from casework.assessment.events import SchemeAdopted
from casework.assessment.kinds import Ground, ground_of
from casework.assessment.models import AssessmentKind, AssessmentScheme
from casework.assessment.queries import ASSESS
from casework.kernel.errors import invalid
from casework.kernel.work import Work
from casework.organisation.queries import unit_by_id


@dataclass(frozen=True)
class Criterion:
    """One thing that is looked at, and the most points it can have."""

    name_zh: str
    points: int


@dataclass(frozen=True)
class AdoptScheme:
    """Which kind of assessment gets which criteria, for a unit and all below it."""

    unit_id: UUID
    kind: AssessmentKind
    title_zh: str
    criteria: tuple[Criterion, ...]


async def adopt_scheme(work: Work, given: AdoptScheme) -> AssessmentScheme:
    """Write down the measures of a unit; what the text wants looked at must be among them (NX-6-4)."""
    unit = await unit_by_id(work, given.unit_id)
    work.require(ASSESS, Resource(unit_path=unit.path), "unitId")
    ground = ground_of(work.profile, given.kind, "kind")
    if not given.title_zh.strip():
        raise invalid("The measures have a title.", "请填写考核办法名称。", "titleZh", rules=ground.basis.rules)
    check_criteria(ground, given.criteria)
    scheme = work.add(
        AssessmentScheme(
            kind=given.kind, unit_id=unit.id, title_zh=given.title_zh.strip(),
            criteria=[{"nameZh": each.name_zh.strip(), "points": each.points} for each in given.criteria],
            adopted_by=work.actor.staff_id, adopted_at=work.now,
        )
    )  # fmt: skip
    await work.session.flush()
    work.emit(SchemeAdopted(scheme.id, unit.id, given.kind.value, ground.basis.rules).told())
    return scheme


def check_criteria(ground: Ground, criteria: tuple[Criterion, ...]) -> None:
    """Demand criteria with points, each once, and among them all that the text wants looked at."""
    names = [each.name_zh.strip() for each in criteria]
    if not names or not all(names) or len(set(names)) != len(names):
        raise invalid("Name each criterion once.", "请填写考核内容，且不得重复。", "criteria", rules=ground.basis.rules)
    if any(each.points < 1 for each in criteria):
        raise invalid("A criterion has points.", "考核内容须设分值。", "criteria")
    missing = [wanted for wanted in ground.inputs if wanted not in names]
    if missing:
        raise invalid(
            f"The text wants {', '.join(missing)} looked at.", f"考核内容须包括：{'、'.join(missing)}。", "criteria",
            rules=ground.basis.rules,
        )  # fmt: skip
