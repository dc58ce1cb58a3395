"""The roots of the two schemas: what the rooms offer to a city's people, and what a province may read."""

import strawberry

from schema.about import AboutQuery
from schema.build import DoorSchema, build_schema
from schema.limits import Limits
from schema.nodes import NodeQuery


@strawberry.type(description="Everything that can be read (查询).")
class Query(AboutQuery, NodeQuery):
    """Everything that can be read in a city."""


@strawberry.type(name="Query", description="Everything that a provincial supervisor can read (省级查询).")
class ProvinceQuery(AboutQuery):
    """Everything that a provincial supervisor can read."""


def office_schema(limits: Limits | None = None) -> DoorSchema:
    """Make the schema of the cities' people and portals."""
    return build_schema(Query, limits=limits)


def province_schema(limits: Limits | None = None) -> DoorSchema:
    """Make the schema of the provincial supervisors."""
    return build_schema(ProvinceQuery, limits=limits)
