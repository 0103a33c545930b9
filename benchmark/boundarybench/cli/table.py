"""Scores as a person reads them. Figures are rounded here and nowhere else."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tabulate import tabulate

from ..protocol import RANK_FIGURE
from ..scoring.figures import Figure, at, columns, listed, named
from .left_out import left_out, older_gold

_RANK = named(RANK_FIGURE)

#: Buckets, and what to write before their names.
_GROUPS = (("by_type", ""), ("by_length", "length "), ("by_seen", ""), ("by_domain", "domain: "), ("by_hazard", "hazard: "))


def render(report: Mapping[str, Any]) -> str:
    """The report of `score` as text: a table of languages, then all figures and the error classes of each suite."""
    parts = []
    for suite, mean in report["means"].items():
        rows = [row for row in report["results"] if row["suite"] == suite]
        parts += [_languages(suite, rows, mean), *_details(rows, mean), *_notes(rows, mean)]
    if not parts:
        return "nothing was scored"
    if "overall" in report:
        parts.append(f"overall (mean of the two suite means): {_RANK.title} {_percent(report['overall'][_RANK.name])}")
    return "\n\n".join(parts)


def _languages(suite: str, rows: list[dict[str, Any]], mean: dict[str, Any]) -> str:
    # Without scores there is no average precision.
    shown = [figure for figure in columns() if figure.compute or any(at(row, figure.name) is not None for row in rows)]
    table = [
        [
            row["lang"],
            row["sentences"],
            row["gold"],
            row["predicted"],
            *_cells(row, shown),
            _interval(row, _RANK.name),
            _plain(row["invalid_per_1k"]),
        ]
        for row in rows
    ]
    if len(mean["languages"]) > 1:
        label = f"mean of {len(mean['languages'])}"
        table.append([label, "", "", "", *_cells(mean, shown), _interval(mean, _RANK.name), _plain(mean["invalid_per_1k"])])
    headers = [suite, "sentences", "gold", "predicted", *(figure.short for figure in shown), f"{_RANK.title} 95 %", "invalid/1k"]
    return tabulate(table, headers, disable_numparse=True, colalign=("left", *["right"] * (len(headers) - 1)))


def _cells(figures: Mapping[str, Any], shown: Sequence[Figure]) -> list[str]:
    return [_shown(figure, figures) for figure in shown]


def _shown(figure: Figure, tree: Mapping[str, Any]) -> str:
    return figure.text(at(tree, figure.name))


def _details(rows: list[dict[str, Any]], mean: dict[str, Any]) -> Iterator[str]:
    single = len(rows) == 1
    if not single and not mean["languages"]:
        return
    figures = rows[0] if single else mean
    label = rows[0]["lang"] if single else f"mean over {len(mean['languages'])} languages"
    buckets = [[name, *_triple(part["boundary"]), *_triple(part["typed"])] for name, part in _buckets(figures) if part]
    yield tabulate(
        buckets,
        [f"spans ({label})", "BP", "BR", "BF1", "typed P", "typed R", "typed F1"],
        disable_numparse=True,
        colalign=("left", *["right"] * 6),
    )
    lines = [
        [figure.title, _shown(figure, figures), _interval(figures, figure.name), *_general(figures, figure.name)]
        for figure in listed()
        if figure.compute or at(figures, figure.name) is not None
    ]
    lines.append(["invalid transitions per 1,000", _plain(figures["invalid_per_1k"])])
    several = any(figures.get("over_languages", {}).values())
    headers = ["95 % over sentences", "in languages like these", "± between them"] if several else ["95 % interval"]
    yield tabulate(lines, [f"figures ({label})", "", *headers], disable_numparse=True, colalign=("left", "right", *["left"] * len(headers)))
    for name, part in mean.get("without", {}).items():
        yield f"without {name.replace('_', ' ')}: {_RANK.title} {_percent(part[_RANK.name])}, BP {_percent(part['boundary']['precision'])}"
    counts = rows[0] if single else mean["micro"]
    classes = [
        [name, str(count), _percent(count / of if (of := counts["gold" if name == "missed" else "predicted"]) else None)]
        for name, count in counts["errors"].items()
    ]
    headers = ["predicted spans by class", "spans", "% of predicted (missed: of gold)"]
    yield tabulate(classes, headers, disable_numparse=True, colalign=("left", "right", "right"))


def _buckets(figures: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any] | None]]:
    yield "all", figures
    for group, title in _GROUPS:
        for name, part in (figures[group] or {}).items():
            yield f"{title}{name}", part
    yield "whole-sentence spans dropped", figures["embedded"]
    yield "invalid spans discarded", figures["discard"]
    yield "placeholders bridged", figures["bridged"]


def _triple(part: Mapping[str, Any]) -> list[str]:
    return [_percent(part[name]) for name in ("precision", "recall", "f1")]


def _notes(rows: list[dict[str, Any]], mean: dict[str, Any]) -> Iterator[str]:
    if mean["missing_languages"] and len(rows) > 1:
        yield f"incomplete: no predictions for {' '.join(mean['missing_languages'])}; the mean is over the others and is not ranked"
    if mean["apart"]:
        yield f"not in the mean: {' '.join(mean['apart'])}"
    for name, rows_of in (
        ("partial (--ids)", [row for row in rows if row["partial"]]),
        ("missing sentences scored as O", [row for row in rows if row["missing"]]),
        ("gold not pinned, unranked", [row for row in rows if not row["pinned"] and "gold_version" not in row]),
    ):
        if rows_of:
            yield f"{name}: {' '.join(row['lang'] for row in rows_of)}"
    if any(row["by_domain"] for row in rows) and (whole := [row["lang"] for row in rows if not row["by_domain"]]):
        yield f"domains not known, not in the figures of one: {' '.join(whole)}"
    yield from older_gold(rows)
    yield from left_out(rows)
    yield f"signature: {rows[0]['signature'] if len(rows) == 1 else mean['signature']}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}"


def _plain(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _general(figures: Mapping[str, Any], name: str) -> list[str]:
    """The interval over languages, and the deviation between them; nothing where there is none."""
    found = figures.get("over_languages", {}).get(name)
    return [f"{100 * found['interval'][0]:.1f}–{100 * found['interval'][1]:.1f}", f"{100 * found['deviation']:.1f}"] if found else []


def _interval(figures: Mapping[str, Any], name: str) -> str:
    found = figures["intervals"].get(name)
    return f"{100 * found[0]:.1f}–{100 * found[1]:.1f}" if found else ""
