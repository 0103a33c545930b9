"""Convert predictions: CoNLL columns, label files, a sentence of tags a line and span JSON to JSONL and back, in any tag scheme."""

import argparse
import logging
from pathlib import Path

from .. import convert
from ..column_layout import FOUND
from ..columns import read_bytes
from ..errors import UsageError
from ..gold.own import tokens_of
from ..schemes import SCHEMES
from ..submission.findings import Findings
from .column_options import add_columns, columns_of, scheme
from .inputs import add_arguments as add_inputs
from .inputs import targets
from .output import check_outputs, emit, to_json

log = logging.getLogger("boundarybench")

EPILOG = """examples:
  boundarybench convert --from conll --to jsonl --suite masakhaner2 --lang ewe test_predictions.txt -o ewe.jsonl
  boundarybench convert --from conll --to jsonl --scheme BIOES --map MISC=O --map GPE=LOC --suite xtreme --lang sw pred.txt -o sw.jsonl
  boundarybench convert --from conll --to jsonl --gold any.conll any_predictions.txt -o any.jsonl
  boundarybench convert --from conll --to jsonl --gold eval.txt --gold-tag-column 2 --tag-column 3 eval.txt -o any.jsonl
  boundarybench convert --from conll --to conll --scheme BMES any.bmes -o any.conll     # from scheme to scheme: no gold needed
  boundarybench convert --from xtreme --to jsonl --gold test-sw.labels.tsv test-sw.tsv -o sw.jsonl
  boundarybench convert --from lines --to jsonl --suite masakhaner2 --lang ewe predictions.txt -o ewe.jsonl   # run_ner.py
  boundarybench convert --from spans --to jsonl --gold any.conll entities.jsonl -o any.jsonl
  boundarybench convert --from jsonl --to conll --suite masakhaner2 --lang ewe ewe.jsonl

formats (--from, --to)
  conll   a token and its tag on each line, blank lines between sentences
  xtreme  a label on each line, blank lines between sentences
  lines   the tags of a sentence on each line, in the gold's order
  spans   {"id": "ewe-00000", "entities": [{"start": 0, "end": 2, "type": "PER"}]}: positions count from 0, `end` is the one after the
          last; tokens of the gold, or characters where the line has its "text"; "tokens" are compared with the gold's
  jsonl   {"id": "ewe-00000", "tags": ["B-PER", "I-PER", "O"]}

IOB2 input stays as it is, invalid transitions included. What is changed is counted and listed on standard error.
exit codes: 0 converted, 1 the file does not line up with the gold, 2 usage or no gold at hand"""

_SHOWN = 20
_COLUMN_FILES = frozenset({"conll", "xtreme"})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_inputs(parser, "--gold-")
    add_columns(parser, "a column file that is converted")
    parser.add_argument("--from", dest="source", choices=convert.FORMATS, required=True)
    parser.add_argument("--to", dest="target", choices=convert.FORMATS, required=True)
    parser.add_argument(
        "--scheme",
        type=scheme,
        default="IOB2",
        help=f"tag scheme of the input: {', '.join(SCHEMES)} (default IOB2); IO may have bare types",
    )
    parser.add_argument("--to-scheme", type=scheme, default="IOB2", help="tag scheme of conll, xtreme or lines output (default IOB2)")
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="TYPE=TYPE",
        help="rename a type; TYPE=O drops it; may be repeated, and each applies once, to the file's own types",
    )
    parser.add_argument("--report", type=Path, metavar="FILE", help="write all changes as JSON")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write here instead of standard output")


def run(args: argparse.Namespace) -> int:
    findings, report = Findings(), convert.ConversionReport()
    mapping = convert.parse_map(args.map)
    if args.to_scheme != "IOB2" and args.target in ("jsonl", "spans"):
        raise UsageError(f"--to-scheme: {args.target} has no scheme to choose")
    if args.scheme != "IOB2" and args.source in ("jsonl", "spans"):
        raise UsageError(f"--scheme: {args.source} has no scheme to choose")
    if args.path is not None and args.path.is_dir():
        raise UsageError(f"{args.path} is a folder: convert takes one file")
    columns = columns_of(args)
    if columns != FOUND and args.source not in _COLUMN_FILES:
        raise UsageError(f"--token-column and --tag-column: {args.source} has no columns")
    if args.path and not (args.gold or args.suite) and {args.source, args.target} <= _COLUMN_FILES:
        path, gold = args.path, tokens_of(args.path, columns)  # from scheme to scheme: the file says itself what its tokens are
    else:
        chosen, _ = targets(args, findings)
        path, gold = chosen[0].path, chosen[0].load()
    check_outputs([args.output, args.report], [args.gold])
    tags = convert.to_tags(read_bytes(path), str(path), args.source, gold, args.scheme, mapping, findings, report, columns)
    text = convert.write(tags, args.target, gold, args.to_scheme, report)
    emit(text, args.output)
    _tell(report, findings)
    if args.report:
        emit(to_json(report.as_json()), args.report)
    return 0


def _tell(report: convert.ConversionReport, findings: Findings) -> None:
    for line in filter(None, str(findings).split("\n")):
        log.warning(line)
    for warning in report.warnings:
        log.warning(warning)
    for change in report.changes[:_SHOWN]:
        log.info("changed %s", change)
    if len(report.changes) > _SHOWN:
        log.info("... and %d more changes; --report FILE lists all", len(report.changes) - _SHOWN)
    for reason, count in report.counts.items():
        if count:
            log.info("%d: %s", count, reason)
