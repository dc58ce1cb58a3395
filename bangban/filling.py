"""Fills an empty database: the profiles of the cities, and the demonstration offices."""

import asyncio
from pathlib import Path

from bangban.connections import Connections
from bangban.loading import loading
from bangban.settings import Settings
from bangban.survey import Survey
from bangban.telling import Teller
from tenants.shipped import shipped_profiles

PUBLISHER = "system:bangban"


def publish_shipped(settings: Settings, connections: Connections, teller: Teller) -> None:
    """Publish the profiles that come with the program for every tenant that has none."""
    published = Survey(connections).published()
    missing = [path for path in shipped_profiles() if path.stem not in published]
    if missing:
        for tenant in publish_files(settings, connections, missing, PUBLISHER):
            teller.done(f"profile published: {tenant}")


def publish_files(settings: Settings, connections: Connections, paths: list[Path], by: str) -> list[str]:
    """Publish profiles from files; names the tenants whose profile changed by it."""
    with loading():
        from bangban.wiring import wire
        from casework.kernel.work import Office
        from casework.regulation.publish import publish
        from tenants.loader import load_profile

    profiles = [load_profile(path) for path in paths]
    wiring = wire(settings, connections)

    async def publish_all(office: Office) -> list[str]:
        try:
            return [
                profile.tenant
                for profile in profiles
                if await publish(office.database, wiring.clock, profile, by) is not None
            ]
        finally:
            await office.database.close()

    return asyncio.run(publish_all(wiring.make_office()))


def load_demo(
    settings: Settings, connections: Connections, teller: Teller, scale: float, seed: int | None, tenants: list[str]
) -> None:
    """Load the demonstration offices of the tenants that have none yet, or of the named ones among them."""
    from bangban import demo
    from bangban.keys import load_vault
    from casework.kernel.vault import open_vault

    open_vault(load_vault(settings))
    with teller.progress("loading demonstration offices") as bars:
        report = demo.load(
            connections,
            scale,
            demo.DEFAULT_SEED if seed is None else seed,
            bars.advance,
            tenants or None,
        )
    loaded = [city.tenant for city in report.cities if not city.skipped]
    if loaded:
        teller.done(f"demonstration offices: {', '.join(loaded)}", f"{report.total:,} rows in {report.seconds:.0f} s")
    else:
        teller.done("demonstration offices were there already")
