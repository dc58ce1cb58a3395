"""What a changed item touches: published guides that still tell the old, and open cases whose promise stays (事项变更影响).

A case keeps the version of the item that was in force when the request came in: its papers and its limit are those that
the applicant was told. A guide keeps its text until the next version is published. Both are listed, none is changed.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from casework.cases.lifecycle import ENDED
from casework.cases.models import Case, CaseState
from casework.cases.queries import visible_cases
from casework.catalogue.guides import visible_guides
from casework.catalogue.models import Guide, GuideBasis, GuideVersion, ServiceItem, ServiceItemVersion
from casework.kernel.sight import Sight
from casework.organisation.census import named
from casework.organisation.models import OrgUnit

CLOSED = tuple(sorted(ENDED | {CaseState.ARCHIVED}))
MOST_CASES = 200
Columns = tuple[InstrumentedAttribute[Any], ...]
GUIDE_COLUMNS: Columns = (
    Guide.code,
    Guide.title_zh,
    Guide.published_version,
    GuideBasis.item_id,
    GuideBasis.item_version_id,
)
CASE_COLUMNS: Columns = (Case.id, Case.case_no, Case.state, Case.item_id, Case.item_version_id)
ITEM_COLUMNS: Columns = (ServiceItem.id, ServiceItem.code, ServiceItem.name_zh)
VERSION_COLUMNS: Columns = (
    ServiceItemVersion.id,
    ServiceItemVersion.item_id,
    ServiceItemVersion.version,
    ServiceItemVersion.valid_from,
    ServiceItemVersion.valid_to,
    ServiceItemVersion.limit_value,
    ServiceItemVersion.limit_unit,
    ServiceItemVersion.on_spot,
)


def version_today(sight: Sight, item_id: ColumnElement[Any]) -> ColumnElement[Any]:
    """Write which version of an item is in force today; null where none is."""
    version = ServiceItemVersion.__table__.alias()
    return (
        select(version.c.id)
        .where(
            version.c.tenant_id == sight.tenant,
            version.c.item_id == item_id,
            version.c.valid_from <= sight.today,
            or_(version.c.valid_to.is_(None), version.c.valid_to >= sight.today),
        )
        .order_by(version.c.version.desc())
        .limit(1)
        .scalar_subquery()
    )


def units_named(sight: Sight, unit_code: Any) -> Select[Any]:
    """Choose the units that are asked about."""
    return select(OrgUnit.id).where(OrgUnit.tenant_id == sight.tenant, named(sight, unit_code, below=True))


def guides_behind(sight: Sight, unit_code: Any) -> Select[Any]:
    """Choose the guides shown to the public whose newest text rests on a version that is no longer in force."""
    newest = and_(
        GuideVersion.tenant_id == sight.tenant,
        GuideVersion.guide_id == Guide.id,
        GuideVersion.version == Guide.published_version,
    )
    return (
        select(*GUIDE_COLUMNS)
        .select_from(Guide)
        .join(GuideVersion, newest)
        .join(GuideBasis, and_(GuideBasis.tenant_id == sight.tenant, GuideBasis.guide_version_id == GuideVersion.id))
        .where(
            visible_guides(sight),
            Guide.unit_id.in_(units_named(sight, unit_code)),
            Guide.withdrawn_at.is_(None),
            GuideBasis.item_version_id.is_distinct_from(version_today(sight, GuideBasis.item_id.expression)),
        )
        .order_by(Guide.code, GuideBasis.item_id)
    )


def cases_before(sight: Sight, unit_code: Any) -> Select[Any]:
    """Choose the open cases that began under a version which is no longer in force, one more than are listed."""
    return (
        select(*CASE_COLUMNS)
        .select_from(Case)
        .where(
            visible_cases(sight),
            Case.unit_id.in_(units_named(sight, unit_code)),
            Case.state.not_in(CLOSED),
            Case.item_version_id.is_not(None),
            Case.item_version_id.is_distinct_from(version_today(sight, Case.item_id.expression)),
        )
        .order_by(Case.case_no)
        .limit(MOST_CASES + 1)
    )


def touched(sight: Sight, unit_code: Any) -> ColumnElement[bool]:
    """The condition that an item is one of those that guides or cases are behind."""
    guides = guides_behind(sight, unit_code).order_by(None).with_only_columns(GuideBasis.item_id.label("item_id"))
    cases = cases_before(sight, unit_code).with_only_columns(Case.item_id.label("item_id")).subquery()
    return ServiceItem.id.in_(union_all(guides, select(cases.c.item_id)))


def items_changed(sight: Sight, unit_code: Any) -> Select[Any]:
    """Choose the items that have changed."""
    return select(*ITEM_COLUMNS).where(ServiceItem.tenant_id == sight.tenant, touched(sight, unit_code))


def versions_changed(sight: Sight, unit_code: Any) -> Select[Any]:
    """Choose all versions of those items."""
    item = and_(ServiceItem.tenant_id == sight.tenant, ServiceItem.id == ServiceItemVersion.item_id)
    return (
        select(*VERSION_COLUMNS)
        .select_from(ServiceItemVersion)
        .join(ServiceItem, item)
        .where(ServiceItemVersion.tenant_id == sight.tenant, touched(sight, unit_code))
    )
