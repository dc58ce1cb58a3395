from __future__ import annotations

import sys
from pathlib import Path

import pytest

from authz.golden import __main__ as golden


def test_the_matrices_in_git_say_what_the_rules_say() -> None:
    assert golden.differences() == [], "run python -m authz.golden and read the difference"


def test_a_change_shows_line_by_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(golden, "FOLDER", tmp_path)
    golden.write()
    assert golden.differences() == []
    path = tmp_path / golden.PLATFORM
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("GUIDE  case.respond  u", "GUIDE  case.respond  a"), encoding="utf-8")
    (tmp_path / "atlantis.txt").write_text("# gone\n", encoding="utf-8")
    found = golden.differences()
    assert "-GUIDE  case.respond  a" in found
    assert "+GUIDE  case.respond  u" in found
    assert "-# gone" in found
    golden.write()
    assert golden.differences() == []
    assert not (tmp_path / "atlantis.txt").exists()


def test_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(golden, "FOLDER", tmp_path)
    monkeypatch.setattr(sys, "argv", ["golden", "--check"])
    assert golden.main() == 1
    assert "+[CASE_WORKER] = CASE_WORKER" in capsys.readouterr().out
    monkeypatch.setattr(sys, "argv", ["golden"])
    assert golden.main() == 0
    monkeypatch.setattr(sys, "argv", ["golden", "--check"])
    assert golden.main() == 0
    assert capsys.readouterr().out == ""
