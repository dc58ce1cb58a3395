"""Write on the text of a guide; one that is published stays in force until the next version is (修订服务指南)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from casework.catalogue.guide_text import checked, kind_named
from casework.catalogue.guides import EDIT, chapter, co_authors_named, items_of, load_guide, note_writer, tell
from casework.catalogue.models import Guide, GuideState, ServiceItem, ServiceItemVersion
from casework.catalogue.prefill import prefilled
from casework.catalogue.queries import version_in_force
from casework.kernel.work import Work
from casework.organisation.models import OrgUnit
from tenants.profile import Guide as GuideKind


@dataclass(frozen=True)
class ReviseGuide:
    """What is written anew; fields that are not named stay, and follow the item where nobody wrote over them."""

    guide_id: UUID
    fields: Mapping[str, str] = field(default_factory=dict)
    title: str | None = None
    co_author_codes: tuple[str, ...] | None = None
    expected_version: int | None = None


async def revise_guide(work: Work, given: ReviseGuide) -> Guide:
    """Write on a guide; a text that was reviewed is reviewed again, and the published version does not change."""
    guide, unit = await load_guide(
        work, given.guide_id, EDIT, given.expected_version,
        GuideState.DRAFT, GuideState.REVIEWED, GuideState.PUBLISHED, GuideState.WITHDRAWN,
    )  # fmt: skip
    kind = kind_named(work.profile, guide.kind)
    contents = await follow_items(work, guide, unit, kind)
    guide.contents = {**contents, **checked(kind, given.fields)}
    guide.title_zh = (given.title or "").strip() or guide.title_zh
    if given.co_author_codes is not None:
        guide.co_author_ids = await co_authors_named(work, given.co_author_codes)
    guide.state = GuideState.DRAFT
    note_writer(work, guide)
    await work.session.flush()
    tell(work, guide, "revised", kind)
    return guide


async def follow_items(work: Work, guide: Guide, unit: OrgUnit, kind: GuideKind) -> dict[str, str]:
    """Go over to the item versions in force today; what was taken from the old ones is taken from the new ones."""
    before, after = [], []
    for each in await items_of(work, guide):
        item = await work.load(ServiceItem, each.item_id, "service item", "政务服务事项", "guideId")
        old = await work.load(ServiceItemVersion, each.item_version_id, "item version", "事项版本", "guideId")
        new = await version_in_force(work, item.id) or old
        before.append(await chapter(work, item, old))
        after.append(await chapter(work, item, new))
        each.item_version_id = new.id
    taken, now = prefilled(kind, unit, before), prefilled(kind, unit, after)
    contents = dict(guide.contents)
    for key, text in now.items():
        if contents.get(key, "") in ("", taken.get(key, "")):
            contents[key] = text
    return contents
