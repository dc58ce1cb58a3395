"""Nothing in the tree names the machine it was written on, a workplace's tools, or something left for later.

The patterns are written with one letter in brackets, so that they do not find themselves.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import ROOT, nothing, written_files

PLACES = re.compile(
    r"(?<![\w.$)}\]])/(?:wor[k]|hom[e]|User[s]|roo[t])/\w"  # somebody's folder
    r"|\b(?:pyp[i]\.org|pythonhoste[d]\.org|npmj[s]\.(?:org|com)|proxy\.golan[g]\.org)"  # a registry of packages
    r"|\bissue[s] (?:show|list|comment|close)\b|\bfar[m]-[a-z]+|\b(?:helper|coding) agen[t]s?\b|\bsubagen[t]"
    r"|\b(?:CONTRAC[T]|HOUS[E]|FACT[S])\.md\b|(?<![\w./])share[d]/(?:design|domain|data|hooks|regulations)\b"
)
LEFT_FOR_LATER = re.compile(r"\b(?:TOD[O]|FIXM[E]|XX[X]|HAC[K])\b|\bNotImplemente[d]Error\b")
NOT_OUR_WORDS = frozenset({"requirements.lock", "package-lock.json"})


def text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def traces(text: str) -> Iterator[str]:
    """Give what a text tells of a workplace, or leaves for later."""
    for pattern in (PLACES, LEFT_FOR_LATER):
        yield from (found.group() for found in pattern.finditer(text))
    if str(ROOT) != "/" and f"{ROOT}/" in text:
        yield str(ROOT)


def test_the_tree_tells_nothing_of_where_it_was_written() -> None:
    nothing(
        f"{path.relative_to(ROOT)}: {trace}"
        for path in written_files()
        if path.name not in NOT_OUR_WORDS
        for trace in traces(text_of(path))
    )


def test_locked_requirements_come_from_no_particular_place() -> None:
    """Hashes say which files are meant; where they are fetched from is the machine's business."""
    for name in NOT_OUR_WORDS:
        for path in (path for path in written_files() if path.name == name):
            assert re.findall(r"https?://\S+\.(?:tgz|whl|tar\.gz)|--(?:extra-)?index-url", text_of(path)) == [], path


def test_the_guard_sees_traces() -> None:
    slash = "/"
    for trace in (f"{slash}home{slash}ann/x", f" {slash}work{slash}main", "see HOUSE" + ".md", "# TO" + "DO: later"):
        assert list(traces(trace)), trace
    for fine in ("frame/work/x", "work/main", "below /root (mode 0700)", "issues a notice", "tests.shared_server"):
        assert list(traces(fine)) == [], fine
