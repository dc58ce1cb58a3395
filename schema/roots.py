"""The roots of the two schemas: what the rooms offer to a city's people, and what a province may read."""

import strawberry

from casework.cases import in_hand as cases_in_hand
from casework.feedback import in_hand as callbacks_in_hand
from casework.relays import guards as relay_guards
from casework.relays import in_hand as legs_in_hand
from schema.about import AboutQuery
from schema.assessment.acts import AssessmentMutation, AssessmentQuery
from schema.build import DoorSchema, build_schema
from schema.cases.dashboard import DashboardQuery
from schema.cases.ending import EndingMutation
from schema.cases.handling import HandlingMutation
from schema.cases.intake import IntakeMutation
from schema.cases.queries import CaseQuery
from schema.catalogue import CatalogueQuery
from schema.deadlines import DayNode, DeadlineMutation, ShiftNode
from schema.feedback import FeedbackMutation, FeedbackQuery
from schema.guides.acts import GuideMutation, GuideQuery
from schema.guides.drift import DriftQuery
from schema.handing_over import HandoverMutation
from schema.handovers import HandoverQuery
from schema.limits import Limits
from schema.nodes import NodeQuery
from schema.organisation import OrganisationQuery
from schema.province import FiguresQuery
from schema.public.queries import PublicQuery
from schema.registration import RegistrationMutation, RegistrationQuery
from schema.regulation import RegulationQuery
from schema.relays.acts import RelayMutation, RelayQuery
from schema.staffing import StaffingMutation
from schema.staffing_report import StaffingQuery
from schema.team_report import TeamReportQuery
from schema.teams import TeamMutation, TeamQuery
from schema.training.acts import TrainingMutation
from schema.training.reads import TrainingQuery

TOLD_BY_HIGHER_ROOMS = (relay_guards, cases_in_hand, legs_in_hand, callbacks_in_hand)
"""Importing them enters what relays know of a case into the guards of cases, and who has what in hand into the organisation."""


@strawberry.type(description="Everything that can be read in a city (查询).")
class Query(
    AboutQuery,
    PublicQuery,
    NodeQuery,
    RegulationQuery,
    OrganisationQuery,
    CatalogueQuery,
    GuideQuery,
    DriftQuery,
    CaseQuery,
    DashboardQuery,
    RelayQuery,
    FeedbackQuery,
    HandoverQuery,
    StaffingQuery,
    RegistrationQuery,
    TeamQuery,
    TeamReportQuery,
    TrainingQuery,
    AssessmentQuery,
):
    """Everything that can be read in a city."""


@strawberry.type(description="Everything that can be done in a city (操作).")
class Mutation(
    IntakeMutation,
    HandlingMutation,
    EndingMutation,
    RelayMutation,
    FeedbackMutation,
    DeadlineMutation,
    StaffingMutation,
    HandoverMutation,
    RegistrationMutation,
    TeamMutation,
    TrainingMutation,
    AssessmentMutation,
    GuideMutation,
):
    """Everything that can be done in a city."""


@strawberry.type(name="Query", description="Everything that a provincial supervisor can read (省级查询).")
class ProvinceQuery(AboutQuery, FiguresQuery):
    """Everything that a provincial supervisor can read."""


def office_schema(limits: Limits | None = None) -> DoorSchema:
    """Make the schema of the cities' people and portals."""
    return build_schema(Query, Mutation, types=(DayNode, ShiftNode), limits=limits)


def province_schema(limits: Limits | None = None) -> DoorSchema:
    """Make the schema of the provincial supervisors."""
    return build_schema(ProvinceQuery, limits=limits)
