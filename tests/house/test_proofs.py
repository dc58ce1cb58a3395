"""The count of proved rules counts what tests say, and nothing else."""

from tenants.rules import RULES
from tests.house.proofs import left, marked, proven, table_of
from tests.house.tree import read


def test_marks_are_read_wherever_they_stand() -> None:
    one, other, *_ = RULES
    text = f"pytestmark = pytest.mark.rule('{one}')\n\n@pytest.mark.rule('{other}')\ndef test(): ...\n"
    assert sorted(marked(read(text))) == sorted([one, other])


def test_every_rule_is_proved_or_left() -> None:
    proved = proven()
    assert proved <= RULES.keys()
    everything = frozenset(rule.tenant for rule in RULES.values())
    assert {rule.id for rule in left(proved, everything)} == RULES.keys() - proved


def test_the_table_adds_up() -> None:
    first = next(iter(RULES))
    table = table_of(frozenset({first}))
    cells = [list(column.cells) for column in table.columns]
    assert cells[-1][-1] == f"1 of {len(RULES)}"
    kinds = [str(cell).split(" of ") for cell in cells[-1][:-1]]
    assert sum(int(proved) for proved, _ in kinds) == 1
    assert sum(int(there) for _, there in kinds) == len(RULES)
