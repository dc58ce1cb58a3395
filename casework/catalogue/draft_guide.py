"""Begin a guide or handbook for an item, or one guide for a bundle of items (编制服务指南、服务手册)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from authz.decide import Resource
from casework.catalogue.guide_text import checked, kind_named
from casework.catalogue.guides import EDIT, chapters_named, co_authors_named, guide_by_code, note_writer, tell
from casework.catalogue.models import Guide, GuideItem, GuideState
from casework.catalogue.prefill import Chapter, prefilled
from casework.kernel.errors import Code, Refusal, invalid
from casework.kernel.work import Work
from casework.organisation.models import OrgUnit
from casework.organisation.queries import unit_named
from tenants.profile import Guide as GuideKind
from tenants.profile import Profile

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")


@dataclass(frozen=True)
class DraftGuide:
    """Which unit begins which kind of guide about which items; what the register does not know is filled in."""

    unit_code: str
    kind: str
    item_codes: tuple[str, ...]
    code: str | None = None
    title: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    co_author_codes: tuple[str, ...] = ()


async def draft_guide(work: Work, given: DraftGuide) -> Guide:
    """Begin a guide, filled in with what the items in force and the unit already say (TA-10-2, TA-10-4, NX-3-1)."""
    unit = await unit_named(work, given.unit_code)
    work.require(EDIT, Resource(unit_path=unit.path), "unitCode")
    kind = kind_named(work.profile, given.kind)
    check_compiler(kind, unit)
    chapters = await chapters_named(work, given.item_codes)
    check_items(work.profile, kind, chapters)
    if given.code is None and len(chapters) > 1:
        raise invalid("A guide of several items needs a code.", "多事项指南须填写编号。", "code")
    code = given.code or f"{unit.code}-{chapters[0].item.code}"
    if not CODE.fullmatch(code):
        raise invalid("A code has 1 to 80 letters, digits, - or _.", "编号应为1至80位字母、数字或-_。", "code")
    if await guide_by_code(work, code) is not None:
        raise Refusal(Code.CONFLICT, f"There is a guide {code} already.", f"指南编号{code}已存在。", ("code",))
    await check_only_one(work, kind, unit, chapters)
    departments = [str(chapter.item.department_id) for chapter in chapters if chapter.item.department_id != unit.id]
    guide = work.add(
        Guide(
            code=code,
            kind=kind.code,
            unit_id=unit.id,
            title_zh=(given.title or "").strip() or f"{chapters[0].item.name_zh}{kind.zh}",
            state=GuideState.DRAFT,
            contents={**prefilled(kind, unit, chapters), **checked(kind, given.fields)},
            co_author_ids=await co_authors_named(work, given.co_author_codes) or list(dict.fromkeys(departments)),
            writers=[],
            published_version=0,
        )
    )
    note_writer(work, guide)
    await work.session.flush()
    enter_items(work, guide, chapters)
    tell(work, guide, "drafted", kind)
    return guide


def enter_items(work: Work, guide: Guide, chapters: Sequence[Chapter]) -> None:
    """Write down which items the guide is about, and from which version of each the text was written."""
    for position, chapter in enumerate(chapters, start=1):
        work.add(
            GuideItem(guide_id=guide.id, position=position, item_id=chapter.item.id, item_version_id=chapter.version.id)
        )


def check_compiler(kind: GuideKind, unit: OrgUnit) -> None:
    """Refuse a unit of a tier or type that does not compile this kind of guide (TA-10-2, TA-10-4, NX-3-1)."""
    if (kind.tiers and unit.tier not in kind.tiers) or (kind.compiled_by and unit.unit_type not in kind.compiled_by):
        raise invalid(
            f"A {kind.code} is not compiled by this unit.",
            f"“{kind.zh}”不由该机构编制。",
            "unitCode",
            rules=kind.basis.rules,
        )


def check_items(profile: Profile, kind: GuideKind, chapters: Sequence[Chapter]) -> None:
    """Refuse one guide for several items, or a bundle of too few items or departments (PX-A-2-1)."""
    bundle = profile.bundles.definition if kind.compiled_by_lead else None
    if bundle is None and len(chapters) > 1:
        raise invalid("This kind of guide is about one item.", f"“{kind.zh}”只涉及一个事项。", "itemCodes")
    departments = {chapter.item.department_id for chapter in chapters}
    if bundle is not None and (len(chapters) < bundle.min_items or len(departments) < bundle.min_departments):
        raise invalid(
            f"A bundle has at least {bundle.min_items} items of {bundle.min_departments} departments.",
            f"“一件事”至少包含{bundle.min_departments}个部门的{bundle.min_items}个事项。",
            "itemCodes",
            rules=bundle.basis.rules,
        )


async def check_only_one(work: Work, kind: GuideKind, unit: OrgUnit, chapters: Sequence[Chapter]) -> None:
    """Refuse a second guide about the same item: hall and online services show the same one (NX-3-4)."""
    if len(chapters) > 1:
        return
    query = (
        select(Guide.code)
        .join(GuideItem, (GuideItem.tenant_id == work.tenant) & (GuideItem.guide_id == Guide.id))
        .where(
            Guide.tenant_id == work.tenant,
            Guide.unit_id == unit.id,
            Guide.kind == kind.code,
            Guide.state != GuideState.WITHDRAWN,
            GuideItem.item_id == chapters[0].item.id,
        )
    )
    other = await work.session.scalar(query.limit(1))
    if other is not None:
        raise Refusal(
            Code.CONFLICT,
            f"The unit has the guide {other} about this item; revise that one.",
            f"该机构已有该事项的指南{other},请修订原指南。",
            ("itemCodes",),
            kind.basis.rules,
        )
