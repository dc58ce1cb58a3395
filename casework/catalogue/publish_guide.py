"""Make a reviewed guide public as its next version, and take a guide back (公布、撤回)."""

from dataclasses import dataclass
from uuid import UUID

from casework.catalogue.guide_text import against_publishing, as_published, kind_named
from casework.catalogue.guides import PUBLISH, co_authors, items_of, load_guide, tell
from casework.catalogue.models import Guide, GuideBasis, GuideItem, GuideState, GuideVersion
from casework.catalogue.queries import version_in_force
from casework.kernel.errors import Code, Next, Refusal, invalid
from casework.kernel.gates import all_as_one
from casework.kernel.work import Work
from casework.organisation.models import OrgUnit
from tenants.profile import Guide as GuideKind

REVISE = Next("reviseGuide", "Write it from the item as it is now", "按现行事项修订")


@dataclass(frozen=True)
class PublishGuide:
    """Which reviewed text is published."""

    guide_id: UUID
    expected_version: int | None = None


async def publish_guide(work: Work, given: PublishGuide) -> Guide:
    """Publish a text with its number and date, unless a field that the city demands is empty (TA-11-1, PX-A-3.3-2)."""
    guide, unit = await load_guide(work, given.guide_id, PUBLISH, given.expected_version, GuideState.REVIEWED)
    kind = kind_named(work.profile, guide.kind)
    refusals = against_publishing(work.profile, kind, guide)
    if refusals:
        raise all_as_one(refusals)
    items = await items_of(work, guide)
    for each in items:
        await check_up_to_date(work, each)
    guide.published_version += 1
    guide.state, guide.writers = GuideState.PUBLISHED, []
    guide.withdrawn_at = guide.withdrawn_reason = None
    version = work.add(await text_of(work, guide, unit, kind))
    await work.session.flush()
    for each in items:
        work.add(GuideBasis(guide_version_id=version.id, item_id=each.item_id, item_version_id=each.item_version_id))
    await work.session.flush()
    tell(work, guide, "published", kind)
    return guide


async def check_up_to_date(work: Work, item: GuideItem) -> None:
    """Refuse a text that was written from a version of the item that is no longer in force."""
    present = await version_in_force(work, item.item_id)
    if present is None or present.id != item.item_version_id:
        raise Refusal(
            Code.CONFLICT,
            "The item has changed since the text was written.",
            "事项已变更,指南须按现行事项修订后公布。",
            ("guideId",),
            lawful_next=(REVISE,),
        )


async def text_of(work: Work, guide: Guide, unit: OrgUnit, kind: GuideKind) -> GuideVersion:
    """Write down the text as the public is shown it, with the names of that day."""
    return GuideVersion(
        guide_id=guide.id,
        version=guide.published_version,
        title_zh=guide.title_zh,
        kind_zh=kind.zh,
        unit_zh=unit.name_zh,
        contents=as_published(kind, guide.contents),
        authors_zh=[each.name_zh for each in await co_authors(work, guide)],
        rules=list(kind.basis.rules),
        published_at=work.now,
        published_by=work.actor.staff_id,
    )


@dataclass(frozen=True)
class WithdrawGuide:
    """Which guide is no longer shown, and why."""

    guide_id: UUID
    reason: str
    expected_version: int | None = None


async def withdraw_guide(work: Work, given: WithdrawGuide) -> Guide:
    """Take a guide from the public; its versions are kept, and the next one may be published later."""
    states = [state for state in GuideState if state is not GuideState.WITHDRAWN]
    guide, _ = await load_guide(work, given.guide_id, PUBLISH, given.expected_version, *states)
    if not given.reason.strip():
        raise invalid("Say why the guide is withdrawn.", "请填写撤回原因。", "reason")
    guide.state, guide.withdrawn_at, guide.withdrawn_reason = GuideState.WITHDRAWN, work.now, given.reason.strip()
    await work.session.flush()
    tell(work, guide, "withdrawn")
    return guide
