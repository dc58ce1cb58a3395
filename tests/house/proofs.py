"""`make rules`: how many rules of each city and kind a test proves, and which are left."""

import ast
import sys
from collections import Counter
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from tenants.rules import RULES, Rule
from tests.house.tree import TESTS, Source, calls, sources

MARK = "pytest.mark.rule"


def marked(source: Source) -> Iterator[str]:
    """Give the rules that the tests of a file say they prove."""
    for call in calls(source.tree):
        if isinstance(call.func, ast.Attribute) and ast.unparse(call.func) == MARK:
            yield from (str(ast.literal_eval(argument)) for argument in call.args)


def proven() -> frozenset[str]:
    """Give the rules that at least one test proves."""
    return frozenset(rule for source in sources(*TESTS) for rule in marked(source) if rule in RULES)


def table_of(proved: frozenset[str]) -> Table:
    """Show for each kind and city how many of its rules are proved."""
    cities = sorted({rule.tenant for rule in RULES.values()})
    there = Counter((rule.kind, rule.tenant) for rule in RULES.values())
    done = Counter((RULES[name].kind, RULES[name].tenant) for name in proved)
    table = Table("kind", *cities, "all", title="rules that a test proves, of all rules")
    for kind in sorted({rule.kind for rule in RULES.values()}):
        cells = [f"{done[kind, city]} of {there[kind, city]}" if there[kind, city] else "" for city in cities]
        table.add_row(kind, *cells, f"{_sum(done, kind=kind)} of {_sum(there, kind=kind)}")
    sums = (f"{_sum(done, city=city)} of {_sum(there, city=city)}" for city in cities)
    table.add_row("all", *sums, f"{len(proved)} of {len(RULES)}", style="bold")
    return table


def left(proved: frozenset[str], wanted: frozenset[str]) -> Iterator[Rule]:
    """Give the rules of cities or kinds that no test proves, in the order of their texts."""
    return (rule for rule in RULES.values() if rule.id not in proved and wanted & {rule.tenant, rule.kind})


def _sum(counted: Counter[tuple[str, str]], *, kind: str | None = None, city: str | None = None) -> int:
    return sum(n for (of_kind, of_city), n in counted.items() if kind in (None, of_kind) and city in (None, of_city))


def main() -> None:
    """Print the table; cities (TA) or kinds (staffing) that are named have the rest of their rules listed."""
    console, proved = Console(), proven()
    console.print(table_of(proved))
    for rule in left(proved, frozenset(sys.argv[1:])):
        console.print(f"{rule.id} ({rule.article}, {rule.kind}): {rule.summary}", highlight=False)


if __name__ == "__main__":
    main()
