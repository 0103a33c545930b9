"""Scores as a person reads them. Figures are rounded here and nowhere else."""

from collections.abc import Iterator, Mapping
from typing import Any

from tabulate import tabulate

_ROW = (
    ("BP", "boundary.precision"),
    ("BR", "boundary.recall"),
    ("BF1", "boundary.f1"),
    ("BP@50", "bp50"),
    ("typed F1", "typed.f1"),
    ("start P", "start.precision"),
    ("end P", "end.precision"),
    ("cond. BP", "conditional_boundary_precision"),
    ("IoU", "iou"),
)
#: Figures that are no shares of one and are shown as they are.
_PLAIN = ("offset.start", "offset.end", "invalid_per_1k")


def render(report: Mapping[str, Any]) -> str:
    """The report of `score` as text: a table of languages, then all figures and the error classes of each suite."""
    parts = []
    for suite, mean in report["means"].items():
        rows = [row for row in report["results"] if row["suite"] == suite]
        parts += [_languages(suite, rows, mean), *_details(rows, mean), *_notes(rows, mean)]
    if not parts:
        return "nothing was scored"
    if "overall" in report:
        parts.append(f"overall (mean of the two suite means): BP@50 {_percent(report['overall']['bp50'])}")
    return "\n\n".join(parts)


def _languages(suite: str, rows: list[dict[str, Any]], mean: dict[str, Any]) -> str:
    table = [
        [row["lang"], row["sentences"], row["gold"], row["predicted"], *_cells(row), _interval(row, "bp50"), _plain(row["invalid_per_1k"], 1)]
        for row in rows
    ]
    if len(mean["languages"]) > 1:
        label = f"mean of {len(mean['languages'])}"
        table.append([label, "", "", "", *_cells(mean), _interval(mean, "bp50"), _plain(mean["invalid_per_1k"], 1)])
    headers = [suite, "sentences", "gold", "predicted", *(name for name, _ in _ROW), "BP@50 95 %", "invalid/1k"]
    return tabulate(table, headers, disable_numparse=True, colalign=("left", *["right"] * (len(headers) - 1)))


def _cells(figures: Mapping[str, Any]) -> list[str]:
    return [_percent(_get(figures, path)) for _, path in _ROW]


def _details(rows: list[dict[str, Any]], mean: dict[str, Any]) -> Iterator[str]:
    single = len(rows) == 1
    figures, counts = (rows[0], rows[0]) if single else (mean, mean["micro"])
    if not single and not mean["languages"]:
        return
    skip = {"results", "errors", "intervals", "micro", "nulls", "without", "languages", "missing_languages", "apart", "missing"}
    lines = [
        [name, _plain(value, 3) if name.endswith(_PLAIN) else _percent(value), _interval(figures, name)]
        for name, value in _leaves({k: v for k, v in figures.items() if k not in skip})
    ]
    title = f"all figures of {rows[0]['lang']}" if single else f"all figures, mean over {len(mean['languages'])} languages"
    yield tabulate(lines, [title, "", "95 % interval"], disable_numparse=True, colalign=("left", "right", "left"))
    for name, part in mean.get("without", {}).items():
        yield f"without {name.replace('_', ' ')}: BP@50 {_percent(part['bp50'])}, BP {_percent(part['boundary']['precision'])}"
    predicted, gold = counts["predicted"], counts["gold"]
    classes = [
        [name, count, _percent(count / (gold if name == "missed" else predicted) if (gold if name == "missed" else predicted) else None)]
        for name, count in counts["errors"].items()
    ]
    yield tabulate(classes, ["class of predicted span", "spans", "% of predicted (missed: of gold)"], colalign=("left", "right", "right"))


def _notes(rows: list[dict[str, Any]], mean: dict[str, Any]) -> Iterator[str]:
    if mean["missing_languages"]:
        yield f"incomplete: no predictions for {' '.join(mean['missing_languages'])}; the mean is over the others and is not ranked"
    if mean["apart"]:
        yield f"not in the mean: {' '.join(mean['apart'])}"
    for name, rows_of in (
        ("partial (--ids)", [row for row in rows if row["partial"]]),
        ("missing sentences scored as O", [row for row in rows if row["missing"]]),
        ("gold not pinned, unranked", [row for row in rows if not row["pinned"]]),
    ):
        if rows_of:
            yield f"{name}: {' '.join(row['lang'] for row in rows_of)}"
    yield f"signature: {rows[0]['signature'] if len(rows) == 1 else mean['signature']}"


def _leaves(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{name}.")
        elif value is None or isinstance(value, float):
            yield f"{prefix}{name}", value


def _get(tree: Mapping[str, Any], path: str) -> Any:
    for name in path.split("."):
        tree = tree[name]
    return tree


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}"


def _plain(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _interval(figures: Mapping[str, Any], name: str) -> str:
    found = figures["intervals"].get(name)
    return f"{100 * found[0]:.1f}–{100 * found[1]:.1f}" if found else ""
