"""Write down a training that was held: topic, method, and for the holders of which roles (开展培训, TA-23-3, TA-23-4).

A training needs no plan and no interval: a text may want it at irregular times (NX-6-2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from authz.decide import Resource
from casework.kernel.errors import invalid
from casework.kernel.work import Work
from casework.organisation.queries import unit_by_id
from casework.training.events import TrainingHeld
from casework.training.models import TrainingPlan, TrainingSession
from casework.training.queries import visible_plan
from tenants.profile import Profile

RECORD = "training.record"


@dataclass(frozen=True)
class HoldSession:
    """What was trained, how, and for whom; without tiers it was for the unit's own, without an instant it was now."""

    unit_id: UUID
    topic_zh: str
    method_zh: str
    role_codes: tuple[str, ...]
    tiers: tuple[str, ...] = ()
    plan_id: UUID | None = None
    trainer_zh: str | None = None
    held_at: datetime | None = None


async def hold_session(work: Work, given: HoldSession) -> TrainingSession:
    """Record a training of a unit, under its plan or beside it; topic and method are as the plan and the text have them."""
    unit = await unit_by_id(work, given.unit_id)
    work.require(RECORD, Resource(unit_path=unit.path), "unitId")
    if given.plan_id is not None:
        check_plan(await visible_plan(work, given.plan_id), unit.id, given.topic_zh.strip())
    check_words(work.profile, given)
    tiers = tuple(dict.fromkeys(given.tiers)) or (unit.tier,)
    check_known(work.profile, given.role_codes, tiers)
    held = given.held_at or work.now
    if held > work.now:
        raise invalid("A training is recorded once it was held.", "培训结束后方可登记。", "heldAt")
    session = work.add(
        TrainingSession(
            unit_id=unit.id, plan_id=given.plan_id, topic_zh=given.topic_zh.strip(), method_zh=given.method_zh.strip(),
            role_codes=list(dict.fromkeys(given.role_codes)), tiers=list(tiers),
            trainer_zh=(given.trainer_zh or "").strip() or None, held_at=held, recorded_by=work.actor.staff_id,
        )
    )  # fmt: skip
    await work.session.flush()
    rules = work.profile.training.basis.rules
    work.emit(TrainingHeld(session.id, unit.id, tuple(session.role_codes), rules).told())
    return session


def check_plan(plan: TrainingPlan, unit_id: UUID, topic: str) -> None:
    """Refuse a plan of another unit, and a topic that it does not name."""
    if plan.unit_id != unit_id:
        raise invalid("This is the plan of another unit.", "该计划属于其他机构。", "planId")
    if topic not in plan.topics:
        raise invalid(f"The plan names {', '.join(plan.topics)}.", "该内容不在培训计划中。", "topicZh")


def check_words(profile: Profile, given: HoldSession) -> None:
    """Demand a topic, and a method; where the text lists methods, one of them (TA-23-4)."""
    training = profile.training
    if not given.topic_zh.strip():
        raise invalid("Say what was trained.", "请填写培训内容。", "topicZh", rules=training.basis.rules)
    known, method = training.methods_zh, given.method_zh.strip()
    if not method or (known and method not in known):
        raise invalid(
            f"Say how it was trained{': ' + ', '.join(known) if known else ''}.",
            f"请选择培训方式{'：' + '、'.join(known) if known else ''}。", "methodZh", rules=training.basis.rules,
        )  # fmt: skip


def check_known(profile: Profile, roles: Sequence[str], tiers: Sequence[str]) -> None:
    """Demand roles and tiers of the city's regulation: a training is for posts at tiers (TA-23-3)."""
    strange = sorted(set(roles) - {role.code for role in profile.roles})
    if strange or not roles:
        raise invalid(
            f"Name roles of the regulation{'; it knows no ' + ', '.join(strange) if strange else ''}.",
            "请选择培训面向的岗位。", "roleCodes", rules=profile.training.basis.rules,
        )  # fmt: skip
    unknown = sorted(set(tiers) - {tier.code for tier in profile.tiers})
    if unknown:
        raise invalid(f"The city has no tier {', '.join(unknown)}.", "层级不正确。", "tiers")
