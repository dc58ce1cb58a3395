"""The guards of a case; importing this package enters all of them into the registry."""

from casework.cases.guards import ending, intake, mandate, material
from casework.cases.guards.registry import GUARDS, Unmet, all_as_one, guard, judge

__all__ = ["GUARDS", "Unmet", "all_as_one", "ending", "guard", "intake", "judge", "mandate", "material"]
