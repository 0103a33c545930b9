"""Score a submission folder or one prediction file under the boundary-precision protocol."""

import argparse
import logging
from pathlib import Path

import numpy as np

from ..errors import GoldUnavailable, UsageError
from ..gold.load import Key, at_hand
from ..gold.model import Gold
from ..protocol import SUITES, UNPINNED
from ..report import Result, as_json, evaluate
from ..submission.findings import Findings, FindingsError
from ..submission.folder import read_file
from ..submission.predictions import read
from .inputs import Target, check_claimed, kept, scored_types, sentence_ids, targets
from .inputs import add_arguments as add_inputs
from .output import emit, progress, to_json
from .table import render

log = logging.getLogger("boundarybench")

EPILOG = """examples:
  boundarybench score submissions/example-typical-errors
  boundarybench score submissions/my-system --suite masakhaner2 --lang ewe yor --format json -o scores.json
  boundarybench score pred.jsonl --suite masakhaner2 --lang ewe
  boundarybench score pred.jsonl --gold any.conll --types all --format json

exit codes: 0 scored, 1 findings in the predictions (nothing is scored), 2 usage or no gold at hand"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_inputs(parser)
    parser.add_argument("--types", choices=["all"], help="`all`: every type counts (default: PER, ORG and LOC)")
    parser.add_argument(
        "--ids", type=Path, metavar="FILE", help="score only the sentences listed here, one id a line; marks the result partial"
    )
    parser.add_argument("--allow-missing", action="store_true", help="score missing sentences as all `O`; marks the result incomplete")
    parser.add_argument("--format", choices=["table", "json"], default="table")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write here instead of standard output")


def run(args: argparse.Namespace) -> int:
    findings = Findings()
    chosen, submission = targets(args, findings)
    runs = {target.run for target in chosen if target.run}
    if runs:
        log.info("%d run(s) under runs/ are scored one at a time: boundarybench score %s/runs/SEED", len(runs), args.path)
        if len(runs) and all(target.run for target in chosen):
            raise UsageError(f"{args.path}: only runs; score one of them: boundarybench score {args.path}/runs/{min(runs)}")
    ids = sentence_ids(args.ids)
    claimed: set[str] = set()
    results: list[Result] = []
    skipped: list[dict[str, str]] = []
    for target in progress([target for target in chosen if not target.run], "scoring"):
        try:
            gold = target.load()
        except GoldUnavailable as error:
            if submission is None or target.lang not in UNPINNED.get(target.suite, ()):
                raise
            log.warning("%s/%s is not scored: %s", target.suite, target.lang, error)
            skipped.append({"suite": target.suite, "lang": target.lang, "reason": str(error)})
            continue
        result = _score(target, gold, ids, claimed, args, findings)
        if result is not None:
            results.append(result)
    if findings.errors:
        raise FindingsError(findings)
    check_claimed(ids, claimed, args.ids)
    for line in filter(None, str(findings).split("\n")):
        log.warning(line)
    report = as_json(results) | ({"skipped": skipped} if skipped else {})
    emit(to_json(report) if args.format == "json" else render(report), args.output)
    return 0


def _score(
    target: Target, gold: Gold, ids: set[str] | None, claimed: set[str], args: argparse.Namespace, findings: Findings
) -> Result | None:
    keep = kept(gold, ids)
    if keep is not None:
        if not keep.any():
            return None
        claimed.update(name for name, wanted in zip(gold.ids(), keep, strict=True) if wanted)
    data = read_file(target.path, str(target.path), findings)
    if data is None:
        return None
    required = np.zeros(gold.sentences, bool) if args.allow_missing else keep
    prediction = read(data, str(target.path), gold, findings, required)
    if prediction is None or findings.errors:
        return None
    train = at_hand(Key(gold.suite, gold.lang, "train")) if gold.suite in SUITES else None
    return evaluate(gold, prediction, scored_types(args.types), train, keep)
