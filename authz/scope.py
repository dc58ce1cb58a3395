"""How far a permission reaches."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """The reach of one permission; the order of the members is the order in which a decision names them."""

    OWN_DATA = "s"
    PARTICIPANT = "c"
    UNIT = "u"
    SUBTREE = "t"
    TENANT = "a"
    PROVINCE = "p"
    TENANT_WITH_REASON = "a*"
    TENANT_WITH_APPROVER = "a**"

    @property
    def reason_required(self) -> bool:
        """Say whether the glass must be broken with a recorded reason."""
        return self in _WITH_REASON

    @property
    def holds_on_object(self) -> bool:
        """Say whether a role held on one object only, not in a unit, carries this permission over to that object."""
        return self in _ON_OBJECT

    @property
    def letter(self) -> str:
        """Give the reach alone, without the conditions on it."""
        return self.value[0]


_WITH_REASON = frozenset({Scope.TENANT_WITH_REASON, Scope.TENANT_WITH_APPROVER})
_ON_OBJECT = frozenset({Scope.PARTICIPANT, Scope.UNIT, Scope.SUBTREE})

ORDER = {scope: place for place, scope in enumerate(Scope)}
"""The place of each scope in the order of naming."""
