"""Loading guides and what they rest on: who sees them, which items they are about, what they name."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select

from authz.decide import Resource
from casework.catalogue.events import GuideMoved
from casework.catalogue.guide_text import kind_or_none
from casework.catalogue.models import (
    Guide,
    GuideBasis,
    GuideItem,
    GuideState,
    GuideVersion,
    ServiceItem,
    ServiceItemVersion,
)
from casework.catalogue.prefill import Chapter
from casework.catalogue.queries import item_by_code, requirements, version_in_force
from casework.kernel.errors import Code, Refusal, invalid
from casework.kernel.sight import Sight
from casework.kernel.work import Work, check_version
from casework.organisation.models import OrgUnit
from casework.organisation.queries import paths_upward, unit_by_id, unit_named
from tenants.profile import Guide as GuideKind

EDIT, PUBLISH = "guide.edit", "guide.publish"


def visible_guides(sight: Sight) -> ColumnElement[bool]:
    """The condition that the caller writes guides for the unit; the public is shown what was published, never a draft."""
    unit = exists(
        select(OrgUnit.id).where(
            OrgUnit.tenant_id == sight.tenant,
            OrgUnit.id == Guide.unit_id,
            sight.reaching(EDIT, unit_path=OrgUnit.path.expression, participant_of=None, applicant_id=None),
        )
    )
    return and_(Guide.tenant_id == sight.tenant, unit)


async def load_guide(
    work: Work, guide_id: UUID, action: str, expected_version: int | None, *states: GuideState
) -> tuple[Guide, OrgUnit]:
    """Load a guide for a step that is possible in some states only, and its unit."""
    guide = await work.load(Guide, guide_id, "guide", "服务指南", "guideId", lock=True)
    unit = await unit_by_id(work, guide.unit_id)
    work.require(action, Resource(unit_path=unit.path), "guideId")
    check_version(guide, expected_version)
    if guide.state not in states:
        raise Refusal(
            Code.ILLEGAL_TRANSITION,
            f"The guide is {guide.state}; this is done while it is {' or '.join(states)}.",
            "服务指南当前状态不可执行该操作。",
            ("guideId",),
        )
    return guide, unit


async def guide_by_code(work: Work, code: str) -> Guide | None:
    """Find a guide of the city by its code, whoever asks."""
    query = select(Guide).where(Guide.tenant_id == work.tenant, Guide.code == code)
    return (await work.session.scalars(query)).one_or_none()


async def visible_guide(work: Work, code: str) -> Guide | None:
    """Find a guide by its code, if the caller writes guides for its unit."""
    query = select(Guide).where(Guide.code == code, visible_guides(work.sight))
    return (await work.session.scalars(query)).one_or_none()


async def items_of(work: Work, guide: Guide) -> Sequence[GuideItem]:
    """List what a guide is about, in order."""
    query = (
        select(GuideItem)
        .where(GuideItem.tenant_id == work.tenant, GuideItem.guide_id == guide.id)
        .order_by(GuideItem.position)
    )
    return (await work.session.scalars(query)).all()


async def chapters_named(work: Work, codes: Sequence[str]) -> list[Chapter]:
    """Load the items with these codes as they are in force today, and refuse one that is not."""
    found = []
    for code in dict.fromkeys(codes):
        item = await item_by_code(work, code)
        version = None if item is None else await version_in_force(work, item.id)
        if item is None or version is None:
            raise invalid(f"No item {code!r} is in force.", f"没有现行有效的事项“{code}”。", "itemCodes")
        found.append(await chapter(work, item, version))
    if not found:
        raise invalid("Name the items that the guide is about.", "请选择指南所涉事项。", "itemCodes")
    return found


async def chapter(work: Work, item: ServiceItem, version: ServiceItemVersion) -> Chapter:
    """Load the papers that a version asks for."""
    return Chapter(item, version, await requirements(work, version.id))


async def co_authors_named(work: Work, codes: Sequence[str]) -> list[str]:
    """Give the ids of the departments that write with the unit (TA-10-2)."""
    units = [await unit_named(work, code, "coAuthorCodes") for code in dict.fromkeys(codes)]
    return [str(unit.id) for unit in units]


async def co_authors(work: Work, guide: Guide) -> Sequence[OrgUnit]:
    """List the departments that write with the unit."""
    ids = [UUID(key) for key in guide.co_author_ids]
    query = select(OrgUnit).where(OrgUnit.tenant_id == work.tenant, OrgUnit.id.in_(ids)).order_by(OrgUnit.path)
    return (await work.session.scalars(query)).all()


def note_writer(work: Work, guide: Guide) -> None:
    """Note who wrote on the text, so that somebody else reviews it."""
    writer = str(work.actor.staff_id or work.actor.key)
    guide.writers = [*(each for each in guide.writers if each != writer), writer]


def tell(work: Work, guide: Guide, step: str, kind: GuideKind | None = None) -> None:
    """Tell that a guide went a step on."""
    known = kind or kind_or_none(work.profile, guide.kind)
    rules = known.basis.rules if known else ()
    work.emit(GuideMoved(guide.id, step, guide.unit_id, guide.kind, guide.published_version, rules).told())


async def text_told(work: Work, unit_path: str, item_version_id: UUID | None) -> UUID | None:
    """Find the published text of a unit, or of the nearest above it, that tells this version of an item (TA-18-7)."""
    if item_version_id is None:
        return None
    basis = and_(GuideBasis.tenant_id == work.tenant, GuideBasis.guide_version_id == GuideVersion.id)
    query = (
        select(GuideVersion.id)
        .join(GuideBasis, basis)
        .join(Guide, and_(Guide.tenant_id == work.tenant, Guide.id == GuideVersion.guide_id))
        .join(OrgUnit, and_(OrgUnit.tenant_id == work.tenant, OrgUnit.id == Guide.unit_id))
        .where(
            GuideVersion.tenant_id == work.tenant,
            GuideBasis.item_version_id == item_version_id,
            Guide.withdrawn_at.is_(None),
            OrgUnit.path.in_(paths_upward(unit_path)),
        )
        .order_by(func.length(OrgUnit.path).desc(), GuideVersion.version.desc())
        .limit(1)
    )
    return (await work.session.scalars(query)).one_or_none()
