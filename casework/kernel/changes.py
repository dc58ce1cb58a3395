"""What this process changed of who people are: whoever remembers callers of a city looks them up again afterwards."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Changes:
    """Counts, for each city, the committed changes of its register, its posts, its units and its law."""

    _count: Counter[str] = field(default_factory=Counter)

    def note(self, tenant: str) -> None:
        """Note that something was committed."""
        self._count[tenant] += 1

    @property
    def all(self) -> dict[str, int]:
        """Give the numbers of all cities at this moment."""
        return dict(self._count)

    def of(self, tenant: str) -> int:
        """Give the number of changes so far; what was looked up under another number may be old."""
        return self._count.get(tenant, 0)
