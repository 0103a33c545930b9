"""Convert predictions: CoNLL columns, XTREME's label files and span JSON to JSONL and back, in any common tag scheme."""

import argparse
import logging
from pathlib import Path

from .. import convert
from ..columns import read_bytes
from ..errors import UsageError
from ..schemes import ALIASES, SCHEMES
from ..submission.findings import Findings
from .inputs import add_arguments as add_inputs
from .inputs import targets
from .output import emit, to_json

log = logging.getLogger("boundarybench")

EPILOG = """examples:
  boundarybench convert --from conll --to jsonl --suite masakhaner2 --lang ewe test_predictions.txt -o ewe.jsonl
  boundarybench convert --from conll --to jsonl --scheme BIOES --map MISC=O --map GPE=LOC --suite xtreme --lang sw pred.txt -o sw.jsonl
  boundarybench convert --from conll --to jsonl --gold any.conll any_predictions.txt -o any.jsonl
  boundarybench convert --from xtreme --to jsonl --gold test-sw.labels.tsv test-sw.tsv -o sw.jsonl
  boundarybench convert --from jsonl --to conll --suite masakhaner2 --lang ewe ewe.jsonl

IOB2 input stays as it is, invalid transitions included. What is changed is counted and listed on standard error.
exit codes: 0 converted, 1 the file does not line up with the gold, 2 usage or no gold at hand"""

_SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_inputs(parser)
    parser.add_argument("--from", dest="source", choices=convert.FORMATS, required=True)
    parser.add_argument("--to", dest="target", choices=convert.FORMATS, required=True)
    parser.add_argument("--scheme", type=_scheme, default="IOB2", help=f"tag scheme of the input: {', '.join(SCHEMES)} (default IOB2)")
    parser.add_argument("--to-scheme", type=_scheme, default="IOB2", help="tag scheme of conll or xtreme output (default IOB2)")
    parser.add_argument("--map", action="append", default=[], metavar="TYPE=TYPE", help="rename a type; TYPE=O drops it; may be repeated")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write all changes as JSON")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write here instead of standard output")


def run(args: argparse.Namespace) -> int:
    findings, report = Findings(), convert.Report()
    mapping = dict(_pair(item) for item in args.map)
    if args.to_scheme != "IOB2" and args.target in ("jsonl", "spans"):
        raise UsageError(f"--to-scheme: {args.target} has no scheme to choose")
    if args.scheme != "IOB2" and args.source in ("jsonl", "spans"):
        raise UsageError(f"--scheme: {args.source} has no scheme to choose")
    if args.path is not None and args.path.is_dir():
        raise UsageError(f"{args.path} is a folder: convert takes one file")
    chosen, _ = targets(args, findings)
    gold = chosen[0].load()
    data = read_bytes(chosen[0].path)
    tags = convert.to_tags(data, str(chosen[0].path), args.source, gold, args.scheme, mapping, findings, report)
    text = convert.write(tags, args.target, gold, args.to_scheme, report)
    emit(text, args.output)
    _tell(report, findings)
    if args.report:
        emit(to_json({"counts": dict(report.counts), "changes": [change.as_json() for change in report.changes]}), args.report)
    return 0


def _tell(report: convert.Report, findings: Findings) -> None:
    for line in filter(None, str(findings).split("\n")):
        log.warning(line)
    for change in report.changes[:_SHOWN]:
        log.info("changed %s", change)
    if len(report.changes) > _SHOWN:
        log.info("... and %d more changes; --report FILE lists all", len(report.changes) - _SHOWN)
    for reason, count in report.counts.items():
        if count:
            log.info("%d: %s", count, reason)


def _scheme(value: str) -> str:
    name = ALIASES.get(value.upper(), value.upper())
    if name not in SCHEMES:
        raise argparse.ArgumentTypeError(f"{value!r}: choose from {', '.join([*SCHEMES, *ALIASES])}")
    return name


def _pair(item: str) -> tuple[str, str]:
    before, sign, after = item.partition("=")
    if not (before and sign and after):
        raise UsageError(f"--map {item!r}: write TYPE=TYPE, as in MISC=O or GPE=LOC")
    return before, after
