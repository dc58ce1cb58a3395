"""The comparison: random documents at both doors, byte by byte, and how many of them a plan answered."""

from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import orjson
import psycopg
from psycopg import sql

from bangban.connections import Connections
from bench.equality.doors import CURSOR, SCHEMAS, WAYS, Answer, Caller, Doors, callers, open_doors
from bench.equality.question import Question, shrink, told
from bench.equality.scenery import Town
from bench.equality.values import Pools, Values
from bench.equality.writing import all_roots, write
from casework.kernel.lanes import Lanes
from schema.build import DoorSchema
from schema.errors import DoorError

SCHEMA = SCHEMAS[None]
MOST_CURSORS = 40
AGAIN = "once-more"
"""The number under which a document is asked a second time; it is left out of what the trails are compared by."""


class Differing(AssertionError):
    """Two ways to one answer gave two answers."""


@dataclass
class Tally:
    """How many documents were asked, and how they were answered."""

    documents: int = 0
    plans: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    sound: list[str] = field(default_factory=list)
    """Numbers of the documents that were answered without an error."""

    def note(self, answer: Answer, number: str) -> None:
        """Count one answer."""
        if not answer.seen.codes:
            self.sound.append(number)
        self.documents += 1
        self.plans[answer.seen.plan or "none"] += 1
        self.outcomes[answer.seen.outcome or "?"] += 1

    def add(self, other: "Tally") -> None:
        """Count what another run counted."""
        self.documents += other.documents
        self.plans += other.plans
        self.outcomes += other.outcomes
        self.sound += other.sound

    @property
    def whole(self) -> float:
        """The share of documents that a plan answered to the end."""
        return self.plans["whole"] / max(1, self.documents)


@dataclass
class Asking:
    """Chooses documents and who asks them; the same seed over the same rows chooses the same."""

    seed: int
    chance: Random
    pools: Pools
    who: Sequence[Caller]
    roots: Mapping[str, float]
    door: DoorSchema = SCHEMA
    asked: int = 0
    """Documents that were asked so far."""

    @classmethod
    def of(cls, towns: Sequence[Town], seed: int, roots: Mapping[str, float] | None = None) -> "Asking":
        """Begin with the rows of some cities; `roots` says which root fields are asked for, and how often."""
        schema = SCHEMA._schema
        return cls(seed, Random(seed), Pools.of(schema, towns), callers(list(towns)), roots or all_roots(schema))

    def next(self) -> tuple[Question, Caller]:
        """Write documents until one keeps the rules of the specification and the limits of the door."""
        while True:
            caller = self.chance.choice(self.who) if self.chance.random() > 0.005 else self.who[0]
            values = Values(self.chance, self.pools, caller.tenant)
            question = write(self.door._schema, self.chance, values, self.roots)
            if is_valid(question, self.door):
                return question, caller

    def questions(self, count: int) -> Iterator[tuple[Question, Caller]]:
        """Give documents with who asks; each is asked twice on average, the plan of the first serving the others."""
        while count > 0:
            question, caller = self.next()
            neighbours = [other for other in self.who if other.tenant == caller.tenant]
            for number in range(min(count, self.chance.choice((1, 1, 2, 4)))):
                count -= 1
                yield question, caller if number == 0 else self.chance.choice(neighbours)

    def remember(self, answer: Answer) -> None:
        """Keep the cursors of an answer for later pages, each under the seal of its order."""
        for found in CURSOR.findall(answer.body):
            cursor = found.decode()
            known = self.pools.cursors.setdefault(seal_of(cursor), [])
            if len(known) < MOST_CURSORS and cursor not in known:
                known.append(cursor)


def is_valid(question: Question, door: DoorSchema = SCHEMA) -> bool:
    """Tell whether the door would carry a document out."""
    try:
        prepared = door.documents.prepare(question.document)
        if prepared.errors:
            return False
        prepared.cost(prepared.operation(None), question.variables)
    except DoorError:
        return False
    return True


async def differ(doors: Doors, question: Question, caller: Caller) -> bool:
    """Tell whether the doors disagree."""
    if not is_valid(question, SCHEMAS[caller.kind]):
        return False
    planned = await doors.ask("planned", question, caller)
    standard = await doors.ask("standard", question, caller)
    return planned.same_as != standard.same_as


async def compare(doors: Doors, question: Question, caller: Caller, number: str, smallest: bool) -> Answer:
    """Ask both doors; where they disagree, find a smaller document on which they do and say all about it.

    What a plan answered is asked once more, because the second time the document and the caller are known and the
    statement is prepared.
    """
    planned = await doors.ask("planned", question, caller, number)
    standard = await doors.ask("standard", question, caller, number)
    if planned.same_as != standard.same_as:
        raise Differing(await described(doors, question, caller) if smallest else question.document)
    if standard.seen.plan is not None:
        raise Differing("the standard door used a plan")
    if planned.seen.plan == "whole":
        again = await doors.ask("planned", question, caller, AGAIN)
        if again.same_as != planned.same_as:
            raise Differing(told(question, caller.name, {"first": planned.body, "again": again.body}))
    return planned


def seal_of(cursor: str) -> str:
    """Read by which order a list gave a cursor."""
    return str(orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))[1])


async def described(doors: Doors, question: Question, caller: Caller) -> str:
    """Describe a disagreement by the smallest document that shows it."""
    smallest = await shrink(question, lambda smaller: differ(doors, smaller, caller))
    answers = {way: (await doors.ask(way, smallest, caller)).body for way in WAYS}
    if answers["planned"] == answers["standard"]:
        smallest, answers = question, {way: (await doors.ask(way, question, caller)).body for way in WAYS}
    return told(smallest, caller.name, answers)


async def prove(
    connections: Connections,
    asking: Asking,
    documents: int,
    lanes: Lanes | None = None,
    *,
    smallest: bool = True,
) -> Tally:
    """Compare so many documents; a disagreement is told by the smallest document that is found."""
    tally = Tally()
    async with open_doors(connections, lanes) as doors:
        for question, caller in asking.questions(documents):
            asking.asked += 1
            number = f"{asking.seed:08d}.{tally.documents:05d}"
            answer = await compare(doors, question, caller, number, smallest)
            tally.note(answer, number)
            asking.remember(answer)
    return tally


async def next_answers(doors: Doors, asking: Asking, documents: int) -> AsyncIterator[Answer]:
    """Ask the planned door alone."""
    for question, caller in asking.questions(documents):
        answer = await doors.ask("planned", question, caller)
        asking.remember(answer)
        yield answer


def traces(connections: Connections, towns: Sequence[Town], sound: Sequence[str]) -> dict[str, Counter[Any]]:
    """Count what each way left in the audit trail for the documents with these numbers.

    Where one field fails for all, the executor leaves the others where they are, and sometimes their trace with them;
    therefore only documents without an error are comparable.
    """
    found: dict[str, Counter[Any]] = {way: Counter() for way in WAYS}
    query = "SELECT tenant_id, actor, action, object_id FROM audit_entry WHERE correlation_id = ANY(%s)"
    with psycopg.connect(connections.dsn("app")) as connection:
        for town in towns:
            connection.execute(sql.SQL("SET LOCAL app.tenant_id = {}").format(sql.Literal(town.tenant)))
            for way in WAYS:
                numbers = [f"{way}.{number}" for number in sound]
                found[way].update(connection.execute(query, [numbers]).fetchall())
    return found
