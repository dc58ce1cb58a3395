"""Asking for what is not one's own: every mutation with every id it takes, and answers compared byte by byte."""

from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
from graphql import (
    GraphQLEnumType,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    get_named_type,
    is_required_input_field,
)

from casework.kernel.ids import new_id
from schema.ids import global_id
from schema.roots import office_schema
from tests.stories.stack import Caller, input_type

KIND_OF = {
    "caseId": "Case",
    "documentId": "Document",
    "materialId": "Material",
    "materialIds": "Material",
    "arrived": "Material",
    "legId": "RelayLeg",
    "transferId": "CustodyTransfer",
    "callbackId": "Callback",
    "unitId": "Unit",
    "staffId": "StaffMember",
    "agentId": "StaffMember",
    "roleAssignmentId": "RoleAssignment",
    "requirementId": "MaterialRequirement",
    "registrationId": "StaffRegistration",
    "receiverId": "StaffMember",
    "handoverId": "DutyHandover",
    "itemIds": "HandoverItem",
    "incidentId": "HandoverIncident",
    "teamId": "Team",
    "parentTeamId": "Team",
    "memberId": "TeamMember",
    "planId": "TrainingPlan",
    "sessionId": "TrainingSession",
    "resultId": "TrainingResult",
    "schemeId": "AssessmentScheme",
    "assessmentId": "Assessment",
    "caseIds": "Case",
    "guideId": "Guide",
}
"""What an id in an input names."""

PLAIN = {
    "String": "x", "Int": 1, "Boolean": False, "DateTime": "2031-09-06T10:00:00+08:00", "LocalDate": "2031-09-06",
    "PhoneNumber": "15400000000",
}  # fmt: skip
NOT_OF_THE_ANSWER = frozenset({"date", "server"})


@dataclass(frozen=True)
class Attempt:
    """One mutation with one id that is not the caller's; everything else in it is in order."""

    mutation: str
    field: str

    @property
    def kind(self) -> str:
        """What the id names."""
        return KIND_OF[self.field]

    def values(self, wanted: str, own: dict[str, str]) -> dict[str, Any]:
        """Fill in the input: the wanted id, our own ids, and any value for the rest."""
        values: dict[str, Any] = {}
        for name, field in input_of(self.mutation).fields.items():
            if name == self.field:
                values[name] = [wanted] if isinstance(plain(field.type), GraphQLList) else wanted
            elif name in KIND_OF and is_required_input_field(field):
                values[name] = own.get(KIND_OF[name]) or never_was(KIND_OF[name])
            elif is_required_input_field(field):
                values[name] = some_value(field.type)
        return values


def schema() -> GraphQLSchema:
    """The schema of the cities' people."""
    return office_schema()._schema


def plain(kind: Any) -> Any:
    """Look under a non-null wrapper."""
    return kind.of_type if isinstance(kind, GraphQLNonNull) else kind


@cache
def input_of(mutation: str) -> GraphQLInputObjectType:
    """Find the input of a mutation."""
    found = schema().type_map[input_type(mutation)]
    assert isinstance(found, GraphQLInputObjectType)
    return found


def some_value(kind: Any) -> Any:
    """Give a value that fits a type."""
    kind = plain(kind)
    if isinstance(kind, GraphQLList):
        return []
    if isinstance(kind, GraphQLEnumType):
        return next(iter(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        return {name: some_value(field.type) for name, field in kind.fields.items() if is_required_input_field(field)}
    return PLAIN[kind.name]


def attempts() -> list[Attempt]:
    """Every id that any mutation takes."""
    found = []
    root = schema().mutation_type
    assert root is not None
    for mutation in root.fields:
        for name, field in input_of(mutation).fields.items():
            if is_id(field):
                assert name in KIND_OF, f"say in KIND_OF what {mutation}.{name} names"
                found.append(Attempt(mutation, name))
    return found


def is_id(field: GraphQLInputField) -> bool:
    """Ask whether a field takes a global id, or a list of them."""
    return bool(get_named_type(field.type).name == "ID")


def kinds_of_node() -> list[str]:
    """Every type of object that `node` can give."""
    interface = schema().type_map["Node"]
    return sorted(kind.name for kind in schema().get_possible_types(interface))  # type: ignore[arg-type]


def never_was(kind: str) -> str:
    """An id that nobody ever had."""
    return str(global_id(kind, new_id()))


def asked(caller: Caller, document: str, correlation_id: str, **variables: Any) -> httpx.Response:
    """Ask under a correlation id of one's own, so that two answers can be equal byte by byte."""
    tracked = Caller(caller.url, caller.token, {**caller.headers, "X-Correlation-Id": correlation_id})
    return tracked.post(document, variables)


def tried(caller: Caller, mutation: str, correlation_id: str, values: dict[str, Any]) -> httpx.Response:
    """Try a mutation and ask for all that a refusal tells."""
    document = (
        f"mutation($input: {input_type(mutation)}!) {{ {mutation}(input: $input) {{ userErrors "
        "{ code message messageZh path guard rules { id } lawfulNext { mutation } } } }"
    )
    return asked(caller, document, correlation_id, input=values)


def seen(response: httpx.Response) -> tuple[int, dict[str, str], bytes]:
    """All that a caller sees of an answer, but the time of day."""
    headers = {name: value for name, value in response.headers.items() if name not in NOT_OF_THE_ANSWER}
    return response.status_code, headers, response.content
