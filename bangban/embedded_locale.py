"""The character classes that the embedded PostgreSQL is initialised with."""

import locale
from functools import cache

CANDIDATES = ("C.UTF-8", "C.utf8", "en_US.UTF-8", "zh_CN.UTF-8", "UTF-8")


@cache
def letters_locale() -> str:
    """Find a LC_CTYPE of this machine that knows Chinese letters: without one pg_trgm sees none at all."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in CANDIDATES:
            try:
                return locale.setlocale(locale.LC_CTYPE, name)
            except locale.Error:
                continue
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
