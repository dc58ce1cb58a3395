"""Take the units, staff and items of a city away in sheets that an import understands (导出)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from authz.decide import Resource
from casework.catalogue.import_sheets import LOAD_ITEMS
from casework.catalogue.item_register import facts_of_item, register_of_items
from casework.catalogue.item_sheet import ITEMS, item_columns
from casework.kernel.sheets import Table, example_of, table_of
from casework.kernel.work import Work
from casework.organisation.authority import OPERATOR_ACTION, TENANT_WIDE
from casework.organisation.models import StaffMember
from casework.organisation.post_sheet import POST_KEYS, posts_of_city, stands
from casework.organisation.staff_sheet import STAFF, facts_of_person, rows_of_person, staff_columns
from casework.organisation.unit_sheet import UNITS, facts_of_unit, register_of_units, unit_columns
from tenants.profile import Profile


@dataclass(frozen=True)
class ExportSheets:
    """What is taken away: the register as it stands, without what is over."""


async def export_sheets(work: Work, given: ExportSheets) -> dict[str, Table]:
    """Write down units, serving staff with their posts, and items; that names left the house is on record."""
    work.require(OPERATOR_ACTION, TENANT_WIDE)
    work.require(LOAD_ITEMS, Resource())
    units = await register_of_units(work)
    codes = {unit.id: unit.code for unit in units.values()}
    staff = await _staff(work, codes)
    items = [known for known in (await register_of_items(work)).values() if known.stands_on(work.today)]
    counts = {UNITS: len(units), STAFF: len({row["code"] for row in staff}), ITEMS: len(items)}
    work.audit("sheets.exported", "tenant", work.tenant, after={"counts": counts})
    return {
        UNITS: table_of(unit_columns(work.profile), (facts_of_unit(unit, codes) for unit in units.values())),
        STAFF: table_of(staff_columns(work.profile), staff),
        ITEMS: table_of(
            item_columns(work.profile), (row for known in items for row in facts_of_item(known, codes))
        ),
    }  # fmt: skip


async def _staff(work: Work, codes: dict[Any, str]) -> list[dict[str, Any]]:
    """Give the rows of all who serve, with the posts that they hold or will hold."""
    held = (await posts_of_city(work)).held
    serving = select(StaffMember).where(StaffMember.tenant_id == work.tenant, StaffMember.active)
    rows: list[dict[str, Any]] = []
    for person in (await work.session.scalars(serving.order_by(StaffMember.code))).all():
        posts = [
            {**{key: getattr(post, key) for key in POST_KEYS if key != "role_unit_code"}, "role_unit_code": where}
            for post in held.get(person.id, [])
            if stands(post, work.now) and (where := codes[post.unit_id])
        ]
        rows.extend(rows_of_person(facts_of_person(person, codes), posts))
    return rows


def templates(profile: Profile) -> dict[str, Table]:
    """Write empty sheets: headings, and one row that shows how they are filled in."""
    return {
        UNITS: example_of(unit_columns(profile)),
        STAFF: example_of(staff_columns(profile)),
        ITEMS: example_of(item_columns(profile)),
    }
