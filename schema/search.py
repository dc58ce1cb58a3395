"""Searching a list by name: the argument `search`, and the condition it becomes in a plan or a statement."""

from collections.abc import Callable
from typing import Annotated, Any

import strawberry
from sqlalchemy import ARRAY, ColumnElement, Integer, Text

from casework.kernel.search import LONGEST, SHORTEST, Pair, closest, fewest_pairs, pairs_sought, signs
from schema.errors import bad_input
from schema.filters import Operands

Search = Annotated[
    str | None,
    strawberry.argument(
        description="Two characters of the name or more, such as 营业执照, or the first letters of its pinyin, such as yyzz; "
        "gives those that come closest, so that one mistyped sign is forgiven (按名称或拼音首字母搜索)."
    ),
]


def by_name(kind: type[Pair]) -> Callable[[Operands, Any], ColumnElement[bool]]:
    """Give the condition by which a list is searched through the pairs of its names."""

    def narrow(by: Operands, sought: Any) -> ColumnElement[bool]:
        pairs = by.operand(sought, ARRAY(Text(collation="C")), lambda given: pairs_sought(checked(given)))
        return closest(kind, pairs, by.operand(sought, Integer(), lambda given: fewest_pairs(checked(given))))

    return narrow


def checked(sought: str) -> str:
    """Refuse a search that is too short to tell names apart, or longer than a name."""
    if not SHORTEST <= len(signs(sought)) <= LONGEST:
        raise bad_input(
            f"A search has {SHORTEST} to {LONGEST} letters, digits or characters.",
            f"请输入{SHORTEST}至{LONGEST}个汉字、字母或数字。",
            "search",
        )
    return sought
