"""The staffing report: required against actual for every unit that the caller answers for, now or at another instant."""

from datetime import datetime
from functools import cache
from typing import Annotated, Any, Self

import strawberry
from sqlalchemy import DateTime, Select

from casework.deadlines.models import LegalStatus
from casework.kernel.errors import not_found
from casework.kernel.sight import Sight
from casework.organisation import staffing as duty
from casework.organisation.census import POST_COLUMNS, UNIT_COLUMNS, posts_reported, units_reported
from casework.organisation.cures import Cure, CureKind
from casework.organisation.models import Engagement, OrgUnit
from casework.organisation.staffing import Aspect, Finding, Held, Place, Verdict
from schema.context import Info
from schema.enums import described_enum
from schema.fields import planned_field
from schema.filters import Operands, Themselves
from schema.ids import global_id
from schema.reading.lens import Lens
from schema.reading.sources import Chosen, Surveyed
from schema.refusals import RuleReference
from schema.rows import lenses
from tenants.rules import RULES

described_enum(
    Verdict,
    "How the staff of a unit stand to one requirement (配备结论).",
    {
        "MET": "As the text wants it (符合).",
        "SHORT": "Fewer than the text demands (不足).",
        "OVER": "More than the text names; information, never a breach (超出，仅提示).",
        "UNDEFINED": "The text does not say, or the size of the window is not known; never a breach (制度未明确).",
        "ADVISORY": "Fewer than a wording advises that does not oblige, such as 参考 (建议性).",
        "NOT_MET": "Enough persons, who do not fulfil what the text demands of them (条件不符).",
    },
    name="StaffingVerdict",
)
described_enum(
    Aspect,
    "What of a requirement a finding is about (核查内容).",
    {
        "NUMBER": "How many persons there are (人数).",
        "POST": "Which post the persons hold beside the role (职务).",
        "SAME_PERSON": "Whether one person holds both roles (同一人兼任).",
    },
    name="StaffingAspect",
)
described_enum(
    CureKind,
    "What kind of step would cure a gap (整改方式).",
    {
        "CONFIRM_REGISTRATION": "Confirm the registration of who is there (确认登记备案).",
        "CHANGE_ENGAGEMENT": "Engage who is there as the text wants, full time or part time (调整专兼职).",
        "APPOINT": "Give somebody the role (增配人员).",
        "APPOINT_POST_HOLDER": "Give the role to the holder of a post (由规定职务人员担任).",
        "APPOINT_SAME_PERSON": "Give a second role to the same person (由同一人兼任).",
        "RECORD_HEADCOUNT": "Record how many persons the window has (登记窗口人数).",
    },
    name="StaffingCureKind",
)
MUTATIONS = {
    CureKind.CONFIRM_REGISTRATION: "confirmStaffRegistration",
    CureKind.CHANGE_ENGAGEMENT: "assignRole",
    CureKind.APPOINT: "assignRole",
    CureKind.APPOINT_POST_HOLDER: "assignRole",
    CureKind.APPOINT_SAME_PERSON: "assignRole",
}
"""With which mutation a step is done, where the API has one."""


@strawberry.type(description="What would cure a gap in the staff of a unit (整改建议).")
class StaffingCure:
    """What would cure a gap in the staff of a unit."""

    kind: CureKind = strawberry.field(description="What kind of step (方式).")
    role_code: str = strawberry.field(description="Role code of the city's profile (岗位).")
    count: int = strawberry.field(description="For how many persons; 0 where no person is concerned (人数).")
    engagement: Engagement | None = strawberry.field(
        description="How they are to be engaged; null when the text leaves it open (专兼职)."
    )
    is_advice: bool = strawberry.field(description="True when nothing obliges to it (是否仅为建议).")
    mutation: str | None = strawberry.field(description="The mutation that does it; null where the API has none.")
    text: str = strawberry.field(description="The suggestion in English.")
    text_zh: str = strawberry.field(description="The suggestion in Chinese (建议内容).")

    @classmethod
    def of(cls, cure: Cure) -> Self:
        """Show a suggestion."""
        return cls(
            kind=cure.kind,
            role_code=cure.role_code,
            count=cure.count,
            engagement=cure.engagement,
            is_advice=cure.advice,
            mutation=MUTATIONS.get(cure.kind),
            text=cure.text,
            text_zh=cure.text_zh,
        )


@cache
def shown_rules(ids: tuple[str, ...]) -> tuple[RuleReference, ...]:
    """Show rules; thousands of findings rest on the same few."""
    return tuple(RuleReference.of(rule) for rule in ids if rule in RULES)


@strawberry.type(description="One requirement judged in one unit (配备核查结果).")
class StaffingFinding:
    """One requirement judged in one unit."""

    requirement: str = strawberry.field(description="Code of the requirement in the city's profile (要求代码).")
    aspect: Aspect = strawberry.field(description="What of it is judged (核查内容).")
    role_code: str = strawberry.field(description="Role code of the city's profile (岗位).")
    role_zh: str = strawberry.field(description="Name of the role (岗位名称).")
    engagement: Engagement | None = strawberry.field(
        description="Only posts held so count; null when the text leaves it open (专兼职)."
    )
    unit_id: strawberry.ID = strawberry.field(description="Global id of the unit (机构).")
    unit_code: str = strawberry.field(description="Code of the unit (机构代码).")
    unit_name_zh: str = strawberry.field(description="Name of the unit (机构名称).")
    unit_type: str = strawberry.field(description="Unit type code of the city's profile (机构类型).")
    unit_path: str = strawberry.field(description="Codes from the top unit down, each followed by a dot (层级路径).")
    headcount: int | None = strawberry.field(description="Persons at the window; null when unknown (窗口人数).")
    least: int | None = strawberry.field(
        description="How many the text, or the default, enforces at least; null when that cannot be told (下限)."
    )
    most: int | None = strawberry.field(description="How many it names at most; null without a limit (上限).")
    advised: int | None = strawberry.field(description="How many are advised where the text is undefined (建议人数).")
    actual: int = strawberry.field(description="How many there are (实配).")
    verdict: Verdict = strawberry.field(description="How that stands to the requirement (结论).")
    legal_status: LegalStatus = strawberry.field(
        description="REGULATION when the text itself states the number; a shortfall is a breach only then (性质)."
    )
    rules: list[RuleReference] = strawberry.field(description="The rules it rests on; empty for a default (依据).")
    cures: list[StaffingCure] = strawberry.field(
        description="What would cure it; empty when nothing is missing (建议)."
    )

    @classmethod
    def of(cls, found: Finding) -> Self:
        """Show a finding."""
        place, wanted, span = found.place, found.wanted, found.span
        return cls(
            requirement=wanted.code,
            aspect=found.aspect,
            role_code=wanted.role_code,
            role_zh=wanted.role_zh,
            engagement=None if wanted.engagement is None else Engagement(wanted.engagement),
            unit_id=global_id("Unit", place.id),
            unit_code=place.code,
            unit_name_zh=place.name_zh,
            unit_type=place.unit_type,
            unit_path=place.path,
            headcount=place.headcount,
            least=span.least if span else None,
            most=span.most if span else None,
            advised=span.advised if span else None,
            actual=found.actual,
            verdict=found.verdict,
            legal_status=LegalStatus.REGULATION if found.stated else LegalStatus.OPERATIONAL,
            rules=list(shown_rules(found.rules)),
            cures=[StaffingCure.of(cure) for cure in found.cures],
        )


@strawberry.type(description="How many findings have one verdict (结论统计).")
class StaffingTotal:
    """How many findings have one verdict."""

    verdict: Verdict = strawberry.field(description="The verdict (结论).")
    count: int = strawberry.field(description="How many findings (条数).")


@strawberry.type(description="Required against actual staff of units at one instant (配备核查报告).")
class StaffingReport:
    """Required against actual staff of units at one instant."""

    as_of: datetime = strawberry.field(description="The instant for which it was counted (统计时点).")
    units: int = strawberry.field(description="How many units were looked at (机构数).")
    totals: list[StaffingTotal] = strawberry.field(
        description="How many findings there are of every verdict, whatever is listed below (结论统计)."
    )
    findings: list[StaffingFinding] = strawberry.field(
        description="The findings by unit path and by the order of the profile (核查结果)."
    )


UnitCode = Annotated[
    str | None, strawberry.argument(description="Code of a unit; all that the caller answers for if absent (机构代码).")
]
Below = Annotated[bool, strawberry.argument(description="With the units below it (含下级机构).")]
Verdicts = Annotated[list[Verdict] | None, strawberry.argument(description="Only findings with these verdicts (结论).")]
AsOf = Annotated[
    datetime | None,
    strawberry.argument(description="At which instant; now if absent. A later one is a forecast (统计时点)."),
]
"""Planned ends of posts and posts that begin later are known in advance, so a forecast is the same question."""


def units_of(by: Operands, sight: Sight, unit_code: Any = None, below: bool = True, **_given: Any) -> Select[Any]:
    """Write the statement for the units of a report."""
    return units_reported(sight, code_given(by, unit_code), below)


def posts_of(
    by: Operands, sight: Sight, unit_code: Any = None, below: bool = True, as_of: Any = None, **_given: Any
) -> Select[Any]:
    """Write the statement for the posts held in those units."""
    at = sight.now if as_of is None else by.operand(as_of, DateTime(timezone=True), as_given)
    return posts_reported(sight, code_given(by, unit_code), below, at)


def code_given(by: Operands, unit_code: Any) -> Any:
    """Give what stands for the code of a unit."""
    return None if unit_code is None else by.operand(unit_code, OrgUnit.code.type, as_given)


def as_given(value: Any) -> Any:
    """Give a value as it was given."""
    return value


def held_of(post: Any, at: datetime) -> Held:
    """Read a post; one that waits for its registration at that instant is there and does not count."""
    unit_id, staff_id, role_code, engagement, title, needed, registered_at = post
    counts = not needed or (registered_at is not None and registered_at <= at)
    return Held(unit_id, staff_id, role_code, engagement, title, counts)


def judge(
    lens: Lens,
    units: list[Any],
    posts: list[Any],
    unit_code: str | None = None,
    below: bool = True,
    verdicts: list[Verdict] | None = None,
    as_of: datetime | None = None,
) -> StaffingReport:
    """Judge the units by the regulation in force, and keep the findings that are wanted."""
    if unit_code is not None and not units:
        raise not_found("unit", "机构", ("unitCode",))
    places = [Place(*unit) for unit in units]
    at = as_of or lens.now
    found = duty.report(lens.in_force.profile, places, [held_of(post, at) for post in posts])
    listed = found if verdicts is None else [each for each in found if each.verdict in verdicts]
    return StaffingReport(
        as_of=at,
        units=len(places),
        totals=[StaffingTotal(verdict=verdict, count=count) for verdict, count in duty.totals(found).items()],
        findings=[StaffingFinding.of(each) for each in listed],
    )


UNITS = Chosen(UNIT_COLUMNS, units_of, lambda rows: [rows.c.path])
POSTS = Chosen(POST_COLUMNS, posts_of, lambda rows: [rows.c.unit_id, rows.c.staff_id, rows.c.role_code])
STAFFING = Surveyed((UNITS, POSTS), judge)


@strawberry.type
class StaffingQuery:
    """Reading how the staffing duty is kept."""

    @planned_field(STAFFING)
    async def staffing(
        self,
        info: Info,
        unit_code: UnitCode = None,
        below: Below = True,
        verdicts: Verdicts = None,
        as_of: AsOf = None,
    ) -> StaffingReport:
        """Required against actual staff of the units that the caller answers for, with what would cure a gap (配备核查)."""
        given: dict[str, Any] = {"unit_code": unit_code, "below": below, "as_of": as_of}
        async with info.context.turn:
            async with info.context.office.open(info.context.whose(), info.context.correlation_id) as work:
                units = (await work.session.execute(units_of(Themselves(), work.sight, **given))).all()
                posts = (await work.session.execute(posts_of(Themselves(), work.sight, **given))).all()
            lens = await lenses(info.context).load(None)
            return judge(lens, list(units), list(posts), verdicts=verdicts, **given)
