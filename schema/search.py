"""Searching a list by name: the argument `search`, and the condition it becomes in a plan or a statement."""

from collections.abc import Callable
from typing import Annotated, Any

import strawberry
from sqlalchemy import ColumnElement

from casework.kernel.models import path_text
from casework.kernel.search import LONGEST, SHORTEST, Tail, closest, signs
from schema.errors import bad_input
from schema.filters import Operands

Search = Annotated[
    str | None,
    strawberry.argument(
        description="Two characters of the name or more, such as 营业执照, or the first letters of its pinyin, such as yyzz; "
        "when no name has it, those with all but one of its signs, from four signs on (按名称或拼音首字母搜索)."
    ),
]


def by_name(kind: type[Tail]) -> Callable[[Operands, Any], ColumnElement[bool]]:
    """Give the condition by which a list is searched through the tails of its names."""

    def narrow(by: Operands, typed: Any) -> ColumnElement[bool]:
        return closest(kind, by.tenant, lambda part: by.operand(typed, path_text(), lambda given: part(checked(given))))

    return narrow


def checked(typed: str) -> str:
    """Refuse a search that is too short to tell names apart, or longer than a name."""
    if not SHORTEST <= len(signs(typed)) <= LONGEST:
        raise bad_input(
            f"A search has {SHORTEST} to {LONGEST} letters, digits or characters.",
            f"请输入{SHORTEST}至{LONGEST}个汉字、字母或数字。",
            "search",
        )
    return typed
