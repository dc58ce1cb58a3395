"""What may be told about an unexpected error: its kind and its places in the code, never its message.

Messages of databases and libraries quote values, and values may be personal data.
"""

import traceback
from pathlib import Path

from dramatiq.errors import Retry

from casework.kernel.errors import Refusal

HOUSE = Path(__file__).resolve().parents[1]
DEEPEST_PLACES = 6


class JobFailedError(Retry):
    """A job failed and may be tried again; says only how, so that no broker keeps what we know about people."""


def kind_of(error: BaseException) -> str:
    """Name the kind of an error: its type, and the stable code when it is a refusal."""
    if isinstance(error, BaseExceptionGroup):
        return kind_of(error.exceptions[0])
    name = type(error).__name__
    return f"{name} {error.code.value}" if isinstance(error, Refusal) else name


def places_of(error: BaseException) -> list[str]:
    """Name the places in our own code that the error passed through, innermost last."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        f"{Path(frame.filename).relative_to(HOUSE)}:{frame.lineno}"
        for frame in frames
        if Path(frame.filename).is_relative_to(HOUSE) and ".venv" not in frame.filename
    ]
    return ours[-DEEPEST_PLACES:]
