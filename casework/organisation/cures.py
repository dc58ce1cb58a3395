"""What would cure a gap in the staff of a unit: suggestions for people and for programs, in the order of least effort."""

from dataclasses import dataclass
from enum import StrEnum

from casework.organisation.models import Engagement
from casework.organisation.requirements import Requirement, Span


class CureKind(StrEnum):
    """What kind of step would cure a gap."""

    CONFIRM_REGISTRATION = "CONFIRM_REGISTRATION"
    CHANGE_ENGAGEMENT = "CHANGE_ENGAGEMENT"
    APPOINT = "APPOINT"
    APPOINT_POST_HOLDER = "APPOINT_POST_HOLDER"
    APPOINT_SAME_PERSON = "APPOINT_SAME_PERSON"
    RECORD_HEADCOUNT = "RECORD_HEADCOUNT"


ENGAGEMENTS_ZH = {Engagement.FULL_TIME.value: "专职", Engagement.PART_TIME.value: "兼职"}


@dataclass(frozen=True)
class Cure:
    """One suggestion: what to do with how many persons of which role; `advice` says that nothing obliges to it."""

    kind: CureKind
    role_code: str
    count: int
    engagement: Engagement | None
    advice: bool
    text: str
    text_zh: str

    @classmethod
    def of_condition(cls, wanted: Requirement, *, same_person: bool, count: int) -> "Cure":
        """Suggest how the persons in a role come to fulfil what the text demands of them."""
        if same_person:
            also = wanted.rule.also_role
            text = f"Give {also} to the person who is {wanted.role_code}."
            zh = f"由担任{wanted.role_zh}的同一人兼任“{also}”岗位。"
            return cls(CureKind.APPOINT_SAME_PERSON, str(also), count, None, False, text, zh)
        post, zh_post = (
            wanted.rule.must_hold_post,
            next(iter(wanted.rule.must_hold_post_zh), wanted.rule.must_hold_post),
        )
        text = f"Let the holder of the post {post} be {wanted.role_code}."
        return cls(
            CureKind.APPOINT_POST_HOLDER, wanted.role_code, count, None, False, text,
            f"由{zh_post}担任{wanted.role_zh}。",
        )  # fmt: skip


def cures_of(wanted: Requirement, span: Span | None, actual: int, waiting: int, otherwise: int) -> tuple[Cure, ...]:
    """Suggest what brings the number up: confirm who waits, engage otherwise who is there, appoint the rest.

    `waiting` persons hold the role and are not registered yet; `otherwise` hold it under another engagement.
    """
    if span is None:
        return (headcount_wanted(wanted),)
    advice = actual >= span.least or not wanted.binding
    missing = max(span.least, span.advised or 0) - actual
    steps = (
        (CureKind.CONFIRM_REGISTRATION, waiting),
        (CureKind.CHANGE_ENGAGEMENT, otherwise),
        (CureKind.APPOINT, missing),
    )
    found: list[Cure] = []
    for kind, available in steps:
        count = min(missing, available)
        if count > 0:
            found.append(step(kind, wanted, count, advice))
            missing -= count
    return tuple(found)


def headcount_wanted(wanted: Requirement) -> Cure:
    """Ask for the size of the window, without which no band can be told."""
    text, zh = "Record how many persons the window has.", "请登记该窗口人员总数，以确定应配人数。"
    return Cure(CureKind.RECORD_HEADCOUNT, wanted.role_code, 0, None, False, text, zh)


def step(kind: CureKind, wanted: Requirement, count: int, advice: bool) -> Cure:
    """Word one step for some persons of the role."""
    engagement = None if wanted.engagement is None else Engagement(wanted.engagement)
    how, how_zh = (
        (f" {engagement.value}", f"（{ENGAGEMENTS_ZH[engagement.value]}）") if engagement is not None else ("", "")
    )
    text, zh = {
        CureKind.CONFIRM_REGISTRATION: (
            f"Confirm the registration of {count} {wanted.role_code}.", f"确认{count}名{wanted.role_zh}的登记备案",
        ),
        CureKind.CHANGE_ENGAGEMENT: (
            f"Engage {count} {wanted.role_code}{how}.", f"将{count}名{wanted.role_zh}调整为规定的任职方式{how_zh}",
        ),
        CureKind.APPOINT: (
            f"Appoint {count} {wanted.role_code}{how}.", f"增配{count}名{wanted.role_zh}{how_zh}",
        ),
    }[kind]  # fmt: skip
    return Cure(kind, wanted.role_code, count, engagement, advice, text, f"{'建议' if advice else ''}{zh}。")
