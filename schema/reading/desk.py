"""Answers provincial supervisors by plans: read by the province's own role, bound to the caller's province."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from authz.actor import Actor
from casework.kernel.law import Regulation
from casework.reporting.province import may_compare, permissions_of
from schema.callers import Known
from schema.reading.binds import Filling
from schema.reading.lens import Lens
from schema.reading.plan import UNPLANNABLE, Plan
from schema.reading.reader import Answer, Planned, Reader
from schema.reading.selection import NotPlanned
from schema.reading.slots import shape_of, slotted
from schema.reading.values import NullInTheWay

NO_REGULATION = cast("Regulation", None)
"""A province has no regulation of its own; its fields ask for none."""


@dataclass(frozen=True)
class DeskReader(Reader):
    """Reads for provincial supervisors; its lanes are those of the province's role."""

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
        """Answer what is planned of an operation; None leaves all of it to the standard executor."""
        actor = caller.actor
        if actor is None or actor.province is None or not may_compare(actor):
            return None
        coerced = self._coerced(planned, variables)
        if coerced is None:
            return None
        try:
            plan = self.plan_for(planned, coerced, actor, actor.province)
        except UNPLANNABLE:
            return None
        if not plan.parts or (only_whole and plan.rest):
            return None
        now = self.office.clock.now()
        filling = Filling(actor.province, now, NO_REGULATION, {}, coerced)
        lens = Lens(actor, now, NO_REGULATION, lambda _key: None, variables=coerced)
        try:
            data = await self._assemble(plan, await self._columns(plan, filling, cost), lens, filling)
        except (NotPlanned, NullInTheWay):
            return None
        return Answer(data, plan)

    def plan_for(self, planned: Planned, coerced: Mapping[str, Any], actor: Actor, province: str) -> Plan:
        """Give the plan of an operation, the same for all provinces."""
        key = shape_of(planned.variables, coerced)
        plan = planned.plans.get(key)
        if plan is None:
            values = slotted(planned.variables, coerced)
            table = permissions_of(province)
            plan = self.planner.plan(*planned.asked(), coerced, values, table, actor)
            self.keep(planned, key, plan)
        return plan
