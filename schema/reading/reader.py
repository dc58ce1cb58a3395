"""Answers queries by their plans: one look-up, one round trip, one assembling; else says that it cannot."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from graphql import FragmentDefinitionNode, OperationDefinitionNode, VariableDefinitionNode, get_variable_values

from casework.kernel.errors import not_found
from casework.kernel.lanes import Lanes, TookTooLong
from casework.kernel.law import Regulation
from casework.kernel.work import Office
from schema.callers import Known
from schema.errors import busy, too_slow
from schema.reading.binds import Filling
from schema.reading.lens import Lens, NotOnShelf
from schema.reading.plan import UNPLANNABLE, Plan, Planner
from schema.reading.selection import NotPlanned
from schema.reading.slots import VariableForm, forms, plain_values, shape_of, slotted
from schema.reading.values import NullInTheWay

MOST_SHAPES = 24
"""Plans kept for one operation; one that is asked in more shapes than this has them planned anew."""
UNCOMPUTABLE = (LookupError, ValueError, TypeError, AttributeError)
LIGHT_COST, LIGHT_MS, HEAVY_MS = 500, 3_000, 15_000


Asking = tuple[OperationDefinitionNode, Mapping[str, FragmentDefinitionNode]]
"""An operation as it was parsed, with the fragments of its document."""


@dataclass
class Planned:
    """The plans of one operation of a document; `asked` gives what was parsed of it."""

    asked: Callable[[], Asking]
    definitions: Sequence[VariableDefinitionNode]
    variables: tuple[VariableForm, ...]
    plans: dict[Any, Plan] = field(default_factory=dict)


@dataclass(slots=True)
class Answer:
    """The planned part of an answer, and the plan that says what is missing of it."""

    data: dict[str, Any]
    plan: Plan


@dataclass(frozen=True)
class Reader:
    """Reads for callers of cities over one schema."""

    planner: Planner
    office: Office
    lanes: Lanes

    def prepare(self, asked: Callable[[], Asking]) -> Planned | None:
        """Prepare an operation for its plans; None where its variables have no types that are known."""
        operation, _ = asked()
        try:
            return Planned(asked, operation.variable_definitions or (), forms(self.planner.schema, operation))
        except UNPLANNABLE:
            return None

    async def read(
        self,
        planned: Planned,
        variables: Mapping[str, Any],
        caller: Known,
        cost: int,
        correlation_id: str,
        *,
        only_whole: bool = False,
    ) -> Answer | None:
        """Answer what is planned of an operation; None leaves all of it to the standard executor.

        `only_whole` reads nothing unless all of the operation is planned.
        """
        actor, in_force = caller.actor, caller.in_force
        if actor is None or actor.tenant is None or in_force is None or caller.outlook is None:
            return None
        coerced = self._coerced(planned, variables)
        if coerced is None:
            return None
        try:
            plan = self._plan(planned, coerced, caller)
        except UNPLANNABLE:
            return None
        if not plan.parts or (only_whole and plan.rest):
            return None
        now = self.office.clock.now()
        filling = Filling(actor.tenant, now, in_force, caller.values, coerced)
        known = self.office.regulations.known
        tenant = actor.tenant
        lens = Lens(actor, now, in_force, lambda key: known(tenant, key), variables=coerced)
        try:
            columns = await self._columns(plan, filling, cost) if plan.statement is not None else []
            data = await self._assemble(plan, columns, lens, filling)
        except (NotPlanned, NullInTheWay):
            return None
        if plan.may_be_vain:
            await self._note(plan, data, filling, caller, correlation_id)
        return Answer(data, plan)

    def _coerced(self, planned: Planned, variables: Mapping[str, Any]) -> Mapping[str, Any] | None:
        plain = plain_values(planned.variables, variables)
        if plain is not None:
            return plain
        found = get_variable_values(self.planner.schema, planned.definitions, dict(variables))
        return None if isinstance(found, list) else found.coerced

    def _plan(self, planned: Planned, coerced: Mapping[str, Any], caller: Known) -> Plan:
        if caller.actor is None or caller.in_force is None or caller.outlook is None:
            raise LookupError("a plan is made for callers of a city")
        key = (shape_of(planned.variables, coerced), caller.outlook.form)
        plan = planned.plans.get(key)
        if plan is None:
            values = slotted(planned.variables, coerced)
            plan = self.planner.plan(*planned.asked(), coerced, values, caller.in_force.table, caller.actor)
            self.keep(planned, key, plan)
        return plan

    def keep(self, planned: Planned, key: Any, plan: Plan) -> None:
        """Keep a plan; when there are too many of one operation, all are made anew."""
        if len(planned.plans) >= MOST_SHAPES:
            planned.plans.clear()
        planned.plans[key] = plan

    async def _columns(self, plan: Plan, filling: Filling, cost: int) -> list[bytes | None]:
        if plan.statement is None:
            return []
        timeout = LIGHT_MS if cost <= LIGHT_COST else HEAVY_MS
        try:
            return await self.lanes.ask(filling.tenant, plan.statement, plan.values(filling), timeout)
        except TookTooLong:
            raise too_slow(timeout / 1000) from None
        except TimeoutError:
            raise busy() from None

    async def _assemble(self, plan: Plan, columns: list[bytes | None], lens: Lens, filling: Filling) -> dict[str, Any]:
        while True:
            try:
                return plan.assemble(columns, lens, filling)
            except NotOnShelf as missing:
                lens.fetched[missing.revision_id] = await self._fetch(lens, missing.revision_id)
            except UNCOMPUTABLE as error:
                # One field that cannot be computed fails alone, which the standard executor knows how to do.
                raise NotPlanned("computing") from error

    async def _fetch(self, lens: Lens, revision_id: UUID) -> Regulation:
        async with self.office.open(lens.actor) as work:
            return await work.pinned(revision_id)

    async def _note(
        self, plan: Plan, data: Mapping[str, Any], filling: Filling, caller: Known, correlation_id: str
    ) -> None:
        """Leave a trace of each id that answered "not found": it may be somebody else's (S-X-02)."""
        for key, part in plan.parts.items():
            for reading, row_id in part.vain(data[key], filling) if part.vain is not None else ():
                if caller.actor is not None:
                    refusal = not_found("object", "对象", target=row_id)
                    await self.office.audit_attempt(caller.actor, reading, refusal, correlation_id)
