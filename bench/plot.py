"""The plot: answers per second by workload and contender, as bars with their least and greatest round, in plain SVG."""

from collections.abc import Mapping

from bench.report import Results, summary

COLOURS = {
    "ours": "#c8102e",
    "postgraphile": "#4a6fa5",
    "plain": "#a0a0a0",
    "limit": "#5b8c5a",
    "pgbench": "#b8a04a",
}
BAR, GAP, LEFT, WIDE, RIGHT, TOP = 18, 14, 110, 560, 190, 48
STYLE = "font-family='system-ui, sans-serif' font-size='12'"


def svg(results: Results, title: str) -> str:
    """Draw; every workload has its own scale, because an empty question is answered far more often than a list."""
    parts, y = [f"<text x='10' y='22' {STYLE} font-weight='bold'>{title}</text>"], TOP
    for work, by in summary(results).items():
        parts.append(f"<text x='10' y='{y + BAR - 5}' {STYLE} font-weight='bold'>{work}</text>")
        scale = WIDE / max(measures["per_second"]["max"] for measures in by.values())
        for name, measures in by.items():
            parts += _bar(name, measures["per_second"], y, scale)
            y += BAR
        y += GAP
    size = f"width='{LEFT + WIDE + RIGHT}' height='{y}' viewBox='0 0 {LEFT + WIDE + RIGHT} {y}'"
    background = f"<rect width='{LEFT + WIDE + RIGHT}' height='{y}' fill='white'/>"
    return "\n".join([f"<svg xmlns='http://www.w3.org/2000/svg' {size}>", background, *parts, "</svg>", ""])


def _bar(name: str, spread: Mapping[str, float], y: int, scale: float) -> list[str]:
    middle, low, high = (spread[key] * scale for key in ("median", "min", "max"))
    centre = y + BAR / 2
    label = f"{name} {spread['median']:,.0f}/s"
    return [
        f"<rect x='{LEFT}' y='{y + 2}' width='{middle:.1f}' height='{BAR - 4}' fill='{COLOURS[name]}'/>",
        f"<line x1='{LEFT + low:.1f}' x2='{LEFT + high:.1f}' y1='{centre}' y2='{centre}' stroke='black'/>",
        f"<text x='{LEFT + high + 6:.1f}' y='{y + BAR - 5}' {STYLE}>{label}</text>",
    ]
