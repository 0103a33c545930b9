"""The report on errors as text for a terminal and as markdown."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from tabulate import tabulate

from ..leaderboard.escape import escape
from .errors_tables import MEANINGS, ErrorTable, languages, of_counts, signed
from .left_out import left_out, older_gold
from .marked import harmless, isolated, marked, surface, width

_FOOTNOTE = "* of predicted spans; for missed, of gold spans"
_LEGEND = "Examples, gold above prediction; {braces} mark the spans that an example is about, [brackets] all others in sight"


def text(report: Mapping[str, Any], columns: int) -> str:
    """The whole report for a terminal that is `columns` wide."""
    parts = []
    for suite, rows, total in _suites(report):
        if len(report["totals"]) > 1:
            parts.append(f"== {harmless(suite)} ==")
        parts += [_plain_table(table) for table in _tables(suite, rows, total)]
        parts += _notes(rows, total)
    if report["examples"]:
        parts.append(_LEGEND)
    for name, examples in _by_class(report):
        parts.append(f"{name}: {MEANINGS[name]}")
        parts += ["\n".join(["  " + _title(example), *(f"    {line}" for line in marked(example, columns - 4))]) for example in examples]
    return "\n\n".join(parts) if parts else "nothing to examine"


def markdown(report: Mapping[str, Any], columns: int = 100) -> str:
    """The whole report as a markdown document."""
    parts = ["# Anatomy of errors"]
    for suite, rows, total in _suites(report):
        parts.append(f"## {escape(suite)}")
        for table in _tables(suite, rows, total):
            parts += [f"### {escape(table.heading)}", _markdown_table(table)]
        parts += [escape(note, limit=1000) for note in _notes(rows, total)]
    if report["examples"]:
        parts += ["## Examples", escape(_LEGEND)]
    for name, examples in _by_class(report):
        parts.append(f"### {name}: {escape(MEANINGS[name])}")
        for example in examples:
            # Inside the fence nothing is markdown, and no line can begin with the fence's characters: each has its label before it.
            parts += [escape(_title(example), limit=300), "\n".join(["```text", *marked(example, columns), "```"])]
    return "\n\n".join(parts)


def _suites(report: Mapping[str, Any]) -> Iterator[tuple[str, list[Mapping[str, Any]], Mapping[str, Any]]]:
    for suite, total in report["totals"].items():
        yield suite, [row for row in report["results"] if row["suite"] == suite], total


def _tables(suite: str, rows: Sequence[Mapping[str, Any]], total: Mapping[str, Any]) -> Iterator[ErrorTable]:
    yield languages(suite, rows, total)
    if len(rows) == 1:
        yield from of_counts(rows[0])
    elif total["languages"]:
        yield from of_counts(total)


def _plain_table(table: ErrorTable) -> str:
    """The table by the width that a terminal gives its characters (tabulate counts them), headers on as many lines as they have words."""
    heads = [harmless(header).split(" ") for header in table.headers]
    high = max(map(len, heads))
    above = [[head[k - high + len(head)] if k - high + len(head) >= 0 else "" for head in heads] for k in range(high)]
    body = [list(map(harmless, row)) for row in table.rows]
    widths = [max(map(width, column)) for column in zip(*above, *body, strict=True)]

    def line(cells: Sequence[str]) -> str:
        gaps = [" " * (size - width(cell)) for cell, size in zip(cells, widths, strict=True)]
        padded = [
            isolated(cell) + gap if k in table.words else gap + isolated(cell)
            for k, (cell, gap) in enumerate(zip(cells, gaps, strict=True))
        ]
        return "  ".join(padded).rstrip(" ")

    note = ["", _FOOTNOTE] if any("*" in header for header in table.headers) else []
    return "\n".join([table.heading, "", *map(line, above), line(["-" * size for size in widths]), *map(line, body), *note])


def _markdown_table(table: ErrorTable) -> str:
    align = ["left" if k in table.words else "right" for k in range(len(table.headers))]
    headers, rows = list(map(escape, table.headers)), [list(map(escape, row)) for row in table.rows]
    shown = tabulate(rows, headers, tablefmt="pipe", disable_numparse=True, colalign=align)
    return shown + (f"\n\n{escape(_FOOTNOTE)}" if any("*" in header for header in table.headers) else "")


def _notes(rows: Sequence[Mapping[str, Any]], total: Mapping[str, Any]) -> list[str]:
    notes = []
    if total["missing_languages"] and len(rows) > 1:
        notes.append(f"incomplete: no predictions for {' '.join(total['missing_languages'])}; sums are over the others")
    if total["apart"] and len(rows) > 1:
        notes.append(f"not in the sums: {' '.join(total['apart'])}")
    if len(rows) > 1:
        for name, langs in total["without"].items():
            notes.append(f"{name.replace('_', ' ')}: without {' '.join(langs)}")
    for name, langs in (
        ("partial (--ids)", [row["lang"] for row in rows if row["partial"]]),
        ("missing sentences counted as O", [row["lang"] for row in rows if row["missing"]]),
        ("gold not pinned", [row["lang"] for row in rows if not row["pinned"] and "gold_version" not in row]),
    ):
        if langs:
            notes.append(f"{name}: {' '.join(langs)}")
    notes += [*older_gold(rows), *left_out(rows)]
    notes.append(f"signature: {rows[0]['signature'] if len(rows) == 1 else total['signature']}")
    return [harmless(note) for note in notes]


def _by_class(report: Mapping[str, Any]) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    for name, examples in groupby(report["examples"], key=lambda example: str(example["class"])):
        yield name, list(examples)


def _title(example: Mapping[str, Any]) -> str:
    """What the example is about on one line: the sentence, the span, and how far it is off."""
    side = "gold" if example["class"] == "missed" else "predicted"
    span = example[side][example["about"][side][0]]
    parts = [f"{harmless(example['id'])} ({harmless(example['suite'])})", f"{isolated(harmless(span['type']))} {surface(example, span)}"]
    if example["class"] == "type":
        parts.append(f"gold type {isolated(harmless(example['gold'][example['about']['matched']]['type']))}")
    elif example["offset"] and any(example["offset"].values()):
        parts += [f"{name} {signed(value)}" for name, value in example["offset"].items() if value]
    return "  ".join(parts)
