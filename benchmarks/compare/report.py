"""The results as tables (Markdown, which a terminal shows well enough), as JSON and as a picture."""

import statistics
from dataclasses import dataclass, field

from extras import Figure
from scenarios import Goal, Row

COLOURS = {"errgate": "#0b7285", "HAProxy": "#868e96", "nginx": "#adb5bd", "Caddy": "#ced4da",
           "TCP relay": "#e9ecef"}


@dataclass
class Measured:
    """A row with what it gave: CPU microseconds a request, one for each round, by column."""

    row: Row
    samples: dict[str, list[float]] = field(default_factory=dict)

    def median(self, column: str) -> float:
        return statistics.median(self.samples[column])

    def others(self) -> list[str]:
        return [column for column in self.samples if column != "errgate"]

    def ratio(self, column: str) -> float:
        """errgate : column. Each round by itself, so that what slowed the machine slows both."""
        pairs = zip(self.samples["errgate"], self.samples[column], strict=True)
        return statistics.median(own / other for own, other in pairs)

    def goal_ratio(self, goal: Goal) -> float | None:
        """None when its column was not measured."""
        if "errgate" not in self.samples:
            return None
        if goal.against != "best":
            return self.ratio(goal.against) if goal.against in self.samples else None
        proxies = [column for column in self.others() if column != "TCP relay"]
        return max((self.ratio(column) for column in proxies), default=None)


def markdown(rows: list[list[str]]) -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |"
             for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def cpu_table(measured: list[Measured]) -> str:
    """Microseconds, and in brackets errgate's time divided by that column's."""
    rows = [["CPU time a request, us", "errgate", "others (errgate : other)"]]
    for one in measured:
        others = [f"{column} {one.median(column):.1f}"
                  + (f" ({one.ratio(column):.2f})" if "errgate" in one.samples else "")
                  for column in one.others()]
        own = f"{one.median('errgate'):.1f}" if "errgate" in one.samples else "-"
        rows.append([one.row.title, own, ", ".join(others) or "-"])
    return markdown(rows)


def goal_table(measured: list[Measured], figures: list[Figure]) -> str:
    rows = [["goal", "measured", "wanted", ""]]
    for one in measured:
        for goal in one.row.goals:
            ratio = one.goal_ratio(goal)
            if ratio is not None:
                rows.append([f"{one.row.title}, against {goal.against}", f"{ratio:.2f}",
                             f"<= {goal.ratio:.2f}", verdict(ratio <= goal.ratio)])
    for figure in figures:
        if figure.goal is not None:
            sign = ">=" if figure.at_least else "<="
            rows.append([figure.row, number(figure.value), f"{sign} {number(figure.goal)} {figure.unit}",
                         verdict(figure.met())])
    return markdown(rows)


def figure_table(figures: list[Figure]) -> str:
    """One line a row, its columns side by side."""
    rows: dict[str, list[str]] = {}
    for figure in figures:
        rows.setdefault(figure.row, []).append(
            f"{figure.column} {number(figure.value)} {figure.unit}".strip())
    return markdown([["beside", "measured"]] + [[row, ", ".join(cells)] for row, cells in rows.items()])


def verdict(met: bool) -> str:
    return "met" if met else "MISSED"


def number(value: float) -> str:
    return f"{value:.2f}" if abs(value) < 10 else f"{value:,.0f}".replace(",", " ")


def as_json(measured: list[Measured], figures: list[Figure]) -> dict:
    return {
        "cpu_us_per_request": {
            one.row.key: {column: {"median": one.median(column), "rounds": samples}
                          for column, samples in one.samples.items()} for one in measured},
        "figures": [vars(figure) for figure in figures],
    }


def svg(measured: list[Measured], caption: str) -> str:
    """Bars in groups, one group a row, each scaled to errgate: what a request costs elsewhere."""
    shown = [one for one in measured if "errgate" in one.samples and one.others()]
    bar, gap, left, scale, width = 16, 26, 190, 150, 760
    parts, y = [], 46
    for one in shown:
        parts.append(text(10, y + 12, one.row.title, "bold"))
        y += 20
        for column in one.samples:
            share = one.median(column) / one.median("errgate")
            length = min(share * scale, width - left - 110)
            parts.append(text(10, y + 12, column))
            parts.append(f'<rect x="{left}" y="{y}" width="{length:.1f}" height="{bar - 3}" '
                         f'fill="{colour(column)}"/>')
            parts.append(text(left + length + 6, y + 12,
                              f"{one.median(column):.1f} us" + ("" if column == "errgate" else f"  x {share:.2f}")))
            y += bar
        y += gap - bar
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{y + 10}" '
            f'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>')
    title = text(10, 20, "CPU time of the proxy a request: shorter is better", "bold")
    return "\n".join([head, title, text(10, 36, caption), *parts, "</svg>"]) + "\n"


def text(x: float, y: float, content: str, weight: str = "normal") -> str:
    escaped = content.replace("&", "&amp;").replace("<", "&lt;")
    return f'<text x="{x:.0f}" y="{y}" font-weight="{weight}" fill="#212529">{escaped}</text>'


def colour(column: str) -> str:
    return next((value for name, value in COLOURS.items() if column.startswith(name)), "#ced4da")
