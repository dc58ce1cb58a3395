"""Refusals: what the office answers when it may not or cannot do what was asked, with the rule that it rests on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Code(StrEnum):
    """Stable codes of refusals; a portal may branch on them."""

    NOT_FOUND = "NOT_FOUND"
    FORBIDDEN = "FORBIDDEN"
    REASON_REQUIRED = "REASON_REQUIRED"
    STALE_VERSION = "STALE_VERSION"
    IDEMPOTENCY_MISMATCH = "IDEMPOTENCY_MISMATCH"
    INVALID_INPUT = "INVALID_INPUT"
    ILLEGAL_TRANSITION = "ILLEGAL_TRANSITION"
    GUARD_REFUSED = "GUARD_REFUSED"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"
    MANDATE_MISSING = "MANDATE_MISSING"
    MANDATE_EXCEEDED = "MANDATE_EXCEEDED"
    MATERIALS_INCOMPLETE = "MATERIALS_INCOMPLETE"
    CUSTODY_BROKEN = "CUSTODY_BROKEN"
    SEPARATION_OF_DUTIES = "SEPARATION_OF_DUTIES"
    CONFLICT = "CONFLICT"


@dataclass(frozen=True)
class Next:
    """One lawful next step that a portal can offer instead."""

    mutation: str
    label: str
    label_zh: str


@dataclass(eq=False)
class Refusal(Exception):
    """An expected refusal: nothing was changed; `rules` are the ids of the rules it rests on (empty: platform rule)."""

    code: Code
    message: str
    message_zh: str
    path: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    guard: str | None = None
    lawful_next: tuple[Next, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)
    others: tuple["Refusal", ...] = ()

    @property
    def all(self) -> tuple["Refusal", ...]:
        """Give this refusal and the others that stand in the way at the same time."""
        return (self, *self.others)

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


def not_found(what: str, what_zh: str, path: tuple[str, ...] = ("id",), target: object = None) -> Refusal:
    """Answer the same for what does not exist and for what the caller may not see; the trail names the `target`."""
    details = {} if target is None else {"target": str(target)}
    return Refusal(Code.NOT_FOUND, f"No such {what}.", f"找不到该{what_zh}。", path, details=details)


def forbidden(action: str, path: tuple[str, ...] = ()) -> Refusal:
    """Answer that the caller sees the object but holds no role that may do this to it."""
    return Refusal(Code.FORBIDDEN, f"None of your roles may do {action} here.", "您的岗位无权在此执行该操作。", path)


def not_registered(bases: Iterable[tuple[str, ...]], path: tuple[str, ...] = ()) -> Refusal:
    """Answer that the role gives no powers before the body that the text names has confirmed the registration."""
    return Refusal(
        Code.FORBIDDEN,
        "Your registration is not confirmed; until then this role gives no powers.",
        "您的登记备案尚未确认，确认前不得以该岗位办理业务。",
        path,
        tuple(dict.fromkeys(rule for rules in bases for rule in rules)),
        lawful_next=(Next("confirmStaffRegistration", "Confirm the registration", "确认登记备案"),),
    )


def invalid(message: str, message_zh: str, *path: str, rules: tuple[str, ...] = ()) -> Refusal:
    """Answer that the input at `path` cannot be used as it is."""
    return Refusal(Code.INVALID_INPUT, message, message_zh, path, rules)


def stale(present: int) -> Refusal:
    """Answer that somebody else changed the object since the caller read it."""
    return Refusal(
        Code.STALE_VERSION,
        f"The object has changed since you read it; its version is now {present}. Read it again and decide anew.",
        f"该对象已被他人更新(现版本{present}),请刷新后再操作。",
        ("expectedVersion",),
        details={"presentVersion": present},
    )


def stale_by_race() -> Refusal:
    """Answer that another writer won while this one was deciding."""
    return Refusal(
        Code.STALE_VERSION,
        "The object was changed by somebody else at the same moment. Read it again and decide anew.",
        "该对象刚被他人更新,请刷新后再操作。",
        ("expectedVersion",),
    )


def lost_race() -> Refusal:
    """Answer that a concurrent deed made this one impossible or made it wait too long."""
    return Refusal(
        Code.CONFLICT,
        "Somebody else is doing this at the same moment. Nothing was changed; try again.",
        "他人正在同时办理,本次未作任何更改,请重试。",
    )


def not_kept() -> Refusal:
    """Answer that a value of the input is none that the office can write down."""
    return Refusal(
        Code.INVALID_INPUT,
        "The input holds a value that cannot be kept, such as a null character or a number out of range.",
        "输入含有无法保存的内容(如空字符或超出范围的数值)。",
    )
