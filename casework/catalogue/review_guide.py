"""Look a guide through before the public sees it; nobody reviews what he wrote himself (审核)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from casework.catalogue.guide_text import kind_named
from casework.catalogue.guides import EDIT, load_guide, tell
from casework.catalogue.models import Guide, GuideReview, GuideState
from casework.kernel.errors import Code, Refusal, invalid
from casework.kernel.work import Work
from tenants.profile import Guide as GuideKind


@dataclass(frozen=True)
class ReviewGuide:
    """What the reviewer found: whether each quality that the city wants is met, and the verdict."""

    guide_id: UUID
    approved: bool
    qualities: Mapping[str, bool] = field(default_factory=dict)
    note: str | None = None
    expected_version: int | None = None


async def review_guide(work: Work, given: ReviewGuide) -> Guide:
    """Approve a text, or return it to its writers with the reason; the finding is kept (TA-10-2, NX-3-3)."""
    guide, _ = await load_guide(work, given.guide_id, EDIT, given.expected_version, GuideState.IN_REVIEW)
    kind = kind_named(work.profile, guide.kind)
    if str(work.actor.staff_id or work.actor.key) in guide.writers:
        raise Refusal(
            Code.SEPARATION_OF_DUTIES,
            "Who wrote the text does not review it.",
            "编制人不得审核本人编制的指南。",
            ("guideId",),
            kind.basis.rules,
        )
    check_finding(kind, given)
    work.add(
        GuideReview(
            guide_id=guide.id,
            reviewer_id=work.actor.staff_id,
            approved=given.approved,
            qualities=[{"quality": quality, "met": given.qualities.get(quality, False)} for quality in kind.quality_zh],
            note=given.note.strip() if given.note else None,
            reviewed_at=work.now,
        )
    )
    guide.state = GuideState.REVIEWED if given.approved else GuideState.DRAFT
    await work.session.flush()
    tell(work, guide, "reviewed", kind)
    return guide


def check_finding(kind: GuideKind, given: ReviewGuide) -> None:
    """Refuse an approval while a quality that the text wants was not found, and a return without reason (NX-3-3)."""
    lacking = [quality for quality in kind.quality_zh if not given.qualities.get(quality, False)]
    if given.approved and lacking:
        raise invalid(
            f"Not found to be met: {', '.join(lacking)}.",
            f"未确认符合:{'、'.join(lacking)}。",
            "qualities",
            rules=kind.basis.rules,
        )
    if not given.approved and not (given.note or "").strip():
        raise invalid("Say why the text is returned.", "请填写退回原因。", "note")
