"""Comparisons as a person reads them: text for a terminal, or markdown. Figures are rounded here and nowhere else."""

from collections.abc import Iterator, Mapping
from typing import Any

from tabulate import tabulate

from ..leaderboard.escape import escape, visible
from ..leaderboard.page_parts import p_value, signed, signed_interval
from ..scoring.figures import named
from .left_out import left_out, older_gold

_HEADERS = ("A", "B", "B - A", "95 % interval", "p", "p (Holm)", "verdict")


def render(report: Mapping[str, Any], style: str) -> str:
    """The report of `compare`; `style` is `text` or `md`."""
    show = visible if style == "text" else lambda text: escape(text, 200)
    parts = [f"A (baseline): {show(report['a'])}{'  ' if style == 'md' else ''}\nB: {show(report['b'])}"]
    for suite, mean in report["means"].items():
        rows = [row for row in report["results"] if row["suite"] == suite]
        for figure in report["figures"]:
            parts.append(_table(suite, figure, rows, mean, style))
            parts.append(_tally(mean["verdicts"][figure]))
            if general := mean["over_languages"][figure]:
                parts.append(_general(general))
        parts += [*map(show, left_out(rows)), *older_gold(rows), *_notes(rows, mean)]
    for figure, found in report.get("overall", {}).items():
        difference = f"{signed(found['difference'])} ({signed_interval(found['interval'])})"
        line = f"{named(figure).title} {difference}, p {p_value(found['p'])}: {found['verdict']}"
        parts.append(f"overall (mean of the two suite means): {line}")
    parts += _about(report)
    return "\n\n".join(parts)


def _table(suite: str, figure: str, rows: list[dict[str, Any]], mean: Mapping[str, Any], style: str) -> str:
    lines = [[row["lang"], *_cells(row["differences"].get(figure))] for row in rows]
    if len(mean["languages"]) > 1:
        lines.append([f"mean of {len(mean['languages'])}", *_cells(mean["differences"].get(figure))])
    return tabulate(
        lines,
        [f"{suite}, {named(figure).title}", *_HEADERS],
        tablefmt="simple" if style == "text" else "github",
        disable_numparse=True,
        colalign=("left", *["right"] * 6, "left"),
    )


def _cells(found: Mapping[str, Any] | None) -> list[str]:
    if found is None:
        return ["–"] * 6 + ["no figure"]
    mark = " ~" if found["method"] == "score" else " †" if found.get("too_few") else ""
    adjusted = p_value(found["p_holm"]) if "p_holm" in found else ""
    return [
        f"{100 * found['a']:.1f}",
        f"{100 * found['b']:.1f}",
        signed(found["difference"]),
        signed_interval(found["interval"]) + mark,
        p_value(found["p"]),
        adjusted,
        found["verdict"],
    ]


def _tally(verdicts: Mapping[str, int]) -> str:
    return f"languages: {', '.join(f'{words} in {count}' for words, count in verdicts.items())}"


def _general(found: Mapping[str, Any]) -> str:
    """What these languages say of languages that were not tested; the row of the mean is about these alone."""
    difference = f"{signed(found['estimate'])}, 95 % interval {signed_interval(found['interval'])}"
    spread = f"standard deviation between languages {100 * found['deviation']:.1f}"
    return f"over languages (these {found['languages']} as a sample): {difference}, {spread}: {found['verdict']}"


def _notes(rows: list[dict[str, Any]], mean: Mapping[str, Any]) -> Iterator[str]:
    found = [difference for row in rows for difference in row["differences"].values()]
    if any(difference["method"] == "score" for difference in found):
        yield "~ fewer than 10 right spans: the wider of a score interval and the bootstrap's"
    if any(difference["method"] == "bootstrap" and difference["too_few"] for difference in found):
        yield "† the systems differ on fewer than 10 of what is drawn together: the interval is too narrow, p holds"
    if mean["missing_languages"] and len(rows) > 1:
        yield f"incomplete: not both have {' '.join(mean['missing_languages'])}; the mean is over the others"
    if mean["apart"]:
        yield f"not in the mean: {' '.join(mean['apart'])}"
    unpinned = [row["lang"] for row in rows if not row["pinned"] and "gold_version" not in row]
    if unpinned:
        yield f"gold not pinned: {' '.join(unpinned)}"
    single = [side.upper() for side in "ab" if all(row["runs"][side] == 1 for row in rows)]
    if single:
        yield f"sampling error only: {' and '.join(single)} {'has' if len(single) == 1 else 'have'} one run"
    for side in "ab":
        several = [row["runs"][side] for row in rows if row["runs"][side] > 1]
        if several:
            yield f"{side.upper()} is the mean of its runs ({'–'.join(map(str, sorted({min(several), max(several)})))})"
    yield f"signature: {rows[0]['signature'] if len(rows) == 1 else mean['signature']}"


def _about(report: Mapping[str, Any]) -> Iterator[str]:
    for side in "ab":
        only = report[f"only_{side}"]
        if only:
            yield f"only {side.upper()} has (not compared): {' '.join(only)}"
    if report["skipped"]:
        yield f"no gold at hand (not compared): {' '.join(row['suite'] + '/' + row['lang'] for row in report['skipped'])}"
    yield f"{report['replicates']:,} replicates; verdicts at p < 0.05, of languages after Holm's correction"
