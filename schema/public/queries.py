"""What anybody may ask without a token; everything else needs one."""

from typing import Annotated

import strawberry

from casework.catalogue.public import open_guide, open_guides, open_lists
from casework.kernel.work import Work
from casework.organisation.public import PageAfter, open_staff, open_unit_named, open_units_below
from schema.context import Info
from schema.errors import bad_input
from schema.fields import public_field
from schema.public.types import PublicGuide, PublicService, PublicUnit, PublicUnitEntry
from schema.public.window import read_publicly

Tenant = Annotated[str, strawberry.argument(description="Code of the city, such as taian (租户代码).")]
UnitCode = Annotated[str, strawberry.argument(description="Code of the unit (机构代码).")]
Below = Annotated[
    str | None,
    strawberry.argument(description="The unit whose direct units are wanted; the top ones if absent (上级机构)."),
]
GuideCode = Annotated[str, strawberry.argument(description="Code of the guide (编号).")]
OfUnit = Annotated[str | None, strawberry.argument(description="Only guides of this unit; all if absent (机构代码).")]


Limit = Annotated[int, strawberry.argument(description="How many, 1 to 100 (条数).")]
MOST = 100
After = Annotated[
    str | None,
    strawberry.argument(description="Code of the last one that was read; the first ones if absent (起点编码)."),
]


def check_limit(limit: int) -> int:
    """Check how many entries of a list are asked for."""
    if not 1 <= limit <= MOST:
        raise bad_input(f"limit must be from 1 to {MOST}.", f"limit的取值须为1至{MOST}。", "limit")
    return limit


async def unit_of(work: Work, code: str) -> PublicUnit | None:
    """Read a unit with the staff and the lists that the city publishes of it."""
    unit = await open_unit_named(work, code)
    if unit is None:
        return None
    return PublicUnit.of(unit, work.profile, await open_staff(work, unit), await open_lists(work, unit))


async def entries_of(work: Work, below: str | None, page: PageAfter) -> list[PublicUnitEntry]:
    """Read the units right below a unit."""
    return [
        PublicUnitEntry(code=unit.code, name_zh=unit.name_zh, tier=unit.tier, phone=unit.phone)
        for unit in await open_units_below(work, below, page)
    ]


async def guide_of(work: Work, code: str) -> PublicGuide | None:
    """Read the text of a guide that is in force."""
    found = await open_guide(work, code)
    return None if found is None else PublicGuide.of(found)


async def guides_of(work: Work, unit_code: str | None, page: PageAfter) -> list[PublicGuide]:
    """Read the guides that are in force."""
    return [PublicGuide.of(each) for each in await open_guides(work, page, unit_code)]


async def service_of(work: Work) -> PublicService:
    """Read how the city serves."""
    return PublicService.of(work.profile)


@strawberry.type
class PublicQuery:
    """What callers without a token may read of a city."""

    @public_field()
    async def public_service(self, info: Info, tenant: Tenant) -> PublicService | None:
        """How a city serves; readable without a token; null when there is no such city (运行机制公示)."""
        context = info.context
        return await read_publicly(context.office, tenant, context.correlation_id, service_of)

    @public_field()
    async def public_units(
        self, info: Info, tenant: Tenant, limit: Limit, below: Below = None, after: After = None
    ) -> list[PublicUnitEntry]:
        """Units that a city opens, level by level and by code; readable without a token (机构公示目录)."""
        context, page = info.context, PageAfter(check_limit(limit), after)
        found = await read_publicly(
            context.office, tenant, context.correlation_id, lambda work: entries_of(work, below, page)
        )
        return found or []

    @public_field()
    async def public_unit(self, info: Info, tenant: Tenant, code: UnitCode) -> PublicUnit | None:
        """A unit with the staff, telephones and lists that the city publishes; readable without a token (机构公示)."""
        context = info.context
        return await read_publicly(context.office, tenant, context.correlation_id, lambda work: unit_of(work, code))

    @public_field()
    async def public_guides(
        self, info: Info, tenant: Tenant, limit: Limit, unit_code: OfUnit = None, after: After = None
    ) -> list[PublicGuide]:
        """Published guides and handbooks by code; readable without a token (服务指南公示)."""
        context, page = info.context, PageAfter(check_limit(limit), after)
        found = await read_publicly(
            context.office, tenant, context.correlation_id, lambda work: guides_of(work, unit_code, page)
        )
        return found or []

    @public_field()
    async def public_guide(self, info: Info, tenant: Tenant, code: GuideCode) -> PublicGuide | None:
        """A published guide or handbook by its code; readable without a token (按编号查公开指南)."""
        context = info.context
        return await read_publicly(context.office, tenant, context.correlation_id, lambda work: guide_of(work, code))
