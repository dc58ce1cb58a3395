"""`enforce` costs milliseconds per question; nothing that answers a request may reach it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import casbin
import pytest

from authz.decide import Resource, decide
from authz.masks import unlocked_classes
from authz.oracle import Oracle
from authz.rows import row_filter
from authz.table import compile_table
from tests.authz.cities import TALL, held, staff

ROOT = Path(__file__).parents[2]
MODULES = "authz.actor authz.table authz.decide authz.rows authz.masks authz.tokens authz.issuers authz.development"


def test_casbin_is_not_even_imported() -> None:
    program = f"import sys\nfor name in {MODULES.split()!r}: __import__(name)\nsys.exit('casbin' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False, timeout=60)
    assert done.returncode == 0


def test_answers_come_with_enforce_poisoned(monkeypatch: pytest.MonkeyPatch) -> None:
    def poison(*_: object) -> bool:
        raise AssertionError("enforce ran on a request")

    for name in ("enforce", "enforce_ex", "batch_enforce"):
        monkeypatch.setattr(casbin.Enforcer, name, poison)
    with pytest.raises(AssertionError, match="enforce ran"):
        Oracle(TALL).allows(staff(held("helper")), "case.accept", Resource("c.k."))
    table = compile_table(TALL)
    actor = staff(held("helper"))
    assert decide(table, actor, "case.accept", Resource("c.k.")).allowed
    assert row_filter(table, actor, "case.accept").reached.units == {"c.k."}
    assert unlocked_classes(table, actor, Resource("c.k."))


def test_the_right_distribution_of_casbin_is_installed() -> None:
    # The old distribution `casbin` overwrites the folder of `pycasbin`.
    from importlib.metadata import PackageNotFoundError, version

    assert version("pycasbin")
    with pytest.raises(PackageNotFoundError):
        version("casbin")
