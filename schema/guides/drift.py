"""What a changed item touches, for those who write guides and handle cases: what is behind, and what stays promised."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

import strawberry
from sqlalchemy import Select

from casework.cases import drift
from casework.cases.models import CaseState
from casework.catalogue.models import LimitUnit
from casework.kernel.sight import Sight
from casework.organisation.models import OrgUnit
from schema.context import Info
from schema.fields import planned_field
from schema.filters import Operands, Themselves
from schema.ids import global_id
from schema.reading.lens import Lens
from schema.reading.sources import Chosen, Surveyed
from schema.rows import lenses


@strawberry.type(description="What one version of an item promises (事项承诺).")
class ItemPromise:
    """What one version of an item promises."""

    version_id: strawberry.ID = strawberry.field(description="Global id of the version (事项版本).")
    version: int = strawberry.field(description="Number of the version (版本).")
    valid_from: date = strawberry.field(description="First day (生效日).")
    limit_value: int | None = strawberry.field(description="Committed limit; null when settled at once (承诺时限).")
    limit_unit: LimitUnit | None = strawberry.field(description="In what the limit is counted (时限单位).")
    on_spot: bool = strawberry.field(description="Whether it can be settled on the spot (当场办结).")

    @classmethod
    def of(cls, row: Any) -> Self:
        """Show a version."""
        return cls(
            version_id=global_id("ServiceItemVersion", row.id),
            version=row.version,
            valid_from=row.valid_from,
            limit_value=row.limit_value,
            limit_unit=row.limit_unit,
            on_spot=row.on_spot,
        )


@strawberry.type(description="A published guide that tells what an item no longer says (需修订的指南).")
class GuideBehind:
    """A published guide that tells what an item no longer says."""

    guide_code: str = strawberry.field(description="Code of the guide (指南编号).")
    title_zh: str = strawberry.field(description="Title (标题).")
    published_version: int = strawberry.field(description="Its version that the public reads (公布版本).")
    item_code: str = strawberry.field(description="Code of the item (事项编码).")
    item_name_zh: str = strawberry.field(description="Name of the item (事项名称).")
    rests_on: ItemPromise = strawberry.field(description="What the guide tells (指南依据).")
    in_force: ItemPromise | None = strawberry.field(description="What is in force today; null when nothing is (现行).")


@strawberry.type(description="An open case that began before an item changed; its promise stays (变更前受理的在办件).")
class CaseBefore:
    """An open case that began before an item changed."""

    case_id: strawberry.ID = strawberry.field(description="Global id of the case (办件).")
    case_no: str = strawberry.field(description="Number of the case (办件编号).")
    state: CaseState = strawberry.field(description="Where it stands (状态).")
    item_code: str = strawberry.field(description="Code of the item (事项编码).")
    item_name_zh: str = strawberry.field(description="Name of the item (事项名称).")
    promised: ItemPromise = strawberry.field(
        description="What the applicant was promised, and what still holds (原承诺)."
    )
    in_force: ItemPromise | None = strawberry.field(description="What new requests get; null when nothing (现行).")


@strawberry.type(description="What changed items touch (事项变更影响).")
class GuideDrift:
    """What changed items touch."""

    guides: list[GuideBehind] = strawberry.field(description="Published guides to revise, by code (需修订的指南).")
    cases: list[CaseBefore] = strawberry.field(
        description="Open cases that keep what they were promised, by number; at most 200 (按原承诺办理的在办件)."
    )
    more_cases: bool = strawberry.field(description="Whether there are more cases than listed (是否还有更多).")


def today_of(versions: Sequence[Any], today: date) -> Any:
    """Choose the version that is in force on a day."""
    valid = [each for each in versions if each.valid_from <= today and (not each.valid_to or each.valid_to >= today)]
    return max(valid, key=lambda each: each.version, default=None)


def facts_of(row: Any, items: Mapping[UUID, Any], versions: Sequence[Any], today: date) -> dict[str, Any]:
    """Tell of a guide or a case which item it is about, and what is in force of it."""
    item = items[row.item_id]
    present = today_of([each for each in versions if each.item_id == row.item_id], today)
    in_force = None if present is None else ItemPromise.of(present)
    return {"item_code": item.code, "item_name_zh": item.name_zh, "in_force": in_force}


def judge(
    lens: Lens,
    guides: list[Any],
    cases: list[Any],
    items: list[Any],
    versions: list[Any],
    unit_code: str | None = None,
) -> GuideDrift:
    """Set beside each other what is told or promised, and what is in force."""
    today, by_item = lens.in_force.date_at(lens.now), {each.id: each for each in items}
    by_id = {each.id: ItemPromise.of(each) for each in versions}
    return GuideDrift(
        guides=[
            GuideBehind(
                guide_code=row.code,
                title_zh=row.title_zh,
                published_version=row.published_version,
                rests_on=by_id[row.item_version_id],
                **facts_of(row, by_item, versions, today),
            )
            for row in guides
        ],
        cases=[
            CaseBefore(
                case_id=global_id("Case", row.id),
                case_no=row.case_no,
                state=row.state,
                promised=by_id[row.item_version_id],
                **facts_of(row, by_item, versions, today),
            )
            for row in cases[: drift.MOST_CASES]
        ],
        more_cases=len(cases) > drift.MOST_CASES,
    )


def code_given(by: Operands, unit_code: Any) -> Any:
    """Give what stands for the code of a unit."""
    return None if unit_code is None else by.operand(unit_code, OrgUnit.code.type, lambda value: value)


def guides_of(by: Operands, sight: Sight, unit_code: Any = None) -> Select[Any]:
    """Write the statement for guides that are behind."""
    return drift.guides_behind(sight, code_given(by, unit_code))


def cases_of(by: Operands, sight: Sight, unit_code: Any = None) -> Select[Any]:
    """Write the statement for cases that began before."""
    return drift.cases_before(sight, code_given(by, unit_code))


def items_of(by: Operands, sight: Sight, unit_code: Any = None) -> Select[Any]:
    """Write the statement for the items."""
    return drift.items_changed(sight, code_given(by, unit_code))


def versions_of(by: Operands, sight: Sight, unit_code: Any = None) -> Select[Any]:
    """Write the statement for their versions."""
    return drift.versions_changed(sight, code_given(by, unit_code))


LISTS = (
    Chosen(drift.GUIDE_COLUMNS, guides_of, lambda rows: [rows.c.code, rows.c.item_id]),
    Chosen(drift.CASE_COLUMNS, cases_of, lambda rows: [rows.c.case_no]),
    Chosen(drift.ITEM_COLUMNS, items_of, lambda rows: [rows.c.code]),
    Chosen(drift.VERSION_COLUMNS, versions_of, lambda rows: [rows.c.item_id, rows.c.version]),
)
UnitCode = Annotated[
    str | None, strawberry.argument(description="Code of a unit, with all below it; everything if absent (机构代码).")
]


@strawberry.type
class DriftQuery:
    """Reading what changed items touch."""

    @planned_field(Surveyed(LISTS, judge))
    async def guide_drift(self, info: Info, unit_code: UnitCode = None) -> GuideDrift:
        """Published guides behind their items, and open cases that keep their older promise (事项变更影响)."""
        by = Themselves()
        async with info.context.turn:
            async with info.context.office.open(info.context.whose(), info.context.correlation_id) as work:
                guides = (await work.session.execute(guides_of(by, work.sight, unit_code))).all()
                cases = (await work.session.execute(cases_of(by, work.sight, unit_code))).all()
                items = (await work.session.execute(items_of(by, work.sight, unit_code))).all()
                versions = (await work.session.execute(versions_of(by, work.sight, unit_code))).all()
            lens = await lenses(info.context).load(None)
            return judge(lens, list(guides), list(cases), list(items), list(versions), unit_code)
