"""The result of a run: medians with least and greatest round, and the ratios, as tables and as JSON."""

import platform
import statistics
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from bench.cold import Cold
from bench.rounds import Round

Results = Mapping[str, Mapping[str, list[Round]]]
"""The rounds by workload and contender."""

Colds = Mapping[str, Cold]
Rows = list[list[str]]

TITLES = {
    "per_second": "answers/s",
    "p50": "p50 ms",
    "p99": "p99 ms",
    "app_cpu": "CPU app ms",
    "database_cpu": "CPU db ms",
}


def summary(results: Results) -> dict[str, dict[str, dict[str, dict[str, float]]]]:
    """Give median, least and greatest of every measure."""
    return {
        work: {name: {part.name: _spread(rounds, part.name) for part in fields(Round)} for name, rounds in by.items()}
        for work, by in results.items()
    }


def _spread(rounds: list[Round], name: str) -> dict[str, float]:
    values = [getattr(one, name) for one in rounds]
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def ratios(results: Results) -> dict[str, dict[str, dict[str, float]]]:
    """Compare ours with each other contender: answers per second as ours to theirs, processor time as theirs to ours."""
    found = summary(results)
    return {
        work: {
            other: {
                "per_second": _of(by["ours"], "per_second") / _of(by[other], "per_second"),
                "cpu": _cpu(by[other]) / max(_cpu(by["ours"]), 1e-6),
                "app_cpu": _of(by[other], "app_cpu") / max(_of(by["ours"], "app_cpu"), 1e-6),
                "p99": _of(by["ours"], "p99") / max(_of(by[other], "p99"), 1e-6),
            }
            for other in by
            if other != "ours"
        }
        for work, by in found.items()
        if "ours" in by
    }


def _of(measures: Mapping[str, Mapping[str, float]], name: str) -> float:
    return measures[name]["median"]


def _cpu(measures: Mapping[str, Mapping[str, float]]) -> float:
    return _of(measures, "app_cpu") + _of(measures, "database_cpu")


def tables(results: Results, colds: Colds) -> list[Rows]:
    """Lay out all tables, each with its heading first; a cell is median (least–greatest)."""
    measured = [["workload", "contender", *TITLES.values()]]
    for work, by in summary(results).items():
        measured += [[work, name, *(_cell(measures[part]) for part in TITLES)] for name, measures in by.items()]
    compared = [["workload", "ours to", "answers/s", "CPU app + db", "CPU app", "p99 (below 1 is better)"]]
    for work, others in ratios(results).items():
        compared += [[work, other, *(f"{ratio[key]:.2f}×" for key in ratio)] for other, ratio in others.items()]
    return [measured, compared, _cold(colds)] if colds else [measured, compared]


def _cold(colds: Colds) -> Rows:
    rows = [["first execution", "documents", "median ms", "p99 ms", "greatest ms", "memory after many documents"]]
    for name, cold in colds.items():
        memory = f"{cold.memory_before:.0f} → {cold.memory_after:.0f} MB after {cold.remembered:,}"
        times = (f"{value:.2f}" for value in (cold.median, cold.p99, cold.greatest))
        rows.append([name, str(cold.documents), *times, memory if cold.remembered else "not measured"])
    return rows


def slowdown(small: Results, large: Results) -> Rows:
    """Compare two sizes of the database: how much slower the larger one answers, by median."""
    before, after = summary(small), summary(large)
    rows = [["workload", "contender", "answers/s, small to large", "CPU app + db, large to small"]]
    for work, by in before.items():
        for name in by.keys() & after.get(work, {}).keys():
            one, other = by[name], after[work][name]
            speed = _of(one, "per_second") / _of(other, "per_second")
            rows.append([work, name, f"{speed:.2f}×", f"{_cpu(other) / max(_cpu(one), 1e-6):.2f}×"])
    return [rows[0], *sorted(rows[1:])]


def _cell(spread: Mapping[str, float]) -> str:
    style = ",.0f" if spread["median"] >= 100 else ".2f"
    return f"{spread['median']:{style}} ({spread['min']:{style}}–{spread['max']:{style}})"


def markdown(rows: Rows) -> str:
    """Write a table as Markdown."""
    head, *body = rows
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *body])


def text(rows: Rows) -> str:
    """Write a table for a terminal, in columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def document(results: Results, colds: Colds, run: Mapping[str, Any]) -> dict[str, Any]:
    """Give everything that was measured, with the settings of the run."""
    return {
        "run": {**run, "python": platform.python_version(), "machine": platform.processor() or platform.machine()},
        "summary": summary(results),
        "ratios": ratios(results),
        "cold": {name: asdict(cold) for name, cold in colds.items()},
        "rounds": {
            work: {name: [asdict(r) for r in rounds] for name, rounds in by.items()} for work, by in results.items()
        },
    }
