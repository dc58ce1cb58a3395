"""What the public reads: units, the staff that a city publishes, its lists, its guides, and how it serves."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Self

import strawberry

from casework.catalogue.public import OpenGuide, OpenList
from casework.organisation.models import OrgUnit
from casework.organisation.public import OpenPost, duties_at
from schema.guides.types import GuideText
from schema.refusals import RuleReference
from schema.regulation import references
from tenants.profile import Profile


@strawberry.type(description="A person as the public finds him (帮办代办人员公示).")
class PublicStaff:
    """A person as the public finds him."""

    name: str = strawberry.field(description="Name as on the badge (姓名).")
    roles_zh: list[str] = strawberry.field(description="What he does (岗位).")
    post: str | None = strawberry.field(description="Post; null where none is registered (职务).")
    work_phone: str | None = strawberry.field(description="Work telephone, never a private one (办公电话).")
    service_scope_zh: str = strawberry.field(description="For whom he is there (服务范围).")

    @classmethod
    def of(cls, person: OpenPost, unit: OrgUnit) -> Self:
        """Show a person of a unit."""
        return cls(
            name=person.name,
            roles_zh=[role.zh for role in person.roles],
            post=person.post,
            work_phone=person.work_phone,
            service_scope_zh=unit.name_zh,
        )


@strawberry.type(description="An item on a published list (清单事项).")
class PublicItem:
    """An item on a published list."""

    code: str = strawberry.field(description="Code of the item (事项编码).")
    name_zh: str = strawberry.field(description="Name (事项名称).")


@strawberry.type(description="A list of items as a unit published it (公开清单).")
class PublicList:
    """A list of items as a unit published it."""

    code: str = strawberry.field(description="Code of the list in the city's profile (清单代码).")
    name_zh: str = strawberry.field(description="Its name (清单名称).")
    version: int = strawberry.field(description="Number of the version (版本).")
    published_at: datetime | None = strawberry.field(description="When it was published (公布时间).")
    next_review_on: date | None = strawberry.field(description="When it is looked through again; null if never set.")
    items: list[PublicItem] = strawberry.field(description="The items on it, by code (事项).")
    rules: list[RuleReference] = strawberry.field(description="What demands it (依据).")

    @classmethod
    def of(cls, shown: OpenList) -> Self:
        """Show a list."""
        return cls(
            code=shown.kept.code,
            name_zh=shown.rule.zh if shown.rule else shown.kept.code,
            version=shown.kept.version,
            published_at=shown.kept.published_at,
            next_review_on=shown.kept.next_review_on,
            items=[PublicItem(code=item.code, name_zh=item.name_zh) for item in shown.items],
            rules=references(shown.rule.basis.rules) if shown.rule else [],
        )


@strawberry.type(description="A unit as the public finds it (机构公示).")
class PublicUnit:
    """A unit as the public finds it."""

    code: str = strawberry.field(description="Code of the unit (机构代码).")
    name_zh: str = strawberry.field(description="Name (名称).")
    tier: str = strawberry.field(description="Tier code of the city's profile, such as TOWNSHIP (层级).")
    type_zh: str | None = strawberry.field(description="What kind of unit it is (机构类型).")
    phone: str | None = strawberry.field(description="Public telephone (咨询电话).")
    address: str | None = strawberry.field(description="Where it is (地址).")
    duties_zh: list[str] = strawberry.field(
        description="Duties of its staff; empty where the city does not publish them (工作职责)."
    )
    staff: list[PublicStaff] = strawberry.field(
        description="Who serves there now; empty where the city does not publish the staff of its tier (人员)."
    )
    lists: list[PublicList] = strawberry.field(
        description="Its published lists; empty where the city does not publish lists (清单)."
    )

    @classmethod
    def of(
        cls, unit: OrgUnit, profile: Profile, staff: Sequence[OpenPost] = (), lists: Sequence[OpenList] = ()
    ) -> Self:
        """Show a unit."""
        kind = next((kind for kind in profile.unit_types if kind.code == unit.unit_type), None)
        return cls(
            code=unit.code,
            name_zh=unit.name_zh,
            tier=unit.tier,
            type_zh=kind.zh if kind else None,
            phone=unit.phone,
            address=unit.address,
            duties_zh=list(duties_at(profile, unit.tier)),
            staff=[PublicStaff.of(person, unit) for person in staff],
            lists=[PublicList.of(each) for each in lists],
        )


@strawberry.type(description="A unit on the way down the tree (机构目录项).")
class PublicUnitEntry:
    """A unit on the way down the tree."""

    code: str = strawberry.field(description="Code of the unit (机构代码).")
    name_zh: str = strawberry.field(description="Name (名称).")
    tier: str = strawberry.field(description="Tier code of the city's profile (层级).")
    phone: str | None = strawberry.field(description="Public telephone (咨询电话).")


@strawberry.type(description="A guide or handbook that is in force for the public (公开的服务指南、服务手册).")
class PublicGuide:
    """A guide or handbook that is in force for the public."""

    code: str = strawberry.field(description="Code of the guide (编号).")
    title_zh: str = strawberry.field(description="Title (标题).")
    kind_zh: str = strawberry.field(description="What kind of guide (种类).")
    unit_zh: str = strawberry.field(description="The unit whose guide it is (编制机构).")
    authors_zh: list[str] = strawberry.field(description="Departments that wrote with the unit (联合编制部门).")
    version: int = strawberry.field(description="Number of the version (版本).")
    published_at: datetime = strawberry.field(description="When it was published (公布时间).")
    fields: list[GuideText] = strawberry.field(description="The text (内容).")
    rules: list[RuleReference] = strawberry.field(description="What demands it (依据).")
    page: str = strawberry.field(description="Address of its page on this server (网页地址).")
    pdf: str = strawberry.field(description="Address of its PDF on this server (PDF地址).")

    @classmethod
    def of(cls, shown: OpenGuide) -> Self:
        """Show a guide."""
        text, address = shown.text, f"/guides/{shown.guide.tenant_id}/{shown.guide.code}"
        return cls(
            code=shown.guide.code,
            title_zh=text.title_zh,
            kind_zh=text.kind_zh,
            unit_zh=text.unit_zh,
            authors_zh=list(text.authors_zh),
            version=text.version,
            published_at=text.published_at,
            fields=[GuideText(key=each["key"], name_zh=each["zh"], text=each["text"]) for each in text.contents],
            rules=references(text.rules),
            page=address,
            pdf=f"{address}.pdf",
        )


@strawberry.type(description="The way of one kind of service, stage by stage (服务流程).")
class PublicProcess:
    """The way of one kind of service."""

    name_zh: str = strawberry.field(description="Name of the service (服务名称).")
    stages_zh: list[str] = strawberry.field(description="Its stages in order (环节).")


@strawberry.type(description="How a city serves, as far as its text has it published (运行机制与服务流程).")
class PublicService:
    """How a city serves."""

    name_zh: str = strawberry.field(description="Name of the city (城市).")
    processes: list[PublicProcess] = strawberry.field(
        description="The ways of its services; empty where the city does not publish them (服务流程)."
    )
    duties_zh: list[str] = strawberry.field(
        description="Who has which duties; empty where the city does not publish that (运行机制)."
    )
    rules: list[RuleReference] = strawberry.field(description="What demands publicity (依据).")

    @classmethod
    def of(cls, profile: Profile) -> Self:
        """Show what a profile publishes of itself (TA-5-5)."""
        opened = frozenset(profile.publicity.public_queries)
        flows = profile.workflows.values() if "process" in opened else ()
        duties = profile.role_duties if "mechanism" in opened else ()
        return cls(
            name_zh=profile.names.zh,
            processes=[PublicProcess(name_zh=flow.zh, stages_zh=[stage.zh for stage in flow.stages]) for flow in flows],
            duties_zh=[f"{'、'.join(each.duties_zh)}" for each in duties],
            rules=references(profile.publicity.basis.rules),
        )
