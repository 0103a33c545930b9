"""The tables of the report on errors: headers and cells, the same in a terminal and in markdown. Figures are rounded here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..anatomy.counts import BREAKDOWNS
from ..scoring.anatomy import MISSED

#: What each class means, in a few words; start and end are in reading order, also where that is from right to left.
MEANINGS = {
    "exact": "boundary and type right",
    "type": "boundary right, type wrong",
    "merge": "overlaps two or more gold spans",
    "split": "one of several inside one gold span",
    "spurious": "no gold span there",
    "crossing": "overlaps gold that another prediction has",
    "left-over": "starts too early",
    "left-under": "starts too late",
    "right-over": "ends too late",
    "right-under": "ends too early",
    "left-over+right-over": "too long on both sides",
    "left-over+right-under": "starts and ends too early",
    "left-under+right-over": "starts and ends too late",
    "left-under+right-under": "too short on both sides",
    MISSED: "gold span that no prediction is matched to",
}
_BOTH = tuple(name for name in MEANINGS if "+" in name)
#: Columns of the wide tables: classes, the four with both sides off in one.
_COLUMNS: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in ("exact", "type", "merge", "split", "spurious", "crossing")},
    **{name.replace("-", " "): (name,) for name in ("left-over", "left-under", "right-over", "right-under")},
    "both sides": _BOTH,
}
_WIDE = ("gold", "pred.", *_COLUMNS, MISSED)
_GROUPS = {"by_type": "type", "by_length": "length", "by_seen": "surface", "by_capitals": "capitals", "by_position": "position"}
_EDGE = 3
_BAR = 30


@dataclass(frozen=True, slots=True)
class ErrorTable:
    """A table with a heading. `words` are the columns that hold words; the others hold figures."""

    heading: str
    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: frozenset[int] = frozenset({0})


def languages(suite: str, rows: Sequence[Mapping[str, Any]], total: Mapping[str, Any]) -> ErrorTable:
    """A line per language, and the sum."""
    shown = [[row["lang"], row["script"] or "–", *_wide(row)] for row in rows]
    if len(total["languages"]) > 1:
        shown.append([f"sum of {len(total['languages'])}", "", *_wide(total)])
    return ErrorTable("Classes, % of predicted spans; missed, % of gold spans", [suite, "script", *_WIDE], shown, frozenset({0, 1}))


def of_counts(counts: Mapping[str, Any]) -> Iterator[ErrorTable]:
    """All tables of one language's counts, or of a sum."""
    yield _classes(counts)
    if counts["offsets"] and counts["offsets"]["matched"]:
        yield _offsets(counts["offsets"])
    for side, words in (("exact", "predictions with right boundaries"), ("inexact", "matched predictions with a wrong boundary")):
        if any(spans for row in counts["confusion"][side].values() for spans in row.values()):
            yield _confusion(counts["confusion"][side], words)
    yield _breakdown(counts)


def _classes(counts: Mapping[str, Any]) -> ErrorTable:
    rows = []
    for name, spans in counts["errors"].items():
        share = counts["shares"][name]
        rows.append([name, str(spans), percent(share), MEANINGS[name], "█" * round(_BAR * (share or 0)) or ("▏" if spans else "")])
    return ErrorTable("Error classes", ["class", "spans", "%*", "meaning", ""], rows, frozenset({0, 3, 4}))


def _offsets(offsets: Mapping[str, Any]) -> ErrorTable:
    """How far starts and ends are off; what is further than the table is wide stands in its first and last column."""
    names = [f"≤−{_EDGE}", *(signed(value) for value in range(1 - _EDGE, _EDGE)), f"≥+{_EDGE}"]
    rows = []
    for side in ("start", "end"):
        spans = [0] * len(names)
        for value, count in offsets[side].items():
            spans[min(max(int(value), -_EDGE), _EDGE) + _EDGE] += count
        mean = offsets["mean"][side]
        rows.append([side, *map(str, spans), f"{mean:+.2f}".replace("-", "−")])
    return ErrorTable(
        f"Offsets of the {offsets['matched']} matched predictions in tokens (− is too early, + too late)", ["", *names, "mean"], rows
    )


def _confusion(table: Mapping[str, Mapping[str, int]], words: str) -> ErrorTable:
    names = list(table)
    rows = [[name, *(str(table[name][other]) for other in names)] for name in names]
    return ErrorTable(f"Types of {words} (rows: gold, columns: predicted)", ["", *names], rows)


def _breakdown(counts: Mapping[str, Any]) -> ErrorTable:
    rows = [["all spans", "", *_wide(counts)]]
    for group in (*BREAKDOWNS, "by_script"):
        found = counts.get(group) or {}
        if group == "by_script" and len(found) < 2:
            continue
        title = _GROUPS.get(group, "script")
        for name, bucket in found.items():
            if bucket["predicted"] or bucket["gold"]:
                rows.append([title, name, *_wide(bucket)])
                title = ""
    heading = "Classes by what the span looks like, % of its predicted spans; missed, % of its gold spans"
    return ErrorTable(heading, ["", "", *_WIDE], rows, frozenset({0, 1}))


def _wide(counts: Mapping[str, Any]) -> list[str]:
    errors, predicted, gold = counts["errors"], counts["predicted"], counts["gold"]
    parts = [percent(sum(errors[name] for name in names) / predicted if predicted else None) for names in _COLUMNS.values()]
    return [str(gold), str(predicted), *parts, percent(errors[MISSED] / gold if gold else None)]


def percent(share: float | None) -> str:
    """A share for people; a dash where there is none."""
    return "–" if share is None else f"{100 * share:.1f}"


def signed(value: int) -> str:
    """A whole number with its sign, as people write it."""
    return f"{value:+d}".replace("-", "−") if value else "0"
