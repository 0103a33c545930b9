"""Check a submission folder, or one prediction file, and report everything that is wrong with it in one pass."""

import argparse
import logging
from pathlib import Path

from ..errors import GoldUnavailable
from ..selection import check
from ..submission import system_json
from ..submission.findings import Findings, plain
from ..submission.folder import read_file
from ..submission.predictions import read
from ..suites.manifests import packaged
from ..suites.pins import awaits_pin
from .inputs import add_arguments as add_inputs
from .inputs import add_types, scored_types, targets
from .output import check_outputs, emit, progress, to_json

log = logging.getLogger("boundarybench")

EPILOG = """examples:
  boundarybench validate submissions/my-system
  boundarybench validate pred.jsonl --suite masakhaner2 --lang ewe
  boundarybench validate submissions/my-system --format json
  boundarybench validate pred.jsonl --gold any.conll --types PER MISC

exit codes: 0 valid, 1 findings, 2 usage or no gold at hand. docs/errors.md explains every code."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_inputs(parser)
    add_types(parser)
    parser.add_argument("--format", choices=["text", "json"], default="text")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write here instead of standard output")


def run(args: argparse.Namespace) -> int:
    findings = Findings()
    chosen, submission = targets(args, findings)
    check_outputs([args.output], [args.path, args.gold])
    types = scored_types(args.types)
    unchecked = []
    if submission is not None and not submission.of_suite:
        system_json.check(submission, findings)
        for suite in dict.fromkeys(file.suite for file in submission.files if file.suite not in packaged()):
            findings.add("own-suite", str(submission.path / suite), None, f"{suite} is a suite of your own")
    for target in findings.until_enough(progress(chosen, "validating")):
        try:
            gold = target.load()
        except GoldUnavailable as error:
            if submission is None or not awaits_pin(target.suite, target.lang):
                raise
            log.warning("%s is not checked: %s", target.path, error)
            unchecked.append(plain(str(target.path)))
            continue
        data = read_file(target.path, str(target.path), findings)
        if data is not None:
            prediction = read(data, str(target.path), gold, findings)
            if prediction is not None:
                check(gold, prediction, types, str(target.path), findings)
    valid = not findings.errors
    if args.format == "json":
        summary = {"valid": valid, "files": len(chosen) - len(unchecked), "unchecked": unchecked, **findings.as_json()}
        emit(to_json(summary), args.output)
    else:
        count = sum(findings.counts.values())
        summary_line = (
            f"{plain(str(args.path))}: {'valid' if valid else 'not valid'}; {len(chosen) - len(unchecked)} file(s), {count} finding(s)"
        )
        emit("\n".join(filter(None, [str(findings), summary_line])), args.output)
    return 0 if valid else 1
