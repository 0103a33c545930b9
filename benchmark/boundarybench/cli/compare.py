"""Test whether systems are better than a baseline, the first one (A); differences are theirs less A's.

Per language, per suite and overall: the difference with its 95 % interval over sentences (paired bootstrap), p (the larger of that of
approximate randomisation and the interval's own), p after Holm's correction, and the verdict in words; per suite, what the languages say
of languages like them. Holm's correction is over the systems and the languages of a suite together, and for means over the systems. Of
several systems the ranks, and the ranges that tests of all pairs leave, as on the leaderboard. docs/uncertainty.md says how to read them.
"""

import argparse
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ..comparison import REPLICATES, Compared, SystemPair, compare_all
from ..comparison_report import as_json, label
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
from . import compare_csv, compare_latex
from .compare_table import render
from .inputs import Target, add_selection, add_types, path_follows, path_taken_along, scored_types, targets_of
from .output import check_outputs, emit, progress, to_json

log = logging.getLogger("boundarybench")

MIN_REPLICATES, MAX_REPLICATES = 100, 100_000

EPILOG = """examples:
  boundarybench compare submissions/baseline submissions/my-system
  boundarybench compare submissions/baseline submissions/my-system submissions/another --suite masakhaner2
  boundarybench compare submissions/baseline submissions/my-system --suite masakhaner2 --format json -o compared.json
  boundarybench compare old.jsonl new.jsonl --suite masakhaner2 --lang ewe --figure bp75 typed.f1
  boundarybench compare submissions/baseline new.jsonl --suite masakhaner2 --lang ewe
  boundarybench compare old.jsonl new.jsonl --gold any.conll --types PER MISC

Only test sets that all have are compared; the others are listed. A system with two or more runs of a test set (runs/SEED/...) is
compared by the mean of its runs, one with a single set of predictions by those: its interval holds sampling error only.

formats: text and md for reading, json with everything, csv (a row per system, language and figure, and per mean; all digits),
latex (a booktabs table per suite and figure: the means)

exit codes: 0 compared (whatever the verdict), 1 findings in the predictions (nothing is compared), 2 usage or no gold at hand"""

#: What writes the report, by format.
FORMATS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "text": partial(render, style="text"),
    "md": partial(render, style="md"),
    "json": to_json,
    "csv": compare_csv.table,
    "latex": compare_latex.tables,
}

TestSet = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the systems: its prediction files by suite and language, several where there are runs. `name`: no other one has it."""

    path: Path
    name: str
    files: dict[TestSet, list[Target]]
    folder: bool


@dataclass(frozen=True, slots=True)
class _Read:
    """A system on one test set: its counts, and what of each of its files does not count (empty: the protocol says so)."""

    counts: SystemCounts
    left: list[NotScored]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    names = [figure.name for figure in compared()]
    parser.add_argument(
        "paths",
        type=Path,
        nargs="*",
        metavar="SYSTEM",
        help="a submission folder or prediction file, two or more; the first is the baseline",
    )
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
    parser.add_argument("--format", choices=list(FORMATS), default="text")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write here instead of standard output")


def run(args: argparse.Namespace) -> int:
    paths = _paths(args)
    check_outputs([args.output], [*paths, args.gold])
    if not MIN_REPLICATES <= args.replicates <= MAX_REPLICATES:
        raise UsageError(f"--replicates: {args.replicates} is not between {MIN_REPLICATES} and {MAX_REPLICATES:,}")
    figures = tuple(dict.fromkeys(args.figure or [RANK_FIGURE]))
    findings = Findings()
    sides = [_side(path, name, args, findings) for path, name in zip(paths, names_of(paths), strict=True)]
    # Where one cannot be read, the others still are: all findings are told in one pass.
    readable = [side for side in sides if side.files or not findings.errors]
    common = [name for name in readable[0].files if all(name in side.files for side in readable)] if readable else []
    if not common and not findings.errors:
        raise UsageError(f"{', '.join(str(path) for path in paths[:-1])} and {paths[-1]} have no test set in common")
    types = scored_types(args.types)
    rows: list[dict[SystemPair, Compared]] = []
    skipped: list[dict[str, str]] = []
    for test_set in progress(common, "comparing"):
        try:
            gold = readable[0].files[test_set][0].load()
        except GoldUnavailable as error:
            if not all(side.folder for side in sides) or not awaits_pin(*test_set):
                raise
            log.warning("%s/%s is not compared: %s", *test_set, error)
            skipped.append({"suite": test_set[0], "lang": test_set[1], "reason": str(error)})
            continue
        systems = {side.name: _system(side.files[test_set], gold, types, findings) for side in readable}
        if not findings.errors:
            rows.append(_compared({name: found for name, found in systems.items() if found}, gold, figures, args.replicates))
    if findings.errors:
        raise FindingsError(findings)
    for line in filter(None, str(findings).split("\n")):
        log.warning(line)
    report = as_json(rows, [side.name for side in sides], figures, types, args.replicates)
    _warn_of_few(report)
    baseline, *others = (
        {"name": plain(side.name), "path": plain(str(side.path)), "not_common": _not_common(side, common)} for side in sides
    )
    report = {
        "baseline": {"label": label(0), **baseline},
        **report,
        "systems": [{**about, **found} for about, found in zip(others, report["systems"], strict=True)],
        "skipped": skipped,
    }
    emit(FORMATS[args.format](report), args.output)
    return 0


def _paths(args: argparse.Namespace) -> list[Path]:
    paths: list[Path] = list(args.paths)
    while (len(paths) < 2 or path_follows(args)) and (taken := path_taken_along(args)):
        paths.insert(len(args.paths), taken)
    if len(paths) < 2:
        raise UsageError("name two or more submission folders or prediction files: the baseline, then the others (--help shows examples)")
    places: dict[Path, Path] = {}
    for path in paths:
        first = places.setdefault(path.resolve(), path)
        if first is not path:
            raise UsageError(f"{path}: the same as {first}; a system is named once")
    return paths


def names_of(paths: Sequence[Path]) -> list[str]:
    """What to call each system: the shortest end of its path that no other one has."""
    parts = [path.resolve().parts for path in paths]
    names = []
    for own in parts:
        others = [other for other in parts if other is not own]
        length = next(length for length in range(1, len(own) + 1) if all(other[-length:] != own[-length:] for other in others))
        names.append(str(Path(*own[-length:])))
    return names


def _side(path: Path, name: str, args: argparse.Namespace, findings: Findings) -> Side:
    try:
        found, submission = targets_of(path, args, findings)
    except FindingsError:  # the others may have some, too: they are all told at the end
        return Side(path, name, {}, folder=False)
    files: dict[TestSet, list[Target]] = {}
    for test_set in dict.fromkeys((target.suite, target.lang) for target in found):
        inside = [target for target in found if (target.suite, target.lang) == test_set]
        runs, main = [target for target in inside if target.run], [target for target in inside if not target.run]
        files[test_set] = runs if len(runs) > 1 or not main else main
    return Side(path, name, files, submission is not None)


def _not_common(side: Side, common: Sequence[TestSet]) -> list[str]:
    """The test sets that a system has and not all have."""
    return ["/".join(test_set) for test_set in side.files if test_set not in common]


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


def _compared(systems: Mapping[str, _Read], gold: Gold, figures: Sequence[str], replicates: int) -> dict[SystemPair, Compared]:
    """The systems on one test set, with what of each does not count."""
    compared = compare_all(gold, {name: found.counts for name, found in systems.items()}, figures, replicates)
    return {(a, b): replace(row, not_scored=_not_scored(systems[a], systems[b])) for (a, b), row in compared.items()}


def _not_scored(a: _Read, b: _Read) -> dict[str, dict[str, int]] | None:
    """The spans that do not count, by type: gold's and, over all runs, each system's."""
    if not (a.left and b.left):
        return None
    sums = {name: sum((Counter(left.predicted) for left in side.left), Counter[str]()) for name, side in (("a", a), ("b", b))}
    return {"gold": a.left[0].gold, **{name: dict(found) for name, found in sums.items()}}


def _warn_of_few(report: Mapping[str, Any]) -> None:
    """With few replicates the smallest p value that there is does not survive Holm's correction."""
    tests = Counter(row["suite"] for system in report["systems"] for row in system["results"])
    largest, systems = max(tests.values(), default=0), len(report["systems"])
    if 2 * largest / (report["replicates"] + 1) >= ALPHA:
        which = f"{largest // systems} languages" + (f" of {systems} systems" if systems > 1 else "")
        log.warning("with %d replicates no difference in one of %s can be shown: raise --replicates", report["replicates"], which)
