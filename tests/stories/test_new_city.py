"""S-X-11: a sixth city comes with a profile and three sheets, and runs without a line of code."""

from pathlib import Path

import pytest

from tests.stories.sixth_city import CITY, bangban, sheets, write_profile, write_sheets
from tests.stories.stack import Stack
from tests.stories.test_office_gates import me
from tests.stories.walk import ask_for, bring, requirements, review, state

PERSON = {"subjectType": "NATURAL_PERSON", "name": "郑某"}
FOUND = "query($text: String!) { items(first: 5, search: $text) { nodes { code } } units(first: 5, search: $text) { nodes { code } } }"
SHOWN = (
    "query($code: String!) { item(code: $code) { itemType department { code } currentVersion { handledAt limitValue "
    "limitUnit onSpot requirements { nameZh originalNeeded wayToObtainZh } } } }"
)


def found(stack: Stack, text: str) -> tuple[list[str], list[str]]:
    """Search items and units by name; gives their codes."""
    answer = stack.staff("xinhe-greeter-1").ask(FOUND, text=text)
    return tuple([node["code"] for node in answer[root]["nodes"]] for root in ("items", "units"))  # type: ignore[return-value]


def count(stack: Stack, table: str, where: str = "true") -> int:
    """Count what the city has."""
    query = f"SELECT count(*) FROM {table} WHERE tenant_id = '{CITY}' AND {where}"  # noqa: S608
    ((number,),) = stack.sql(CITY, query)
    return int(number)


def test_a_profile_that_names_what_nobody_knows_is_refused_with_the_line(stack: Stack, tmp_path: Path) -> None:
    profile = write_profile(tmp_path / "xinhe.yaml")
    lines = profile.read_text(encoding="utf-8").splitlines()
    guard = next(number for number, line in enumerate(lines) if "guard: ITEM_IN_SCOPE" in line)
    role = next(number for number, line in enumerate(lines) if line.strip() == "role: greeter")
    wrong = list(lines)
    wrong[guard], wrong[role] = (
        lines[guard].replace("ITEM_IN_SCOPE", "ITEM_IN_HEAVEN"),
        lines[role].replace("greeter", "wizard"),
    )
    profile.write_text("\n".join(wrong), encoding="utf-8")
    for command in ("validate", "publish"):
        told = bangban(stack, "city", command, profile, code=1 if command == "validate" else 2)
        for number, word in ((guard, "ITEM_IN_HEAVEN"), (role, "wizard")):
            assert any(f"xinhe.yaml:{number + 1}:" in line and word in line for line in told.splitlines()), told


def test_a_sixth_city_runs_without_a_line_of_code(stack: Stack, tmp_path: Path) -> None:
    """S-X-11: profile, trial, sheets with a fault, sheets, and a case from the request to its end."""
    stack.at("2024-09-16 09:00")
    profile, files = write_profile(tmp_path / "xinhe.yaml"), write_sheets(tmp_path)
    assert "no published profile" in bangban(stack, "city", "import", CITY, *sheets(files), code=2)
    bangban(stack, "city", "validate", profile)
    bangban(stack, "city", "publish", profile)
    assert str(tmp_path / "empty" / "staff.xlsx") in bangban(
        stack, "city", "template", "--to", tmp_path / "empty", profile
    )

    told = bangban(stack, "city", "import", CITY, *sheets(files), "--dry-run")
    assert "nothing was written" in told
    assert count(stack, "org_unit") + count(stack, "staff_member") == 0
    assert count(stack, "audit_entry", "starts_with(action, 'sheets.')") == 0

    faulty = tmp_path / "faulty.csv"
    text = files["staff"].read_text(encoding="gb18030")
    faulty.write_text(text.replace("greeter,专职", "wizard,专职", 1).replace("xh-east", "nowhere"), encoding="utf-8")
    told = bangban(stack, "city", "import", CITY, *sheets({**files, "staff": faulty}), code=1)
    assert "staff, row 2, 岗位 role_code: The regulation knows no role 'wizard'" in told
    assert "staff, row 7, 所属机构编码 unit_code" in told
    assert "赵一" not in told, "names are personal"
    assert count(stack, "org_unit") == 0, "everything or nothing"

    told = bangban(stack, "city", "import", CITY, *sheets(files))
    assert "written" in told
    assert (count(stack, "org_unit"), count(stack, "staff_member"), count(stack, "role_assignment")) == (4, 6, 7)
    assert count(stack, "audit_entry", "action = 'sheets.imported'") == 1
    assert "nothing to change" in bangban(stack, "city", "import", CITY, *sheets(files))

    assert found(stack, "摊位登记") == (["XH-01"], [])
    assert found(stack, "bmfw") == ([], ["xh-east", "xh-east-1"])
    item = stack.staff("xinhe-greeter-1").ask(SHOWN, code="XH-01")["item"]
    assert (item["itemType"], item["department"]["code"]) == ("FILING", "xh-scjg")
    version = item["currentVersion"]
    assert (version["handledAt"], version["onSpot"], version["limitValue"]) == (["DISTRICT", "TOWN"], True, None)
    assert version["requirements"] == [
        {"nameZh": "申请表", "originalNeeded": True, "wayToObtainZh": "窗口领取"},
        {"nameZh": "身份证", "originalNeeded": False, "wayToObtainZh": ""},
    ]
    serve(stack)
    back = tmp_path / "back"
    bangban(stack, "city", "export", CITY, "--to", back, "--format", "csv")
    exported = {name: back / f"{name}.csv" for name in files}
    assert "nothing to change" in bangban(
        stack, "city", "import", CITY, *sheets(exported), "--dry-run", "--retire-missing"
    )


def serve(stack: Stack) -> None:
    """Help somebody of the new city from the request to the end."""
    greeter, applicant = stack.staff("xinhe-greeter-1"), stack.portal("xinhe-applicant-1")
    case = ask_for(applicant, "xh", "ASSIST", "XH-01", applicant=PERSON)
    greeter.case("respondCase", case, channel="WINDOW", content="已当面说明")
    greeter.case("acceptCase", case)
    greeter.case("prepareCase", case)
    for requirement in requirements(greeter, "XH-01"):
        review(greeter, bring(greeter, case, requirement, medium="ELECTRONIC"))
    greeter.case("recordDecision", case, decision="ISSUED")
    greeter.case("deliverResult", case, method="HANDOVER", chosenByApplicant=True)
    greeter.case("completeCase", case)
    assert state(applicant, case) == "COMPLETED"
    assert me(greeter)
    stack.eventually(lambda: count(stack, "outbox_event", "state <> 'DONE'") == 0, "the worker serves the new city too")


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_city_that_is_running_is_taken_away_and_brought_back_without_a_change(
    stack: Stack, tmp_path: Path, kind: str
) -> None:
    stack.at("2024-09-16 11:00")
    bangban(stack, "city", "export", "taian", "--to", tmp_path, "--format", kind)
    files = {name: tmp_path / f"{name}.{kind}" for name in ("units", "staff", "items")}
    assert "nothing to change" in bangban(
        stack, "city", "import", "taian", *sheets(files), "--dry-run", "--retire-missing"
    )
