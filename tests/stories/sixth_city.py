"""A city that none of the five regulations speaks of: its profile, and the sheets with its units, staff and items."""

import io
import re
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
import yaml

from bangban.cli import app
from bangban.faults import SetupError
from bangban.sheet_files import write_tables
from casework.kernel.sheets import Table
from tenants.loader import PROFILES
from tests.stories.stack import Stack

CITY = "xinhe"
SETUP_FAULT = 2
"""How the program ends when something has to be set up first."""

WHY = "The sixth city decided so by itself; none of the five texts binds it."
OWN_WORDS = {
    "helper": "greeter", "agent": "runner", "district_centre": "city_hall", "township_centre": "town_hall",
    "village_station": "hamlet_desk", "TOWNSHIP": "TOWN", "VILLAGE": "HAMLET",
}  # fmt: skip
"""Names of its own for roles, kinds of units and tiers: whatever the code knew by name would be missing here."""

UNITS = (
    ("机构编码", "机构名称", "机构类型", "层级", "上级机构编码", "窗口人数", "是否进驻"),
    ("xh", "新河市政务服务中心", "city_hall", "DISTRICT", "", "8", "否"),
    ("xh-scjg", "新河市市场监督管理局", "approval_unit", "DISTRICT", "xh", "3", "是"),
    ("xh-east", "东关镇便民服务中心", "town_hall", "TOWN", "xh", "2", "否"),
    ("xh-east-1", "东关一村便民服务站", "hamlet_desk", "HAMLET", "xh-east", "1", "否"),
)
STAFF = (
    ("code", "name", "unit_code", "post", "role_code", "engagement"),
    ("xinhe-greeter-1", "赵一", "xh", "帮办员", "greeter", "专职"),
    ("xinhe-runner-1", "钱二", "xh", "代办员", "runner", "专职"),
    ("xinhe-manager-1", "孙三", "xh", "负责人", "unit_manager", "专职"),
    ("xinhe-callback-1", "李四", "xh", "回访专人", "callback_officer", "兼职"),
    ("xinhe-admin-1", "周五", "xh", "系统管理员", "TENANT_ADMIN", "兼职"),
    ("xinhe-town-1", "吴六", "xh-east", "帮办员", "greeter", "专职"),
    ("xinhe-town-1", "", "", "", "callback_officer", "兼任"),
)
ITEMS = (
    ("事项编码", "事项名称", "事项类型", "主题", "实施机关编码", "是否进驻", "承诺时限", "时限单位", "当场办结", "可办层级",
     "办理流程", "材料名称", "收取原件", "份数", "补齐途径"),
    ("XH-01", "集市摊位登记", "FILING", "经营", "xh-scjg", "是", "", "", "是", "区; TOWN",
     "受理、当场办结", "申请表", "是", "1", "窗口领取"),
    ("XH-01", *("",) * 10, "身份证", "否", "1", ""),
    ("XH-02", "小餐饮备案", "FILING", "经营", "xh-scjg", "是", "3", "工作日", "否", "DISTRICT",
     "受理、审查、办结", "", "", "", ""),
)  # fmt: skip


def as_table(rows: tuple[tuple[str, ...], ...]) -> Table:
    """Make a sheet of rows, the first of which has the headings."""
    return Table(rows[0], tuple(enumerate(rows[1:], start=2)))


def write_profile(path: Path) -> Path:
    """Write the city's own profile: nothing of it is cited, and it has names of its own for everything."""
    text = (PROFILES / "chaonan.yaml").read_text(encoding="utf-8").replace("on:", '"on":')
    text = re.sub(r'(\w)"on":', r"\1on:", text)
    for theirs, own in OWN_WORDS.items():
        text = re.sub(rf"\b{theirs}\b", own, text)
    document = _decided_by_itself(yaml.safe_load(text))
    document |= {"tenant": CITY, "rule_prefix": "XH", "names": {"zh": "新河市", "en": "Xinhe"}}
    # A province of its own: the figures of the other cities' provinces stay theirs.
    document["province"] |= {"code": "35", "zh": "福建省", "en": "Fujian"}
    path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=120), encoding="utf-8")
    return path


def _decided_by_itself(node: Any) -> Any:
    if isinstance(node, list):
        return [_decided_by_itself(each) for each in node]
    if not isinstance(node, dict):
        return node
    own = {key: _decided_by_itself(value) for key, value in node.items() if key not in ("cite", "default_fields")}
    return {**own, "default": True, "why": WHY} if "cite" in node else own


def write_sheets(folder: Path) -> dict[str, Path]:
    """Write the three sheets as cities have them: two workbooks, and a list of staff in the usual encoding of a spreadsheet."""
    units, items = write_tables(folder, {"units": as_table(UNITS), "items": as_table(ITEMS)}, "xlsx")
    staff = folder / "人员.csv"
    staff.write_text("\r\n".join(",".join(row) for row in STAFF), encoding="gb18030")
    return {"units": units, "staff": staff, "items": items}


def bangban(stack: Stack, *arguments: str | Path, code: int = 0) -> str:
    """Give a command to the program of this stack, in this process because starting another takes long; gives its words."""
    # Whoever logs keeps the stream for good, so it is never closed.
    told = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(told):
        for name, value in stack.environment().items():
            patch.setenv(name, value)
        try:
            ended = app([*map(str, arguments)], standalone_mode=False) or 0
        except SetupError as error:
            ended = SETUP_FAULT
            told.write(str(error))
    assert ended == code, told.getvalue()
    return told.getvalue()


def sheets(files: dict[str, Path]) -> list[str | Path]:
    """Name files to a command."""
    return [part for name, path in files.items() for part in (f"--{name}", path)]
