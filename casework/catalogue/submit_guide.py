"""Hand the text of a guide to its reviewer (送审)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from casework.catalogue.guide_text import kind_named
from casework.catalogue.guides import EDIT, co_authors, load_guide, note_writer, tell
from casework.catalogue.models import Guide, GuideState
from casework.kernel.errors import invalid
from casework.kernel.work import Work
from casework.organisation.models import OrgUnit
from tenants.profile import Guide as GuideKind

WRITE_WITH: Mapping[str, frozenset[str]] = MappingProxyType({"BUSINESS_DEPARTMENTS": frozenset({"DEPARTMENT"})})
"""Kinds of units that must be among the authors, by what a profile calls them."""


@dataclass(frozen=True)
class SubmitGuide:
    """Which text is to be reviewed."""

    guide_id: UUID
    expected_version: int | None = None


async def submit_guide(work: Work, given: SubmitGuide) -> Guide:
    """Submit a text for review; nobody writes on it meanwhile (TA-10-2)."""
    guide, unit = await load_guide(work, given.guide_id, EDIT, given.expected_version, GuideState.DRAFT)
    kind = kind_named(work.profile, guide.kind)
    await check_co_authors(work, kind, unit, guide)
    guide.state = GuideState.IN_REVIEW
    note_writer(work, guide)
    await work.session.flush()
    tell(work, guide, "submitted", kind)
    return guide


async def check_co_authors(work: Work, kind: GuideKind, unit: OrgUnit, guide: Guide) -> None:
    """Refuse a text that was written without those whom the city wants beside its unit (TA-10-2)."""
    wanted = WRITE_WITH.get(kind.co_authors.get(unit.tier, ""))
    if wanted is None or any(each.kind in wanted for each in await co_authors(work, guide)):
        return
    raise invalid(
        "Units of this tier write guides together with the business departments; name them.",
        "该层级机构须联合业务部门编制,请填写联合编制部门。",
        "guideId",
        rules=kind.basis.rules,
    )
