"""What is kept of a keyed mutation, and what is not."""

from contextlib import asynccontextmanager
from typing import Any, cast
from uuid import UUID

import pytest
from graphql import GraphQLError
from strawberry.types import ExecutionResult

from authz.actor import Actor
from casework.kernel.replay import Telling, UsedKey
from casework.kernel.work import Office
from schema.replay import KeyedFields, tell_first_answers

SOMEBODY = Actor.system("taian")
NEW = UsedKey(UUID(int=1), None, "powers")


class Unopened:
    """An office that nobody has a reason to open."""

    @asynccontextmanager
    async def open(self, *_: Any) -> Any:
        raise AssertionError("something was to be kept")
        yield


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({"done": {"case": None}}, [GraphQLError("no", path=["done", "case"])]),
        ({"done": None}, []),
        (None, [GraphQLError("no", path=["done"])]),
        ({"other": {"case": 1}}, []),
    ],
)
async def test_an_answer_with_errors_is_not_kept(data: dict[str, Any] | None, errors: list[GraphQLError]) -> None:
    fields = KeyedFields({"done": (NEW, "selection")})
    result = ExecutionResult(data=data, errors=errors)
    before = repr(data)
    await tell_first_answers(fields, cast("Office", Unopened()), SOMEBODY, "c", result)
    assert repr(result.data) == before


async def test_an_answer_without_errors_is_to_be_kept() -> None:
    fields = KeyedFields({"done": (NEW, "selection")})
    result = ExecutionResult(data={"done": {}}, errors=[GraphQLError("no", path=["other"])])
    with pytest.raises(AssertionError, match="to be kept"):
        await tell_first_answers(fields, cast("Office", Unopened()), SOMEBODY, "c", result)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (None, "now"),
        ({"powers": "powers", "selection": "same", "data": "first"}, "first"),
        ({"powers": "others", "selection": "same", "data": "first"}, "now"),
        ({"powers": "powers", "selection": "other", "data": "first"}, "now"),
    ],
)
def test_the_first_words_are_told_to_whoever_asks_the_same_with_the_same_powers(
    told: dict[str, str] | None, words: str
) -> None:
    assert Telling(NEW, "same", "now").again(told) == words
