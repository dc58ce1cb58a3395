"""The page and the sheet of a guide: readable Chinese, nothing but text, the same bytes for the same version."""

import re
import zlib
from datetime import UTC, datetime
from uuid import UUID

from casework.catalogue.models import Guide, GuideVersion
from casework.catalogue.public import OpenGuide
from casework.organisation.models import OrgUnit
from schema.guides.page import POLICY, STYLE, page
from schema.guides.paper import paper

SHANGHAI = "Asia/Shanghai"


def guide(*texts: str, version: int = 1) -> OpenGuide:
    """A published guide with these texts."""
    contents = [{"key": f"k{place}", "zh": f"第{place}项", "text": text} for place, text in enumerate(texts)]
    made = GuideVersion(
        tenant_id="taian", id=UUID(int=version), version=version, title_zh="公司变更登记服务手册", kind_zh="服务手册",
        unit_zh="政务服务中心", contents=contents, authors_zh=["市场监管窗口"], rules=["TA-11-1"],
        published_at=datetime(2024, 9, 12, 17, tzinfo=UTC),
    )  # fmt: skip
    return OpenGuide(Guide(tenant_id="taian", code="G-1"), made, OrgUnit())


def streams(document: bytes) -> bytes:
    """Unpack what a PDF holds."""
    found = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", document, re.DOTALL)
    return b"".join(unpacked(each) for each in found)


def unpacked(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def test_the_same_version_gives_the_same_bytes() -> None:
    first, again = paper(guide("受理、办结"), SHANGHAI), paper(guide("受理、办结"), SHANGHAI)
    assert first == again
    assert first != paper(guide("受理、办结", version=2), SHANGHAI)


def test_a_sheet_carries_its_font_and_what_its_signs_mean() -> None:
    """Copying and searching work: each glyph says which Chinese sign it is."""
    document = paper(guide("材料清单：身份证"), SHANGHAI)
    assert b"NotoSansSC" in document
    meanings = streams(document)
    for sign in "材料清单身份证编号版公布":
        assert f"{ord(sign):04X}".encode() in meanings.upper(), sign


def test_a_long_text_goes_over_several_pages_and_nothing_is_lost() -> None:
    document = paper(guide("\n".join(f"{line}. 材料" for line in range(1, 121))), SHANGHAI)
    assert len(re.findall(rb"/Type /Page\b(?!s)", document)) >= 3


def test_a_page_is_escaped_text_with_number_version_and_local_date() -> None:
    shown = page(guide('<img src=x onerror="alert(1)">', "一\n二"), SHANGHAI)
    assert "<img" not in shown
    assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;" in shown
    assert "<p>一</p>\n<p>二</p>" in shown
    for line in ("编号：G-1", "版本：第1版", "公布日期：2024年9月13日", "联合编制：市场监管窗口"):
        assert line in shown


def test_a_page_loads_nothing() -> None:
    shown = page(guide("文字"), SHANGHAI)
    assert re.findall(r"(?:src|href)=\"([^\"]*)\"", shown) == ["G-1.pdf"]
    assert "url(" not in STYLE
    assert "script-src" not in POLICY
    assert POLICY.startswith("default-src 'none'; style-src 'sha256-")
