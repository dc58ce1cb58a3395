"""What anybody may know about this API."""

from datetime import datetime

import strawberry

from schema.context import Info
from schema.fields import public_field
from schema.reading.lens import Lens
from schema.reading.sources import Told

NAME, RELEASE = "Bangban 帮办", "0.1.0"


@strawberry.type(description="The API itself (接口说明).")
class About:
    """The API itself."""

    name: str = strawberry.field(description="Its name: Bangban 帮办.")
    release: str = strawberry.field(description="Release of the program (版本).")
    now: datetime = strawberry.field(description="The office's clock, by which limits are kept (系统时间).")


def told(lens: Lens) -> About:
    """Tell what the API is."""
    return About(name=NAME, release=RELEASE, now=lens.now)


@strawberry.type
class AboutQuery:
    """What callers without a token may read."""

    @public_field(Told(told))
    def about(self, info: Info) -> About:
        """The API itself; readable without a token, so that a new integrator sees that the way is open (接口说明)."""
        return About(name=NAME, release=RELEASE, now=info.context.office.clock.now())
