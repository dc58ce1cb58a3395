"""`python -m bench.search --items 20000`: how long a window clerk waits for a search among so many items of one city."""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product
from uuid import NAMESPACE_URL, uuid5

import psycopg
from psycopg import sql

from bangban.connections import Connections
from bangban.demo.blueprint import all_items, tenants_planned
from bangban.demo.bulk import Row, insert_rows
from bangban.demo.loading import make_findable
from bangban.demo.people import people_of
from bangban.tokens import Mint
from bench.client import ask, measure
from bench.contenders import Contender, running
from bench.office import bench_database, settings
from bench.questions import Question
from casework.catalogue.models import ServiceItem
from casework.kernel.search import initials, signs

TENANT = tenants_planned()[0]
DOCUMENT = """query Search($text: String!) {
  items(first: 20, search: $text) { nodes { code nameZh department { nameZh } } pageInfo { hasNextPage endCursor } } }"""
UNSEARCHED = "{ items(first: 20) { nodes { code nameZh department { nameZh } } pageInfo { hasNextPage endCursor } } }"
COUNTED = DOCUMENT.replace("{ nodes", "{ totalCount nodes", 1)
SUBJECTS = (
    "",
    "外商投资企业",
    "分支机构",
    "农民专业合作社",
    "民办非企业单位",
    "个人独资企业",
    "军人家属",
    "港澳台居民",
)
WAYS = ("", "（新办）", "（变更）", "（延续）", "（注销）", "（补发）", "（换发）", "信息查询", "结果公示", "材料退还")
SCOPES = ("", "市级", "县级", "跨省", "省内通办", "一次办好", "即时")
ALONE, TOGETHER, POOL = 1, 8, 10


@dataclass(frozen=True)
class One:
    """The city that is asked."""

    tenant: str = TENANT
    province: str = ""

    def variables(self, question: Question) -> list[dict[str, str]]:
        """Give what a question is asked with; searches bring their own."""
        return []

    def token(self, question: Question) -> str:
        """Give the token of somebody at a window of the city."""
        return Mint.open(settings()).staff(TENANT, people_of(TENANT)[0].code)


def names(number: int) -> Iterator[str]:
    """Compose so many names of items from the words that real ones are made of; common words are in thousands of them."""
    known = [item.name for item in all_items().items]
    made = (f"{scope}{subject}{name}{way}" for scope, subject, way, name in product(SCOPES, SUBJECTS, WAYS, known))
    return islice(made, number)


def fill(connections: Connections, number: int) -> None:
    """Put the items on the shelf of the city, unless they lie there."""
    with psycopg.connect(connections.dsn("app")) as connection:
        connection.execute(sql.SQL("SET LOCAL app.tenant_id = {}").format(sql.Literal(TENANT)))
        found = connection.execute("SELECT count(*) FROM service_item WHERE tenant_id = %s", [TENANT]).fetchone()
        if found is not None and found[0] >= number:
            return
        query = "SELECT department_id FROM service_item WHERE tenant_id = %s LIMIT 1"
        department = connection.execute(query, [TENANT]).fetchone()
        assert department is not None
        rows: list[Row] = [
            {
                "id": uuid5(NAMESPACE_URL, f"bench/item/{place}"),
                "code": f"BENCH-{place:06d}",
                "name_zh": name,
                "item_type": "LICENCE",
                "theme_zh": "测量",
                "department_id": department[0],
                "settled": True,
                "requires_personal_verification": False,
            }
            for place, name in enumerate(names(number))
        ]
        insert_rows(connection, ServiceItem, TENANT, rows)
        make_findable(connection, TENANT)
    with psycopg.connect(connections.administrator, autocommit=True) as administrator:
        administrator.execute("VACUUM ANALYZE service_item, item_name_tail")


def searches(number: int) -> dict[str, list[str]]:
    """Write what clerks type: two characters, a few, initials, and a few with one of them mistyped."""
    plain = [signs(name) for name in names(number)]
    chosen = [name for name in plain[:: max(1, number // 400)] if len(name) > 6]
    return {
        "two characters": [name[at : at + 2] for at, name in zip([0, 2, 4] * len(chosen), chosen, strict=False)],
        "the commonest two": ["登记", "许可", "企业", "变更", "办理"],
        "four to six characters": [name[-6:-1] for name in chosen] + [name[:4] for name in chosen],
        "two initials": [initials(name)[2:4] for name in chosen],
        "five initials": [initials(name)[:5] for name in chosen],
        "one mistyped": [f"{name[:2]}某{name[3:6]}" for name in chosen],
    }


def main() -> None:
    """Fill, serve, ask, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.search", description=__doc__)
    parser.add_argument("--items", type=int, default=20_000, help="items in the city that is asked")
    parser.add_argument("--seconds", type=float, default=5, help="length of each measurement")
    given = parser.parse_args()
    with bench_database(0) as connections:
        fill(connections, given.items)
        clerk = people_of(TENANT)[0].code
        bearer = {"Authorization": f"Bearer {Mint.open(settings()).staff(TENANT, clerk)}"}
        with running(connections, One(), POOL, ["ours"]) as found:
            print(f"{given.items} items | clients | answers/s | least ms | p50 ms | p95 ms | p99 ms")
            measured(found["ours"], "no search", UNSEARCHED, [""], bearer, given.seconds)
            for name, texts in searches(given.items).items():
                for label, document in ((name, DOCUMENT), (f"{name}, counted", COUNTED)):
                    measured(found["ours"], label, document, texts, bearer, given.seconds)


def measured(
    ours: Contender, label: str, document: str, texts: list[str], bearer: dict[str, str], seconds: float
) -> None:
    """Ask for so long, alone and together with others, and print what came out."""
    requests = [ours.graphql(document, {"text": text}, bearer) for text in texts]
    for one in requests[:20]:
        ask(ours.port, one)
    for clients in (ALONE, TOGETHER):
        got = measure(ours.port, requests, clients, seconds)
        shares = " | ".join(f"{got.quantile(share):.1f}" for share in (0, 0.5, 0.95, 0.99))
        print(f"{label} | {clients} | {got.per_second:.0f} | {shares}")


if __name__ == "__main__":
    main()
