"""What may be told about a failure of our own: types, places in the code and SQL states, never a message.

Workers write logs too, so nothing of the schema's libraries is loaded here.
"""

import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

DEEPEST_CHAIN = 5
DEEPEST_PLACES = 12
HOUSE = f"{Path(__file__).parents[1]}/"


def places(error: BaseException) -> list[str]:
    """List where in the code an exception passed, deepest last, without source lines and without values."""
    passed = []
    for frame in traceback.extract_tb(error.__traceback__)[-DEEPEST_PLACES:]:
        file = frame.filename.rpartition("site-packages/")[2].removeprefix(HOUSE)
        passed.append(f"{file}:{frame.lineno} {frame.name}")
    return passed


def chain(error: BaseException) -> Iterable[BaseException]:
    """Walk from an exception to what caused it."""
    present: BaseException | None = error
    for _ in range(DEEPEST_CHAIN):
        if present is None:
            return
        yield present
        present = present.__cause__ or (None if present.__suppress_context__ else present.__context__)


def failure_facts(error: BaseException) -> list[dict[str, Any]]:
    """Describe a failure by types, places and SQL states; messages are left out because they quote values."""
    return [
        {
            "type": f"{type(link).__module__}.{type(link).__qualname__}",
            "sqlstate": getattr(link, "sqlstate", None),
            "places": places(link),
        }
        for link in chain(error)
    ]
