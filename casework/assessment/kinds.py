"""The assessments that a city's text knows: by whom, of whom, and what they must look at."""

from collections.abc import Mapping
from dataclasses import dataclass

from casework.assessment.models import AssessmentKind
from casework.kernel.errors import invalid
from tenants.profile import Basis, Profile

ASSESS = "ASSESS"


@dataclass(frozen=True)
class Ground:
    """One kind of assessment of a city: `by` is the only role that may make it, `of_roles` whom it is of (empty: anybody)."""

    kind: AssessmentKind
    name_zh: str
    basis: Basis
    by: str | None = None
    of_roles: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()


def grounds(profile: Profile) -> Mapping[AssessmentKind, Ground]:
    """List the assessments of a city; that of the supervising unit is general where the text names no other."""
    watch, found = profile.oversight, {}
    if ASSESS in watch.supervisor_unit.functions:
        found[AssessmentKind.GENERAL] = Ground(AssessmentKind.GENERAL, "考核", watch.supervisor_unit.basis)
    named = (
        (AssessmentKind.GENERAL, watch.assessment),
        (AssessmentKind.SPECIAL, watch.special_assessment),
        (AssessmentKind.ANNUAL, watch.annual_assessment),
    )
    for kind, text in named:
        if text is not None:
            name = text.zh or text.use_zh or "考核"
            found[kind] = Ground(kind, name, text.basis, text.by, text.of_roles, text.inputs_zh)
    return found


def ground_of(profile: Profile, kind: AssessmentKind, *path: str) -> Ground:
    """Find what the text says of a kind of assessment, or refuse and name those that it knows."""
    found = grounds(profile)
    if kind not in found:
        known = ", ".join(found) or "none"
        raise invalid(
            f"The regulation knows no {kind.value} assessment; it knows {known}.", "本地制度未规定该类考核。", *path
        )
    return found[kind]


def decision_rules(profile: Profile, kind: AssessmentKind) -> tuple[str, ...]:
    """Name the rules on which a decision rests: those of the assessment, and those that let the better stay (NX-6-7)."""
    ground = grounds(profile).get(kind)
    stay = [rule for each in profile.staffing if each.end_reason_required for rule in each.basis.rules]
    return tuple(dict.fromkeys((*(ground.basis.rules if ground else ()), *stay)))
