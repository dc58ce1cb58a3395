"""What a city's regulation says, as far as objects of the API point to it."""

from datetime import date
from typing import Annotated, Self

import strawberry

from casework.kernel.law import Regulation
from schema.context import Info
from schema.fields import planned_field
from schema.reading.lens import Lens
from schema.reading.sources import Told
from schema.refusals import RuleReference
from schema.rows import lenses
from tenants.profile import Basis, Profile, Stage
from tenants.rules import RULES


def references(ids: tuple[str, ...] | list[str]) -> list[RuleReference]:
    """Show the rules with these ids."""
    return [RuleReference.of(rule_id) for rule_id in ids if rule_id in RULES]


def rules_of(_lens: Lens, ids: list[str]) -> list[RuleReference]:
    """Show the rules that an object rests on."""
    return references(ids)


def rule_of(_lens: Lens, ids: list[str]) -> RuleReference | None:
    """Show the first rule that an object rests on."""
    return next(iter(references(ids)), None)


@strawberry.type(
    description="What a part of a regulation rests on: rules of the text, or a default with its reason (依据)."
)
class LegalBasis:
    """What a part of a regulation rests on."""

    rules: list[RuleReference] = strawberry.field(description="The rules; empty for a default (条款).")
    is_default: bool = strawberry.field(description="True where the text is silent and the platform chose (默认值).")
    why: str | None = strawberry.field(description="Why the default was chosen; null where a text states it (理由).")

    @classmethod
    def of(cls, basis: Basis) -> Self:
        """Show a basis."""
        return cls(rules=references(basis.rules), is_default=basis.default, why=basis.why)


@strawberry.type(description="A named thing of the city's profile: code for programs, names for people (代码项).")
class Coded:
    """A named thing of the city's profile."""

    code: str = strawberry.field(description="Stable code in this city's profile (代码).")
    name_zh: str = strawberry.field(description="Chinese name (名称).")
    name_en: str | None = strawberry.field(description="English name, where the profile has one.")
    rule: RuleReference | None = strawberry.field(description="The first rule it rests on; null for a default (依据).")
    basis: LegalBasis = strawberry.field(description="Everything it rests on (依据).")

    @classmethod
    def made(cls, code: str, name_zh: str, name_en: str | None, basis: Basis) -> Self:
        """Show a coded thing."""
        shown = LegalBasis.of(basis)
        rule = shown.rules[0] if shown.rules else None
        return cls(code=code, name_zh=name_zh, name_en=name_en, rule=rule, basis=shown)

    @classmethod
    def stage(cls, stage: Stage) -> Self:
        """Show a stage of a workflow."""
        return cls.made(stage.id, stage.zh, stage.en, stage.basis)


@strawberry.type(description="One published revision of the city's profile; it never changes (配置版本).")
class ProfileRevisionView:
    """One published revision of the city's profile."""

    revision: int = strawberry.field(description="Number of the profile file's own revision (版本号).")
    tenant: str = strawberry.field(description="Code of the city (租户代码).")
    name_zh: str = strawberry.field(description="Name of the city in Chinese (名称).")
    name_en: str = strawberry.field(description="Name of the city in English.")
    validity_kind: str = strawberry.field(description="OPEN_ENDED, FIXED_TERM or TRIAL (时效类型).")
    valid_from: date = strawberry.field(description="First day of validity (有效期起).")
    valid_to: date | None = strawberry.field(description="Last day of validity; null when open-ended (有效期止).")

    @classmethod
    def of(cls, regulation: Regulation) -> Self:
        """Show a revision."""
        profile: Profile = regulation.profile
        return cls(
            revision=profile.revision,
            tenant=profile.tenant,
            name_zh=profile.names.zh,
            name_en=profile.names.en,
            validity_kind=profile.validity.kind,
            valid_from=profile.validity.valid_from,
            valid_to=profile.validity.valid_to,
        )


@strawberry.type(description="One rule with its own wording in English (规则).")
class RuleText:
    """One rule with our own wording."""

    reference: RuleReference = strawberry.field(description="Where it stands (出处).")
    kind: str = strawberry.field(description="What the rule is about, such as deadline or document (类别).")
    summary: str = strawberry.field(description="What it says, in our own words.")


def profile_in_force(lens: Lens) -> ProfileRevisionView:
    """Show the profile in force for new cases."""
    return ProfileRevisionView.of(lens.in_force)


def rule_by_id(_lens: Lens, id: str) -> RuleText | None:
    """Show one rule of the register."""
    rule = RULES.get(id)
    return RuleText(reference=RuleReference.of(id), kind=rule.kind, summary=rule.summary) if rule else None


@strawberry.type
class RegulationQuery:
    """Reading the regulation."""

    @planned_field(Told(profile_in_force))
    async def profile(self, info: Info) -> ProfileRevisionView:
        """The profile in force for new cases of the caller's city (现行配置)."""
        return profile_in_force(await lenses(info.context).load(None))

    @planned_field(Told(rule_by_id))
    async def rule(
        self, info: Info, id: Annotated[str, strawberry.argument(description="Id such as TA-15-2 (规则编号).")]
    ) -> RuleText | None:
        """One rule of the regulations by its id, such as TA-15-2; null when there is none (按编号查规则)."""
        return rule_by_id(await lenses(info.context).load(None), id)
