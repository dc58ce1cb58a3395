"""Expected refusals as callers read them: a code, the reason, the rule behind it, and what is lawful next."""

from datetime import date
from enum import StrEnum
from typing import Self

import strawberry

from casework.deadlines.models import LegalStatus
from casework.kernel.errors import Code, Next, Refusal
from schema.enums import described_enum
from tenants.rules import RULES, RegulationSource
from tenants.rules import source as source_of

described_enum(
    Code,
    "Why the office refused; stable, a portal may branch on it (拒绝原因代码).",
    {
        "NOT_FOUND": "There is no such object, or the caller may not see it; both answer alike (未找到).",
        "FORBIDDEN": "The caller sees the object but holds no role that may do this to it (无权限).",
        "REASON_REQUIRED": "Allowed only with a stated reason, which is recorded (须说明理由).",
        "STALE_VERSION": "The object has changed since the caller read it (版本已过期).",
        "IDEMPOTENCY_MISMATCH": "The idempotency key was used before with another input (幂等键冲突).",
        "INVALID_INPUT": "The input at `path` cannot be used as it is (输入无效).",
        "ILLEGAL_TRANSITION": "The step is not possible in the present state (当前状态不可执行).",
        "GUARD_REFUSED": "A condition that the regulation sets for this step is not met (条件不满足).",
        "OUT_OF_SCOPE": "The matter lies outside what the regulation lets the service do (超出服务范围).",
        "MANDATE_MISSING": "There is no mandate for this act (缺少委托).",
        "MANDATE_EXCEEDED": "The mandate does not cover this act (超出委托权限).",
        "MATERIALS_INCOMPLETE": "Papers are missing (材料不齐).",
        "CUSTODY_BROKEN": "The papers are not where this step needs them (材料不在手).",
        "SEPARATION_OF_DUTIES": "Somebody else must do this than who did the earlier step (职责分离).",
        "CONFLICT": "Somebody else is doing this at the same moment; nothing was changed (并发冲突).",
    },
    name="ErrorCode",
)

described_enum(
    LegalStatus,
    "Whether a text states this, we set it ourselves, or it is only measured (性质).",
    {
        "REGULATION": "A text in force states it; a breach is a breach of the regulation (法定).",
        "OPERATIONAL": "Our own target or default; never reported as a breach of the regulation (内部目标).",
        "MEASURE_ONLY": "Measured without a target (仅计量).",
    },
)


class RuleForce(StrEnum):
    """How strictly a text puts a rule."""

    MUST = "MUST"
    PERMITTED = "PERMITTED"
    ENCOURAGED = "ENCOURAGED"
    DEFINITION = "DEFINITION"


described_enum(
    RuleForce,
    "How strictly the text puts the rule (约束力).",
    {
        "MUST": "Must, or a plain instruction (应当).",
        "PERMITTED": "May (可以).",
        "ENCOURAGED": "Encouraged or to be explored (鼓励、探索).",
        "DEFINITION": "A definition or a fact (定义或事实).",
    },
)


@strawberry.type(description="The document in which a rule stands (规则出处).")
class RuleSource:
    """The document in which a rule stands."""

    title_zh: str = strawberry.field(description="Title of the document (文件名称).")
    issuer_zh: str = strawberry.field(description="Who issued it (发文机关).")
    doc_no: str | None = strawberry.field(description="Number of the document; null where none is printed (文号).")
    issued: date = strawberry.field(description="Day of issue (发文日期).")

    @classmethod
    def of(cls, found: RegulationSource) -> Self:
        """Show a document."""
        return cls(title_zh=found.title_zh, issuer_zh=found.issuer_zh, doc_no=found.doc_no, issued=found.issued)


@strawberry.type(name="Rule", description="A rule of a city's regulation on which something rests (规则依据).")
class RuleReference:
    """A rule of a city's regulation on which something rests."""

    id: str = strawberry.field(description="Stable id of the rule, such as TA-15-2 (规则编号).")
    article: str = strawberry.field(description="Article or section of the document, such as Art.15(1) (条款).")
    force: RuleForce = strawberry.field(description="How strictly the text puts it (约束力).")
    legal_status: LegalStatus = strawberry.field(description="Whether a breach is a breach of the regulation (性质).")
    source: RuleSource = strawberry.field(description="The document (出处).")

    @classmethod
    def of(cls, rule_id: str, legal_status: LegalStatus = LegalStatus.REGULATION) -> Self:
        """Show a rule; one that a text states has the status REGULATION unless the caller knows better."""
        rule = RULES[rule_id]
        return cls(
            id=rule.id,
            article=rule.article,
            force=RuleForce(rule.force),
            legal_status=legal_status,
            source=RuleSource.of(source_of(rule_id)),
        )


@strawberry.type(description="A lawful next step that a portal can offer instead (可选下一步).")
class LawfulNext:
    """A lawful next step that a portal can offer instead."""

    mutation: str = strawberry.field(description="Name of the mutation that does it.")
    label: str = strawberry.field(description="Name of the step in English.")
    label_zh: str = strawberry.field(description="Name of the step in Chinese (步骤名称).")

    @classmethod
    def of(cls, step: Next) -> Self:
        """Show a next step."""
        return cls(mutation=step.mutation, label=step.label, label_zh=step.label_zh)


@strawberry.type(description="Why the office refused a mutation; nothing was changed (拒绝说明).")
class UserError:
    """Why the office refused a mutation."""

    code: Code = strawberry.field(description="Stable code of the refusal (代码).")
    message: str = strawberry.field(description="The reason for developers, in English.")
    message_zh: str = strawberry.field(description="The reason for people, in Chinese (说明).")
    path: list[str] = strawberry.field(description="Where in the input; empty when the whole request is concerned.")
    rule: RuleReference | None = strawberry.field(
        description="The rule it rests on; null for a rule of the platform (依据)."
    )
    rules: list[RuleReference] = strawberry.field(description="All rules it rests on, the first being `rule`.")
    guard: str | None = strawberry.field(description="The condition that was not met, for GUARD_REFUSED (前置条件).")
    lawful_next: list[LawfulNext] = strawberry.field(description="What may lawfully be done instead (可选下一步).")

    @classmethod
    def of(cls, refusal: Refusal) -> Self:
        """Show a refusal."""
        rules = [RuleReference.of(rule_id) for rule_id in refusal.rules if rule_id in RULES]
        return cls(
            code=refusal.code,
            message=refusal.message,
            message_zh=refusal.message_zh,
            path=list(refusal.path),
            rule=rules[0] if rules else None,
            rules=rules,
            guard=refusal.guard,
            lawful_next=[LawfulNext.of(step) for step in refusal.lawful_next],
        )


def user_errors(refusal: Refusal) -> list[UserError]:
    """Show a refusal together with the others that stood in the way at the same time."""
    return [UserError.of(each) for each in refusal.all]
