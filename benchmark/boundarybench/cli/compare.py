"""Test whether one system is better than another. A, the first, is the baseline; differences are B - A.

Per language, per suite and overall: the difference with its 95 % interval (paired bootstrap), p (approximate randomisation), p after
Holm's correction over the languages of a suite, and the verdict in words. docs/uncertainty.md says how to read them.
"""

import argparse
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from ..comparison import REPLICATES, Compared, as_json, compare
from ..errors import GoldUnavailable, UsageError
from ..gold.model import Gold
from ..protocol import RANK_FIGURE
from ..scoring.figures import compared
from ..scoring.score import sentence_counts
from ..selection import NotScored, Selection, check, not_scored, resolved
from ..submission.findings import Findings, FindingsError, plain
from ..submission.folder import read_file
from ..submission.predictions import read
from ..suites.pins import awaits_pin
from ..uncertainty.differences import ALPHA, SystemCounts
from .compare_table import render
from .inputs import Target, add_selection, add_types, path_taken_along, scored_types, targets_of
from .output import check_outputs, emit, progress, to_json

log = logging.getLogger("boundarybench")

MIN_REPLICATES, MAX_REPLICATES = 100, 100_000

EPILOG = """examples:
  boundarybench compare submissions/baseline submissions/my-system
  boundarybench compare submissions/baseline submissions/my-system --suite masakhaner2 --format json -o compared.json
  boundarybench compare old.jsonl new.jsonl --suite masakhaner2 --lang ewe --figure bp75 typed.f1
  boundarybench compare submissions/baseline new.jsonl --suite masakhaner2 --lang ewe
  boundarybench compare old.jsonl new.jsonl --gold any.conll --types PER MISC

Only test sets that both have are compared; the others are listed. A system with two or more runs of a test set (runs/SEED/...) is
compared by the mean of its runs, one with a single set of predictions by those: its interval holds sampling error only.

exit codes: 0 compared (whatever the verdict), 1 findings in the predictions (nothing is compared), 2 usage or no gold at hand"""

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two systems: its prediction files by suite and language, several where there are runs."""

    path: Path
    files: dict[Pair, list[Target]]
    folder: bool


@dataclass(frozen=True, slots=True)
class _Read:
    """A system on one test set: its counts, and what of each of its files does not count (empty: the protocol says so)."""

    counts: SystemCounts
    left: list[NotScored]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    names = [figure.name for figure in compared()]
    parser.add_argument("paths", type=Path, nargs="*", metavar="A B", help="two submission folders or prediction files; A is the baseline")
    add_selection(parser)
    add_types(parser)
    parser.add_argument(
        "--figure",
        nargs="+",
        action="extend",
        choices=names,
        metavar="F",
        help=f"figures to compare, of {', '.join(names)} (default: {RANK_FIGURE})",
    )
    parser.add_argument("--replicates", type=int, default=REPLICATES, metavar="N", help=f"of either test (default: {REPLICATES:,})")
    parser.add_argument("--format", choices=["text", "json", "md"], default="text")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write here instead of standard output")


def run(args: argparse.Namespace) -> int:
    a_path, b_path = _paths(args)
    check_outputs([args.output], [a_path, b_path, args.gold])
    if not MIN_REPLICATES <= args.replicates <= MAX_REPLICATES:
        raise UsageError(f"--replicates: {args.replicates} is not between {MIN_REPLICATES} and {MAX_REPLICATES:,}")
    figures = tuple(dict.fromkeys(args.figure or [RANK_FIGURE]))
    findings = Findings()
    a, b = _side(a_path, args, findings), _side(b_path, args, findings)
    common = [pair for pair in a.files if pair in b.files]
    if not common and not findings.errors:
        raise UsageError(f"{a.path} and {b.path} have no test set in common")
    types = scored_types(args.types)
    rows: list[Compared] = []
    skipped: list[dict[str, str]] = []
    for pair in progress(common, "comparing"):
        try:
            gold = a.files[pair][0].load()
        except GoldUnavailable as error:
            if not (a.folder and b.folder) or not awaits_pin(*pair):
                raise
            log.warning("%s/%s is not compared: %s", *pair, error)
            skipped.append({"suite": pair[0], "lang": pair[1], "reason": str(error)})
            continue
        systems = [_system(side.files[pair], gold, types, findings) for side in (a, b)]
        if systems[0] is not None and systems[1] is not None and not findings.errors:
            row = compare(gold, systems[0].counts, systems[1].counts, figures, args.replicates)
            rows.append(replace(row, not_scored=_not_scored(systems[0], systems[1])))
    if findings.errors:
        raise FindingsError(findings)
    for line in filter(None, str(findings).split("\n")):
        log.warning(line)
    _warn_of_few(rows, args.replicates)
    report = {
        "a": plain(str(a.path)),
        "b": plain(str(b.path)),
        "only_a": ["/".join(pair) for pair in a.files if pair not in b.files],
        "only_b": ["/".join(pair) for pair in b.files if pair not in a.files],
        "skipped": skipped,
        **as_json(rows, figures, types, args.replicates),
    }
    emit(to_json(report) if args.format == "json" else render(report, args.format), args.output)
    return 0


def _paths(args: argparse.Namespace) -> tuple[Path, Path]:
    paths = list(args.paths)
    while len(paths) < 2 and (taken := path_taken_along(args)):
        paths.insert(len(args.paths), taken)
    if len(paths) != 2:
        raise UsageError("name two submission folders or prediction files: the baseline, then the other (--help shows examples)")
    return paths[0], paths[1]


def _side(path: Path, args: argparse.Namespace, findings: Findings) -> Side:
    found, submission = targets_of(path, args, findings)
    files: dict[Pair, list[Target]] = {}
    for pair in dict.fromkeys((target.suite, target.lang) for target in found):
        of_pair = [target for target in found if (target.suite, target.lang) == pair]
        runs, main = [target for target in of_pair if target.run], [target for target in of_pair if not target.run]
        files[pair] = runs if len(runs) > 1 or not main else main
    return Side(path, files, submission is not None)


def _system(files: Sequence[Target], gold: Gold, types: Selection, findings: Findings) -> _Read | None:
    """One system on a test set; None where there are errors."""
    counts, left = [], []
    for target in findings.until_enough(files):
        data = read_file(target.path, str(target.path), findings)
        prediction = None if data is None else read(data, str(target.path), gold, findings)
        if prediction is not None:
            check(gold, prediction, types, str(target.path), findings)
            if not findings.errors:
                counts.append(sentence_counts(gold, prediction.codes, prediction.types, resolved(types, gold).names))
                left.append(not_scored(gold, prediction, types))
    if len(counts) < len(files):
        return None
    return _Read(SystemCounts(tuple(target.run or "" for target in files), np.stack(counts)), [side for side in left if side is not None])


def _not_scored(a: _Read, b: _Read) -> dict[str, dict[str, int]] | None:
    """The spans that do not count, by type: gold's and, over all runs, each system's."""
    if not (a.left and b.left):
        return None
    sums = {name: sum((Counter(left.predicted) for left in side.left), Counter[str]()) for name, side in (("a", a), ("b", b))}
    return {"gold": a.left[0].gold, **{name: dict(found) for name, found in sums.items()}}


def _warn_of_few(rows: Sequence[Compared], replicates: int) -> None:
    """With few replicates the smallest p value that there is does not survive Holm's correction."""
    largest = max((sum(row.suite == suite for row in rows) for suite in {row.suite for row in rows}), default=0)
    if largest / (replicates + 1) >= ALPHA:
        log.warning("with %d replicates no difference in one of %d languages can be shown: raise --replicates", replicates, largest)
