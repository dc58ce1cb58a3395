"""A rule that is cited exists: in docstrings and comments, in tests that prove it, in profiles, in documents."""

import re
from collections.abc import Iterator

from tenants.loader import load_profile, shipped_profiles
from tenants.rules import RULES
from tests.house.proofs import marked
from tests.house.tree import PROGRAM, ROOT, TESTS, nothing, read, sources

PREFIXES = "|".join(sorted({rule_id.partition("-")[0] for rule_id in RULES}))
CITATION = re.compile(rf"(?<![\w-])(?:{PREFIXES})-[A-Z]?\d*(?:\.\d+)*(?:-[A-Z]?\d+(?:\.\d+)*)+")
"""`TA-15-2`, `PX-B-2.1-4`, `NX-A5.1-7`; a scenario such as `S-TA-07` is none."""


def unknown(text: str) -> Iterator[str]:
    """Give the citations of a text that name no rule."""
    return (found for found in CITATION.findall(text) if found not in RULES)


def test_every_rule_id_has_the_form_that_the_guard_looks_for() -> None:
    nothing(rule_id for rule_id in RULES if not CITATION.fullmatch(rule_id))


def test_every_rule_cited_in_the_code_exists() -> None:
    nothing(f"{source.path}: {cited}" for source in sources(*PROGRAM) for cited in unknown(source.text))


def test_every_rule_cited_beside_the_code_exists() -> None:
    texts = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "schema").glob("*.graphql")]
    texts += [*(ROOT / "authz").rglob("*.csv"), *(ROOT / "bangban" / "demo").rglob("*.yaml")]
    nothing(f"{path.name}: {cited}" for path in texts for cited in unknown(path.read_text(encoding="utf-8")))


def test_every_rule_that_a_test_proves_exists() -> None:
    nothing(f"{source.path}: {rule}" for source in sources(*TESTS) for rule in marked(source) if rule not in RULES)


def test_every_rule_that_a_profile_cites_exists() -> None:
    for path in shipped_profiles():
        load_profile(path)  # refuses what the register does not hold
        nothing(f"{path.name}: {cited}" for cited in unknown(path.read_text(encoding="utf-8")))


def test_the_guard_sees_a_rule_that_does_not_exist() -> None:
    real = next(iter(RULES))
    assert list(unknown(f"({real}, S-{real}, {real}99)")) == [f"{real}99"]
    assert list(marked(read(f"@pytest.mark.rule('{real}', 'X-1-1')\ndef test(): ...\n"))) == [real, "X-1-1"]
