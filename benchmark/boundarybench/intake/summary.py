"""The report of a pull request as markdown, for the step summary: whatever a stranger wrote is escaped."""

from collections.abc import Iterator
from typing import Any

from ..leaderboard.markdown import escape
from ..leaderboard.tables import interval, percent, table
from .check import Place, Report

#: A step summary holds 1 MiB; nobody reads more findings than this at once.
MAX_ROWS = 200
_VERDICTS = {"pass": "passes", "fail": "does not pass", "no-submission": "no submission here"}


def render(report: Report) -> str:
    """The report as markdown."""
    parts = [f"## Submission check: {_VERDICTS[report.verdict]}", *_what(report), *_findings(report)]
    for place in report.places:
        parts += _place(place)
    parts += [escape(note, 500) for note in report.notes]
    parts.append(f"base `{report.base[:12]}`, head `{report.head[:12]}`; read as git objects, scored by the base's code")
    return "\n\n".join(parts) + "\n"


def _what(report: Report) -> Iterator[str]:
    passage = report.passage
    if report.verdict == "no-submission":
        yield f"Nothing to score: only {'; '.join(map(_path, passage.outside))} changed."
    elif passage.folder is not None:
        what = "adds" if passage.new else "changes"
        files = f"{passage.changed} of {len(passage.files)} files are new or different"
        yield f"The request {what} **{escape(passage.folder)}** and nothing else: {files}."
        if not passage.new:
            yield "**For the reviewer:** the folder is on main already; is the author one of those who may change it?"


def _findings(report: Report) -> Iterator[str]:
    if not report.findings:
        return
    shown = report.findings[:MAX_ROWS]
    yield table([_row(finding) for finding in shown], ("code", "where", "what", "fix"))
    rest = len(report.findings) - len(shown) + sum(part["count"] for part in report.more)
    if rest:
        yield f"… and {rest} more; `boundarybench validate` shows them by file."


def _row(finding: dict[str, Any]) -> list[str]:
    place = _path(finding["file"]) or "the request"
    line = "" if finding["line"] is None else f", line {finding['line']}"
    kind = "" if finding["severity"] == "error" else f" ({finding['severity']})"
    return [f"`{finding['code']}`{kind}", place + line, escape(finding["message"], 300), escape(finding["fix"], 300)]


def _path(path: str) -> str:
    """A path, each part on its own: words that are too long are cut."""
    return "/".join(escape(part) for part in path.split("/"))


def _place(place: Place) -> Iterator[str]:
    row, figures = place.standing, place.standing.mean.figures
    yield f"### {escape(place.suite)}"
    yield table(
        [
            [
                str(row.rank) if row.rank is not None else "–",
                escape(row.name),
                escape(row.entry.system.family),
                escape(row.track),
                f"{percent(figures.bp50)}{interval(figures.bp50_interval)}",
                percent(figures.boundary_precision),
                percent(figures.boundary_recall),
                percent(figures.boundary_f1),
                percent(figures.typed_f1),
            ]
        ],
        ("rank", "system", "family", "track", "BP@50 (95 %)", "BP", "BR", "F1", "typed F1"),
    )
    lines = [f"row {place.position} of {place.rows}" + (f"; not ranked: {escape(row.reason, 300)}" if row.reason else "")]
    if place.before is not None and figures.bp50 is not None:
        lines.append(f"on main's board now: BP@50 {percent(place.before)} ({_signed(figures.bp50 - place.before)})")
    for near in place.neighbours:
        rank = f"rank {near.rank}" if near.rank is not None else "not ranked"
        lines.append(f"against {escape(near.name)} ({rank}): {_signed(near.difference)} BP@50")
    lines.append(f"signature: `{row.mean.signature}`")
    yield "\n".join(f"- {line}" for line in lines)


def _signed(difference: float | None) -> str:
    return "–" if difference is None else f"{100 * difference:+.1f}"
