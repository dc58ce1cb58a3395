"""The kinds of teams that a city's text knows: who may form them, for what, and how many persons they want."""

from casework.kernel.errors import invalid
from casework.organisation.models import OrgUnit
from casework.organisation.requirements import BINDING, Span
from tenants.profile import Profile, Team


def known_kind(profile: Profile, code: str) -> Team:
    """Find the kind of team of this code, or refuse and name those that the text knows."""
    found = kind_or_none(profile, code)
    if found is None:
        codes = ", ".join(kind.code for kind in profile.teams) or "none"
        raise invalid(
            f"The regulation knows no team {code!r}; it knows {codes}.", "本地制度中没有该类队伍。", "code"
        )  # fmt: skip
    return found


def kind_or_none(profile: Profile, code: str) -> Team | None:
    """Find the kind of team of this code, if the revision in force still has it."""
    return next((kind for kind in profile.teams if kind.code == code), None)


def check_unit(kind: Team, unit: OrgUnit) -> None:
    """Refuse a team in a unit of a kind for which the text does not provide it."""
    if kind.unit_types and unit.unit_type not in kind.unit_types:
        raise invalid(
            f"The regulation provides {kind.code} for {', '.join(kind.unit_types)}, not for {unit.unit_type}.",
            f"制度未在该类机构设置“{kind.zh}”。", "unitId", rules=kind.basis.rules,
        )  # fmt: skip


def serves_one(kind: Team) -> bool:
    """Tell whether each team of a kind serves one project, enterprise or matter (TA-12-10, TA-12-11, TA-12-15)."""
    return kind.per is not None or bool(kind.serves)


def binding(kind: Team) -> bool:
    """Tell whether the wording obliges; "may follow this" does not (PX-B-5.1-5)."""
    return kind.force in BINDING


def demanded(kind: Team, unit_type: str) -> bool:
    """Tell whether a unit must have a team of a kind whatever comes; those that serve somebody wait for him."""
    return unit_type in kind.unit_types and binding(kind) and not serves_one(kind)


def span_of(kind: Team) -> Span:
    """Say how many members a team wants; where the text gives no number, one at least (default, Q25)."""
    return Span(1 if kind.min is None else kind.min, kind.max, rules=kind.basis.rules)


def stated(kind: Team) -> bool:
    """Tell whether the text itself puts the number, so that falling short is a breach of the regulation."""
    return binding(kind) and kind.min is not None and not kind.basis.default and "min" not in kind.basis.default_fields
