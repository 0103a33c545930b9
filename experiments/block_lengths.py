"""How many consecutive sentences are drawn together in each suite: the table, and what the rule chooses. `make block-lengths`.

The table has the variance of the rank figure when blocks are drawn, over that when sentences are: 1 where neighbours are independent, and
growing with the length until a block holds all that its sentences share; of every committed row, and of the difference of every two.
"""

import logging
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tabulate import tabulate

from boundarybench.errors import BoundaryBenchError
from boundarybench.gold.load import load
from boundarybench.gold.model import Gold
from boundarybench.gold.units import MIN_UNITS, units_of
from boundarybench.leaderboard.readings import Readings
from boundarybench.protocol import RANK_FIGURE
from boundarybench.scoring.figures import figures_of, named
from boundarybench.submission.folder import prediction_file
from boundarybench.suites.manifests import on_board
from boundarybench.suites.pins import ranked
from boundarybench.suites.suite import Sentences, Suite
from boundarybench.uncertainty.paired_resampling import CountArray, FloatArray, bootstrap, by_unit

from .projection_report import ROOT

log = logging.getLogger("boundarybench")

#: Lengths that are tried. Where one would leave a test set fewer than 25 blocks, it stands for the longest that does not.
LENGTHS = (1, 2, 5, 10, 20, 40, 80)

#: Doubling the chosen length adds less than this share of variance.
ENOUGH = 0.05

_REPLICATES = 2000


class Inflation(NamedTuple):
    """Variance in blocks over variance by sentences, by length and, in the end, by document; None where there are no documents."""

    lengths: tuple[float, ...]
    documents: float | None


class Measured(NamedTuple):
    """What was found in a suite: by row the medians over its languages; the medians over rows, pairs and languages.

    `longest`: the greatest length that leaves half of the test sets 25 blocks.
    """

    rows: Mapping[str, Inflation]
    alone: Inflation
    differences: Inflation | None
    longest: int


def main() -> int:
    """Print the table of each suite that has committed rows; the exit code."""
    os.environ.setdefault("BOUNDARYBENCH_DATA", str((ROOT.parent / "shared" / "data").resolve()))
    try:
        found = [(suite, inflation) for suite in on_board() if (inflation := measured(suite))]
    except BoundaryBenchError as error:
        log.error("block_lengths: %s", error)
        return error.exit_code
    sys.stdout.write(f"Variance of {named(RANK_FIGURE).title} in blocks, over that by sentences\n\n{_summary(found)}\n\n{_by_row(found)}\n")
    return 0


def committed(root: Path, suite: Suite, lang: str) -> dict[str, CountArray]:
    """The counts of all rows in `root` for a test set, by name, shape (sentences, 4) each."""
    names = sorted(path.name for path in root.iterdir() if prediction_file(path / suite.name, lang).exists())
    readings, gold = Readings(root), load(suite.name, lang)
    return {name: readings.of(name, gold).counts for name in names}


def measured(suite: Suite) -> Measured | None:
    """The inflation of variance in a suite; None where it has no row. Raises GoldUnavailable."""
    alone: dict[str, list[Inflation]] = {}
    differences: list[Inflation] = []
    sentences = []
    for lang in ranked(suite):
        counts = committed(ROOT / "submissions", suite, lang)
        if not counts:
            continue
        gold = load(suite.name, lang)
        sentences.append(gold.sentences)
        values = [_resampled(gold, list(counts.values()), units) for units in _units(gold)]
        for index, name in enumerate(counts):
            alone.setdefault(name, []).extend(_inflation([each[index] for each in values]))
        for one, other in combinations(range(len(counts)), 2):
            differences.extend(_inflation([each[other] - each[one] for each in values]))
    if not any(alone.values()):
        return None
    return Measured(
        rows={name: _median(found) for name, found in alone.items() if found},
        alone=_median([each for found in alone.values() for each in found]),
        differences=_median(differences) if differences else None,
        longest=max(length for length in LENGTHS if length == 1 or length <= median(sentences) / MIN_UNITS),
    )


def _units(gold: Gold) -> Iterator[NDArray[np.int32]]:
    """The units of a test set in blocks of each length; in the end its documents, where they are marked."""
    each = np.arange(gold.sentences, dtype=np.int32)
    for length in LENGTHS:
        yield units_of(each, None, Sentences("running", length))
    if gold.documents is not None:
        yield gold.documents


def _resampled(gold: Gold, counts: Sequence[CountArray], units: NDArray[np.int32]) -> FloatArray:
    """The rank figure of each row on resampled test sets, the same ones for all; shape (rows, replicates)."""
    joint = by_unit(np.concatenate(counts, axis=1), units)
    totals = bootstrap(joint, f"{gold.suite}/{gold.lang}", _REPLICATES).reshape(_REPLICATES, len(counts), 4)
    return figures_of(totals, [RANK_FIGURE])[RANK_FIGURE].T


def _inflation(values: Sequence[FloatArray]) -> list[Inflation]:
    """The inflation in resampled values, an array for each of `_units`; nothing where sentences leave no variance."""
    variances = [float(np.nanvar(each)) for each in values]
    if not variances[0]:
        return []
    ratios = [variance / variances[0] for variance in variances]
    return [Inflation(tuple(ratios[: len(LENGTHS)]), ratios[-1] if len(ratios) > len(LENGTHS) else None)]


def _median(found: Sequence[Inflation]) -> Inflation:
    documents = [each.documents for each in found if each.documents is not None]
    return Inflation(tuple(map(median, zip(*(each.lengths for each in found), strict=True))), median(documents) if documents else None)


def chosen(found: Measured) -> int:
    """The smallest length from which on no doubling adds 5 % of variance or more, of a row or of a difference; else the longest."""
    tables = [dict(zip(LENGTHS, each.lengths, strict=True)) for each in (found.alone, found.differences) if each]
    best = found.longest
    for length in reversed([each for each in LENGTHS if each <= found.longest and 2 * each in LENGTHS]):
        if any(table[2 * length] >= (1 + ENOUGH) * table[length] for table in tables):
            break
        best = length
    return best


def _summary(found: Sequence[tuple[Suite, Measured]]) -> str:
    lines = []
    for suite, inflation in found:
        for what, each in (("a row", inflation.alone), ("a difference", inflation.differences)):
            if each:
                lines.append([suite.name, what, *_cells(each), _choice(suite, inflation) if what == "a row" else ""])
    return _table(lines, ["suite", "median of", *map(str, LENGTHS), "documents", "drawn together"])


def _choice(suite: Suite, inflation: Measured) -> str:
    """What the rule says, in words; where the manifest says otherwise, both."""
    if inflation.alone.documents is not None:
        return "documents"
    if suite.sentences.order == "shuffled":
        return "identical sentences"
    return f"{chosen(inflation)}" + ("" if chosen(inflation) == suite.sentences.block else f" (manifest: {suite.sentences.block})")


def _by_row(found: Sequence[tuple[Suite, Measured]]) -> str:
    lines = [[suite.name, name, *_cells(each)] for suite, inflation in found for name, each in inflation.rows.items()]
    return _table(lines, ["suite", "row, median over languages", *map(str, LENGTHS), "documents"])


def _cells(inflation: Inflation) -> list[str]:
    documents = "" if inflation.documents is None else f"{inflation.documents:.2f}"
    return [*(f"{ratio:.2f}" for ratio in inflation.lengths), documents]


def _table(lines: Sequence[Sequence[str]], headers: Sequence[str]) -> str:
    return tabulate(lines, headers, tablefmt="github", disable_numparse=True, colalign=("left", "left", *["right"] * (len(headers) - 2)))


if __name__ == "__main__":
    sys.exit(main())
