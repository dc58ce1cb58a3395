"""Counting anew from the command line: city by city, with a word for what does not exist."""

import pytest

from bangban.connections import Connections
from bangban.faults import SetupError
from bangban.recounting import recount, recount_all
from casework.cases.recount import Recounted
from tests.casework.cases.counted import Counted
from tests.casework.cases.test_recount import copy_past_the_office
from tests.casework.feedback.founding import founder


async def test_a_city_is_counted_in_as_many_steps_as_it_needs(database: Connections) -> None:
    async with founder(database) as found:
        town = Counted(await found("taian"))
        await town.open()
        await copy_past_the_office(town, 3)
        assert await recount(town.office, town.town.tenant) == Recounted(0, 2)
        assert await recount(town.office, town.town.tenant) == Recounted(0, 0)
        await town.agree()


def test_all_cities_of_an_empty_database_are_counted(fresh_database: Connections) -> None:
    assert recount_all(fresh_database) == {}


def test_a_city_that_is_not_there_is_told(fresh_database: Connections) -> None:
    with pytest.raises(SetupError, match="nowhere"):
        recount_all(fresh_database, ["nowhere"])
