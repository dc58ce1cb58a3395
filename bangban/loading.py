"""Imports without the garbage collector in the way."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Load modules: what they make stays for as long as the process, so that nobody need look through it for garbage.

    While modules are loaded the collector would walk through all that was loaded before, again and again; that is a
    quarter of the start of the API. What is there in the end is kept out of later collections too.
    """
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collected:
            gc.enable()
