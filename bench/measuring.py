"""One run over one database: all contenders up, proven to say the same, measured in turn."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import orjson

from bangban.connections import Connections
from bench import pgbench
from bench.client import ask
from bench.cold import Cold, measure_cold
from bench.contenders import Contender, running
from bench.deeds import DEEDS, Deed
from bench.figures import count, counted
from bench.load import shares
from bench.mutations import Scene, scene
from bench.questions import QUESTIONS, WORKLIST, Question
from bench.rounds import Round, run_pgbench, run_round
from bench.subject import Subject, answer_of, choose, overseer, require_same

ORDER = ("ours", "postgraphile", "plain", "limit", "pgbench")
NEEDED = {"ours", "limit"}
WARM_UP = 1.0
PROBE = "{ __schema { queryType { fields { name } } } }"
Turn = Callable[[float], Round]
"""Measures one contender for so many seconds."""


@dataclass(frozen=True)
class Choice:
    """What a run measures, and how long."""

    cases: int
    rounds: int
    seconds: float
    clients: int
    pool: int
    only: tuple[str, ...]
    without: tuple[str, ...]
    cold: int
    documents: int


@dataclass
class Run:
    """A run and what it has found so far."""

    chosen: Choice
    connections: Connections
    contenders: Mapping[str, Contender]
    subject: Subject
    results: dict[str, dict[str, list[Round]]]
    colds: dict[str, Cold]

    def wants(self, name: str) -> bool:
        """Tell whether a workload was asked for."""
        return not self.chosen.only or name in self.chosen.only

    def measure_questions(self) -> None:
        """Measure every question that can be asked; say which cannot."""
        for question in QUESTIONS:
            if not self.wants(question.name):
                continue
            missing = self._missing(question)
            if missing:
                print(f"{question.name} is left out: {missing}", file=sys.stderr)
                continue
            require_same(question, list(self.contenders.values()), self.subject)
            self.results[question.name] = self._in_turn(question.name, self._turns(question))

    def _missing(self, question: Question) -> str | None:
        if question.needs is None:
            return None
        if not counted(self.connections):
            return "the database has no counters"
        ours = self.contenders["ours"]
        headers = {"Authorization": f"Bearer {self.subject.clerk}"}
        answer = orjson.loads(ask(ours.port, ours.graphql(PROBE, {}, headers)))
        known = {field["name"] for field in answer["data"]["__schema"]["queryType"]["fields"]}
        return None if question.needs in known else f"our schema has no field `{question.needs}`"

    def _turns(self, question: Question) -> dict[str, Turn]:
        turns = {one.name: self._turn(one, one.requests(question, self.subject)) for one in self.contenders.values()}
        if question.statement is not None and "pgbench" not in self.chosen.without:
            if pgbench.binary() is None:
                print("pgbench is left out: install postgresql-contrib", file=sys.stderr)
            else:
                turns["pgbench"] = lambda seconds: run_pgbench(
                    question, self.connections, self.subject, self.chosen.clients, seconds
                )
        return turns

    def _turn(self, contender: Contender, asked: list[bytes]) -> Turn:
        return lambda seconds: run_round(contender, asked, self.chosen.clients, seconds)

    def measure_deeds(self) -> None:
        """Measure the mutations, ours and the bare statement; every round finds everything as it was."""
        wanted = [deed for deed in DEEDS if self.wants(deed.name)]
        if not wanted:
            return
        with scene(self.connections, self.subject.tenant, self.contenders["ours"], DEEDS[-1]) as stage:
            for deed in wanted:
                turns = {name: self._deed(stage, deed, self.contenders[name]) for name in ORDER if name in NEEDED}
                self.results[deed.name] = self._in_turn(deed.name, turns)
        count(self.connections)

    def _deed(self, stage: Scene, deed: Deed, contender: Contender) -> Turn:
        asked = stage.requests(deed, contender)

        def turn(seconds: float) -> Round:
            found = run_round(contender, asked, self.chosen.clients, seconds, once=deed.once)
            stage.put_back()
            return found

        return turn

    def _in_turn(self, work: str, turns: Mapping[str, Turn]) -> dict[str, list[Round]]:
        """Let the contenders take turns, so that whatever slows the machine for a while slows them all."""
        rounds: dict[str, list[Round]] = {name: [] for name in turns}
        for turn in turns.values():
            turn(WARM_UP)
        for number in range(self.chosen.rounds):
            for name, turn in turns.items():
                found = turn(self.chosen.seconds)
                rounds[name].append(found)
                print(f"{work} {number + 1}: {name} {found.per_second:,.0f}/s", file=sys.stderr)
        return rounds

    def measure_cold(self) -> None:
        """Measure first executions, and the memory that many documents take."""
        for name in ("ours", "postgraphile"):
            if name in self.contenders and self.chosen.cold and self.wants("cold"):
                remembered = self.chosen.documents if name == "ours" else 0
                self.colds[name] = measure_cold(self.contenders[name], self.subject, self.chosen.cold, remembered)


def run(connections: Connections, chosen: Choice) -> Run:
    """Start all contenders, find who asks, and measure everything."""
    tenant = shares(chosen.cases)[0][0]
    subject = choose(connections, tenant, chosen.cases)
    names = [name for name in ORDER if name != "pgbench" and (name in NEEDED or name not in chosen.without)]
    with running(connections, subject, chosen.pool, names) as contenders:
        limit = contenders["limit"]
        rows = len(answer_of(limit, limit.requests(WORKLIST, subject)[0])["cases"])
        found = Run(chosen, connections, contenders, overseer(connections, contenders["ours"], subject, rows), {}, {})
        found.measure_questions()
        found.measure_deeds()
        found.measure_cold()
    return found
