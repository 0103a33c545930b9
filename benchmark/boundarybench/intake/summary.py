"""The report of a pull request as markdown, for the step summary: whatever a stranger wrote is escaped."""

from collections.abc import Iterator, Sequence
from typing import Any

from ..leaderboard.markdown import escape
from ..leaderboard.page_parts import figure_cells, figure_headers, percent, signed, table
from ..protocol import FLOORS, RANK_FIGURE
from ..scoring.figures import named
from .catalogue import SHOWN
from .check import GateReport
from .copies import Remark
from .places import Neighbour, Place
from .pruning import TOLERANCE, Pruning

#: A step summary holds 1 MiB; nobody reads more findings than this at once.
MAX_ROWS = 200
_RANK = named(RANK_FIGURE).title
_VERDICTS = {"pass": "passes", "fail": "does not pass", "no-submission": "no submission here"}


def render(report: GateReport) -> str:
    """The report as markdown."""
    parts = [f"## Submission check: {_VERDICTS[report.verdict]}", *_what(report), *_findings(report)]
    parts += _remarks(report.remarks)
    parts += map(_pruning, report.prunings)
    for place in report.places:
        parts += _place(place)
    parts += [escape(note, 500) for note in report.notes]
    parts.append(f"base `{report.base[:12]}`, head `{report.head[:12]}`; read as git objects, scored by the base's code")
    return "\n\n".join(parts) + "\n"


def _what(report: GateReport) -> Iterator[str]:
    passage = report.passage
    if report.verdict == "no-submission":
        yield f"Nothing to score: only {'; '.join(map(_path, passage.outside))} changed."
    elif passage.folder is not None:
        what = "adds" if passage.new else "changes"
        files = f"{passage.changed} of {len(passage.files)} files are new or different"
        yield f"The request {what} **{escape(passage.folder)}** and nothing else: {files}."
        if not passage.new:
            yield "**For the reviewer:** the folder is on main already; is the author one of those who may change it?"


def _findings(report: GateReport) -> Iterator[str]:
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


def _remarks(remarks: Sequence[Remark]) -> Iterator[str]:
    if remarks:
        yield "**For the reviewer:** more spans are the same than in any honest row, types left aside (docs/maintaining.md)."
        yield "\n".join(f"- {_remark(remark)}" for remark in remarks[:MAX_ROWS])


def _remark(remark: Remark) -> str:
    """One line: what has the same spans, the share of the suite and its limit, and the languages that stand out by themselves."""
    run = f" (run {escape(remark.run)})" if remark.run else ""
    other = "gold" if remark.row is None else escape(remark.row) + (f" (run {escape(remark.row_run)})" if remark.row_run else "")
    authors = ", which has an author in common" if remark.related else ""
    number = f"{len(remark.compared)} language{'s' if len(remark.compared) > 1 else ''}"
    share = (
        f"{percent(remark.share)} % of {remark.tally.own:,} spans in {number} as in **{other}**{authors} (limit {percent(remark.limit)} %)"
    )
    most = sorted(remark.languages.items(), key=lambda item: -item[1])
    shown = ", ".join(f"{escape(lang)} {percent(of_lang)} %" for lang, of_lang in most[:SHOWN])
    rest = f" and {len(most) - SHOWN} more" if len(most) > SHOWN else ""
    return f"{escape(remark.suite)}{run}: {share}" + (f"; by language: {shown}{rest}" if shown else "")


def _pruning(pruning: Pruning) -> str:
    """One paragraph: the languages in which the rank figure is at its best, and what that is a sign of."""
    best = f"within {percent(TOLERANCE)} % of {percent(FLOORS[RANK_FIGURE])} % of gold's, where {_RANK} is at its best"
    share = f"{len(pruning.languages)} of the {pruning.held} languages that have so many (limit {percent(pruning.limit)} %)"
    return (
        f"**For the reviewer:** {escape(pruning.suite)}: the number of predictions is {best}, in {share}: "
        f"{' '.join(map(escape, pruning.languages))}. Honest rows do not look like that; spans that were deleted until gold said stop do "
        "(docs/maintaining.md)."
    )


def _path(path: str) -> str:
    """A path, each part on its own: words that are too long are cut."""
    return "/".join(escape(part) for part in path.split("/"))


def _place(place: Place) -> Iterator[str]:
    row = place.standing
    yield f"### {escape(place.suite)}"
    yield table(
        [
            [
                str(row.rank) if row.rank is not None else "–",
                escape(row.name),
                escape(row.entry.system.family),
                escape(row.track),
                *figure_cells(row.mean),
            ]
        ],
        ("rank", "system", "family", "track", *figure_headers()),
    )
    lines = [f"row {place.position} of {place.rows}" + (f"; not ranked: {escape(row.reason, 300)}" if row.reason else "")]
    if place.before is not None:
        lines.append(f"against its row on main's board now{_distance(place.before)}")
    lines += [f"against {escape(near.name)}{_distance(near)}" for near in place.neighbours]
    lines.append(f"signature: `{row.mean.signature}`")
    yield "\n".join(f"- {line}" for line in lines)


def _distance(near: Neighbour) -> str:
    """The rank of a row, and the difference to it with the languages that it is over."""
    rank = f"rank {near.rank}" if near.rank is not None else "not ranked"
    if near.difference is None:
        return f" ({rank}): too few languages in common"
    number = f"{len(near.languages)} language{'s' if len(near.languages) > 1 else ''}"
    which = number if near.shared else f"the {number} that both have: {' '.join(map(escape, near.languages))}"
    return f" ({rank}): {signed(near.difference)} {_RANK} over {which}"
