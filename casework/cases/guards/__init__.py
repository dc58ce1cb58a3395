"""The guards of a case; importing this package enters all of them into the registry."""

from casework.cases.guards import ending, intake, mandate, material
from casework.cases.guards.registry import GUARDS, guard, judge, judge_office

__all__ = ["GUARDS", "ending", "guard", "intake", "judge", "judge_office", "mandate", "material"]
