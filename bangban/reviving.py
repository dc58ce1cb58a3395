"""Events that workers gave up, and having them tried again."""

import asyncio
from uuid import UUID

from bangban.connections import Connections
from bangban.faults import SetupError
from bangban.settings import Settings


def revive(settings: Settings, connections: Connections, city: str, events: list[UUID], by: str) -> int:
    """Have a city's given-up events tried again, all when none is named; gives how many."""
    from authz.actor import Actor
    from bangban.wiring import wire
    from casework.kernel.errors import Refusal
    from casework.kernel.revive import ReviveEvents, revive_events

    office = wire(settings, connections).make_office()

    async def carry_out() -> int:
        try:
            async with office.open(Actor.system(city, by)) as work:
                return len(await revive_events(work, ReviveEvents(tuple(events) or None)))
        finally:
            await office.database.close()

    try:
        return asyncio.run(carry_out())
    except Refusal as refusal:
        raise SetupError(f"{city}: {refusal.message}", "See `python -m bangban outbox list`.") from None
