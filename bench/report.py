"""The result of a run: medians with least and greatest round, and the ratios, as a table and as JSON."""

import platform
import statistics
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import Any

from bench.rounds import Round

Results = Mapping[str, Mapping[str, list[Round]]]
"""The rounds by workload and contender."""

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


def table(results: Results) -> str:
    """Write the Markdown table: median (least–greatest)."""
    lines = [f"| workload | contender | {' | '.join(TITLES.values())} |", "|---|---|" + "---|" * len(TITLES)]
    for work, by in summary(results).items():
        for name, measures in by.items():
            cells = " | ".join(_cell(measures[part]) for part in TITLES)
            lines.append(f"| {work} | {name} | {cells} |")
    lines += ["", "| workload | ours to | answers/s | CPU (app + db), theirs to ours |", "|---|---|---|---|"]
    for work, others in ratios(results).items():
        for other, ratio in others.items():
            lines.append(f"| {work} | {other} | {ratio['per_second']:.2f}× | {ratio['cpu']:.2f}× |")
    return "\n".join(lines)


def _cell(spread: Mapping[str, float]) -> str:
    show: Callable[[float], str] = (lambda x: f"{x:,.0f}") if spread["median"] >= 100 else (lambda x: f"{x:.2f}")
    return f"{show(spread['median'])} ({show(spread['min'])}–{show(spread['max'])})"


def document(results: Results, run: Mapping[str, Any]) -> dict[str, Any]:
    """Give everything that was measured, with the settings of the run."""
    return {
        "run": {**run, "python": platform.python_version()},
        "summary": summary(results),
        "ratios": ratios(results),
        "rounds": {
            work: {name: [asdict(r) for r in rounds] for name, rounds in by.items()} for work, by in results.items()
        },
    }
