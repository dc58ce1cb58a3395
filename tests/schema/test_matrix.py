"""Who sees which field is written down in git, derived from the declarations, and a change of either side shows."""

from dataclasses import replace
from pathlib import Path

import pytest

from schema import matrix
from schema.reading.sources import SOURCE, Renamed
from schema.reading.values import definition_of
from schema.roots import office_schema, province_schema
from schema.seeing import Seeing

CITY, PROVINCE = matrix.roles_of()


@pytest.fixture(scope="module")
def found() -> str:
    return matrix.text(CITY, PROVINCE)


def test_the_matrix_in_git_is_what_the_declarations_say(found: str) -> None:
    assert matrix.run(["--check"], found) == 0


def test_no_type_of_rows_is_left_out() -> None:
    assert Seeing.of(office_schema()).unexplained == []
    assert Seeing.of(province_schema()).unexplained == []


def test_a_role_that_sees_more_shows(found: str, capsys: pytest.CaptureFixture[str]) -> None:
    guide = CITY["GUIDE"]
    grants = {**guide.grants, "case.list_masked": CITY["TENANT_SUPERVISOR"].grants["case.list_masked"]}
    changed = matrix.text({**CITY, "GUIDE": replace(guide, grants=grants)}, PROVINCE)
    assert changed != found
    assert matrix.run(["--check"], changed) == 1
    assert "GUIDE" in capsys.readouterr().out


def test_a_field_that_is_no_longer_masked_shows(capsys: pytest.CaptureFixture[str]) -> None:
    declared = office_schema()._schema.type_map["Applicant"].fields["phone"]  # type: ignore[attr-defined]
    definition = definition_of(declared)
    bare = {**definition.metadata, SOURCE: Renamed(definition.metadata[SOURCE].column)}
    with pytest.MonkeyPatch.context() as planted:
        planted.setattr(definition, "metadata", bare)
        assert matrix.run(["--check"], matrix.text(CITY, PROVINCE)) == 1
    assert "phone (as phone)" in capsys.readouterr().out


def test_the_matrix_is_printed_written_and_compared(
    tmp_path: Path, found: str, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "matrix.txt"
    assert matrix.run(["--check"], found, kept) == 1
    assert matrix.run(["--write"], found, kept) == 0
    assert matrix.run(["--check"], found, kept) == 0
    capsys.readouterr()
    assert matrix.run([], found, kept) == 0
    assert capsys.readouterr().out == found
