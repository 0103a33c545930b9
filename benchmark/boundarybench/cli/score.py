"""Score a submission folder or one prediction file under the boundary-precision protocol."""

import argparse
from pathlib import Path

from ..report import as_json, evaluate
from .output import emit, to_json
from .reading import add_arguments as add_reading
from .reading import each

EPILOG = """examples:
  boundarybench score submissions/example-typical-errors
  boundarybench score submissions/my-system --suite masakhaner2 --lang ewe yor --format json -o scores.json
  boundarybench score pred.jsonl --suite masakhaner2 --lang ewe
  boundarybench score pred.jsonl --gold any.conll --types all --format json
  boundarybench score pred.jsonl --gold any.conll --types person geo-loc

exit codes: 0 scored, 1 findings in the predictions (nothing is scored), 2 usage or no gold at hand"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_reading(parser)
    parser.add_argument("--format", choices=["table", "json"], default="table")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write here instead of standard output")


def run(args: argparse.Namespace) -> int:
    results, skipped = each(args, "score", "scoring", lambda read: evaluate(read.gold, read.prediction, read.types, read.train, read.keep))
    report = as_json(results) | ({"skipped": skipped} if skipped else {})
    if args.format == "json":
        text = to_json(report)
    else:
        from .table import render  # `tabulate` takes a tenth of a short run, and JSON needs no table

        text = render(report)
    emit(text, args.output)
    return 0
