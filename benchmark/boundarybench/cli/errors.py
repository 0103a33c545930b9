"""Show where boundaries break: counts of the error classes, what the spans look like, and the errors themselves."""

import argparse
import json
import re
import shutil
import sys
from pathlib import Path

from ..anatomy.error_examples import ERRORS, SHOWN
from ..anatomy.error_report import as_json, examine
from ..errors import UsageError
from .errors_csv import table
from .errors_text import markdown, text
from .output import emit, to_json
from .reading import add_arguments as add_reading
from .reading import each

EPILOG = """examples:
  boundarybench errors submissions/example-typical-errors
  boundarybench errors submissions/example-typical-errors --lang ar zh --class left-over right-under --limit 10
  boundarybench errors pred.jsonl --suite masakhaner2 --lang ewe --format md -o errors.md
  boundarybench errors pred.jsonl --gold any.conll --types all --format csv -o errors.csv
  boundarybench errors pred.jsonl --gold any.conll --types PER MISC

classes: """
EPILOG += "\n         ".join(" ".join(SHOWN[k : k + 7]) for k in range(0, len(SHOWN), 7))
EPILOG += """

exit codes: 0 examined, 1 findings in the predictions (nothing is shown), 2 usage or no gold at hand"""

_LIMIT = 3
_COLUMNS = 100
#: Characters that JSON may hold as they are and that a terminal would obey or hide.
_SPECIAL = re.compile(r"[^\n -~]")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_reading(parser)
    parser.add_argument("--class", dest="classes", nargs="+", action="extend", metavar="C", help="show examples of these classes only")
    parser.add_argument(
        "--limit", type=int, metavar="N", help=f"show at most N examples of each class (default: {_LIMIT}; of csv, all errors)"
    )
    parser.add_argument("--format", choices=["text", "json", "md", "csv"], default="text", help="csv has one line per error, and no counts")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write here instead of standard output")


def run(args: argparse.Namespace) -> int:
    categories = _categories(args)
    limit = args.limit if args.limit is not None else None if args.format == "csv" else _LIMIT
    if limit is not None and limit < 0:
        raise UsageError(f"--limit {limit}: a number of examples, 0 or more")
    examined, skipped = each(
        args,
        "errors",
        "examining",
        lambda read: examine(read.gold, read.prediction, read.types, read.train, read.keep, limit=limit, categories=categories),
    )
    report = as_json(examined, limit) | ({"skipped": skipped} if skipped else {})
    if args.format == "json":
        shown = _SPECIAL.sub(lambda found: found[0] if found[0].isprintable() else json.dumps(found[0])[1:-1], to_json(report))
    elif args.format == "csv":
        shown = table(report)
    elif args.format == "md":
        shown = markdown(report)
    else:
        shown = text(report, _columns(args.output))
    emit(shown, args.output)
    return 0


def _categories(args: argparse.Namespace) -> tuple[str, ...]:
    """The classes that `--class` names, each once; all errors without it. Gives a path back that the option took along."""
    asked: list[str] = args.classes or []
    if args.path is None and len(asked) > 1 and asked[-1] not in SHOWN:
        args.path = Path(asked.pop())
    unknown = [name for name in asked if name not in SHOWN]
    if unknown:
        raise UsageError(f"--class: unknown class {unknown[0]!r}: choose from {', '.join(SHOWN)}")
    return tuple(name for name in SHOWN if name in asked) or ERRORS


def _columns(output: Path | None) -> int:
    """The width of the terminal that somebody looks at; elsewhere always the same."""
    if output is None and sys.stdout is not None and sys.stdout.isatty():
        return max(60, shutil.get_terminal_size((_COLUMNS, 0)).columns)
    return _COLUMNS
