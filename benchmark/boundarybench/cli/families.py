"""Compare the two families: declared pairs of systems with tests, and the best of each family per language without.

The declared pairs stand in submissions/pairs.toml. Differences are B - A; docs/families.md says how to read them.
"""

import argparse
from pathlib import Path
from typing import Any

from tabulate import tabulate

from ..leaderboard import store
from ..leaderboard.collect import collect
from ..leaderboard.escape import escape, visible
from ..leaderboard.families import pairs
from ..leaderboard.families.families_report import as_json
from ..leaderboard.store import Board
from ..protocol import VERSION
from ..submission.findings import Findings, FindingsError
from .leaderboard import report_progress
from .output import emit, to_json

#: Characters of a cell in a terminal, before it goes on in the next line.
_WIDEST = 60

EPILOG = """examples:
  boundarybench families
  boundarybench families --format md
  boundarybench families --format json -o families.json

What stands in results/ and has not changed is not computed again, and nothing is written there.

exit codes: 0 compared (whatever the verdicts), 1 a pair or a submission is not valid, 2 usage or no gold at hand"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--submissions", type=Path, default=Path("submissions"), metavar="DIR")
    parser.add_argument("--results", type=Path, default=Path("results"), metavar="DIR", help="the board, if there is one")
    parser.add_argument("--format", choices=["text", "json", "md"], default="text")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write here instead of standard output")


def run(args: argparse.Namespace) -> int:
    board = collect(args.submissions, _before(args.results), report_progress, own_suites=True)
    findings = Findings()
    declared = pairs.read(args.submissions, findings)
    pairs.check(declared, board.entries, args.submissions, findings)
    if findings.errors:
        raise FindingsError(findings)
    waiting = [(pair, absent) for pair in declared if (absent := pairs.missing(pair, board.entries))]
    report = as_json(board) | {"waiting": [{"a": pair.a, "b": pair.b, "missing": list(absent)} for pair, absent in waiting]}
    emit(to_json(report) if args.format == "json" else _render(report, args.format), args.output)
    return 0


def _before(path: Path) -> Board | None:
    """The board in a folder; None where there is none of this protocol version."""
    files = store.files(path)
    return store.from_files(files, str(path)) if store.version(files, str(path)) == VERSION else None


def _render(report: dict[str, Any], style: str) -> str:
    show = visible if style == "text" else lambda text: escape(text, 1000)
    parts = [report["intro"]]
    if not report["pairs"]:
        parts.append("No declared pair can be compared (docs/families.md).")
    parts += [f"{pair['a']} and {pair['b']} wait for {' and '.join(pair['missing'])}." for pair in report["waiting"]]
    for table in report["tables"]:
        rows = [[show(cell) for cell in row] for row in table["rows"]]
        text = tabulate(
            rows,
            table["headers"],
            tablefmt="simple" if style == "text" else "github",
            disable_numparse=True,
            maxcolwidths=_WIDEST if style == "text" else None,
        )
        caption = show(table["caption"])
        parts += filter(None, [f"**{caption}**" if style == "md" else caption, text, show(table["notes"])])
    return "\n\n".join(parts)
