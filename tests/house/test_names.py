"""The directory listing is the manual: files are named after verbs and nouns of the trade, never after habits."""

import re
from pathlib import PurePath

from tests.house.tree import PROGRAM, ROOT, TESTS, nothing, sources

HABITS = re.compile(r"(?:^|_)(?:services?|utils?|utilit(?:y|ies)|helpers?|managers?|commons?|misc|stuff|base)(?:_|$)")


def named_after_a_habit(path: str) -> list[str]:
    return [part for part in PurePath(path).with_suffix("").parts if HABITS.search(part)]


def test_no_file_is_named_after_a_habit() -> None:
    nothing(source.path for source in sources(*PROGRAM, *TESTS) if named_after_a_habit(source.path))


def test_the_guard_knows_the_habits() -> None:
    for path in ("casework/cases/service.py", "schema/date_utils.py", "workers/helpers/send.py", "authz/common.py"):
        assert named_after_a_habit(path), path
    for path in ("casework/catalogue/list_item.py", "casework/cases/receive.py", "bangban/serving.py"):
        assert not named_after_a_habit(path), path


def test_every_folder_with_code_is_a_known_room_of_the_house() -> None:
    """A new root stands in no import contract until somebody has said where it belongs."""
    found = {folder.name for folder in ROOT.iterdir() if folder.is_dir() and any(folder.glob("*.py"))}
    assert {name for name in found if not name.startswith(".")} <= {*PROGRAM, *TESTS}


def test_tests_lie_where_the_code_lies() -> None:
    """The tree of tests mirrors the tree of code; `house` and `stories` look at all of it."""
    rooms = {path.name for path in (ROOT / "casework").iterdir() if path.is_dir()}
    tested = {path.name for path in (ROOT / "tests" / "casework").iterdir() if path.is_dir()}
    assert tested - {"__pycache__"} <= rooms
    top = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir()}
    assert top - {"__pycache__"} <= {*PROGRAM, "house", "stories", "isolation"}
