"""Do intervals hold the truth, and do tests cry wolf, as often as they say? On the block structure of real test sets. `make coverage`.

The units of a real test set, with the counts of two committed rows, are the population: test sets are drawn from it, so that their true
figures are known. For the tests the two rows' outputs change places at random in every unit that is drawn: nothing then tells them apart.
"""

import logging
import os
import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tabulate import tabulate

from boundarybench.errors import BoundaryBenchError
from boundarybench.gold.load import load
from boundarybench.protocol import RANK_FIGURE
from boundarybench.scoring.figures import figures_of, named
from boundarybench.suites.manifests import packaged
from boundarybench.suites.pins import ranked
from boundarybench.uncertainty.differences import ALPHA, Sampled, SystemCounts, conclude, mean, sample
from boundarybench.uncertainty.intervals import drawn, intervals, percentiles, replicates
from boundarybench.uncertainty.paired_resampling import CountArray, FloatArray, by_unit

from .block_lengths import committed
from .projection_report import ROOT

log = logging.getLogger("boundarybench")

_PAIRED_REPLICATES = 1000


class Simulated(NamedTuple):
    """What is simulated: rows A and B (of a suite without two rows, one).

    Attributes:
        largest: the greatest number of sentences of a test set; more take hours.
        repetitions: drawn test sets of each language.
    """

    suite: str
    rows: tuple[str, ...]
    repetitions: int
    largest: int = 100_000


SIMULATED = (
    Simulated("masakhaner2", ("scratch-transfer-news", "scratch-projection-gloss"), 2000),
    Simulated("xtreme", ("scratch-transfer-conll", "scratch-transfer-panx"), 1000, 1000),
    *(Simulated(suite, ("capitals-rule",), 2000) for suite in ("masakhaner1", "uner-pud", "europarl", "e3c")),
)


class Population(NamedTuple):
    """The units of a test set with the counts of one row or two, shape (units, 4) each."""

    lang: str
    rows: tuple[CountArray, ...]


class Rates(NamedTuple):
    """How often an interval held the truth, of row A alone and of the difference B - A, and how often p was below 0.05 for nothing.

    `name` is a language's or "mean"; what needs two rows is NaN where there is one.
    """

    name: str
    alone: float
    difference: float
    false: float


class _Drawn(NamedTuple):
    """What is made of one drawn test set: the interval of row A, its bootstrap values, and the comparisons, of the rows and of nothing."""

    interval: tuple[float, float]
    resampled: FloatArray
    pair: Sampled | None
    null: Sampled | None


def main() -> int:
    """Print the table; the exit code."""
    os.environ.setdefault("BOUNDARYBENCH_DATA", str((ROOT.parent / "shared" / "data").resolve()))
    lines: list[list[str]] = []
    try:
        for each in SIMULATED:
            lines += _lines(each, simulate(list(populations(each)), each.repetitions))
    except BoundaryBenchError as error:
        log.error("coverage: %s", error)
        return error.exit_code
    headers = [
        "rows",
        "languages, test sets of each",
        f"{named(RANK_FIGURE).title}, per cent",
        "on average",
        "lowest",
        "highest",
        "the mean",
    ]
    table = tabulate(lines, headers, tablefmt="github", disable_numparse=True, colalign=("left", "right", "left", *["right"] * 4))
    sys.stdout.write(table + "\n")
    return 0


def populations(of: Simulated) -> Iterator[Population]:
    """The test sets in a suite's mean that all rows have. Raises GoldUnavailable."""
    suite = packaged()[of.suite]
    for lang in ranked(suite):
        counts = committed(ROOT / "submissions", suite, lang)
        gold = load(suite.name, lang)
        if all(row in counts for row in of.rows) and gold.sentences <= of.largest:
            yield Population(lang, tuple(by_unit(counts[row], gold.units) for row in of.rows))


def simulate(of: Sequence[Population], repetitions: int) -> list[Rates]:
    """The rates of every language and, in the end, of their mean."""
    random = np.random.RandomState(0)
    true = np.array([_truth(each) for each in of])
    held = np.full((repetitions, len(of) + 1, 3), np.nan)
    for repetition in range(repetitions):
        found = [_draw(each, random, f"{each.lang}/{repetition}") for each in of]
        outcomes = [_outcome(one.interval, one.pair, one.null, truth) for one, truth in zip(found, true, strict=True)]
        freedom = sum(drawn(len(each.rows[0])) for each in of)
        interval = percentiles(np.mean([one.resampled for one in found], axis=0)[np.newaxis], freedom)[0]
        pairs, nulls = [one.pair for one in found if one.pair], [one.null for one in found if one.null]
        outcomes.append(_outcome(interval, mean(pairs) if pairs else None, mean(nulls) if nulls else None, true.mean(axis=0)))
        held[repetition] = outcomes
    names = [*(each.lang for each in of), "mean"]
    return [Rates(name, *rates) for name, rates in zip(names, held.mean(axis=0).tolist(), strict=True)]


def _truth(of: Population) -> tuple[float, float]:
    """The figure of row A, and the difference B - A, in a population."""
    values = [float(figures_of(row.sum(axis=0))[RANK_FIGURE]) for row in of.rows]
    return values[0], values[-1] - values[0]


def _draw(of: Population, random: np.random.RandomState, name: str) -> _Drawn:
    """A test set of as many units, as the harness scores it and compares the rows; `name` fixes its draws."""
    count = len(of.rows[0])
    units = np.arange(count, dtype=np.int32)
    chosen = random.randint(0, count, count)
    rows = [row[chosen] for row in of.rows]
    resampled = figures_of(replicates(rows[0], units, name))
    interval = intervals(rows[0].sum(axis=0), resampled, drawn(count))[RANK_FIGURE]
    if len(rows) == 1:
        return _Drawn(interval, resampled[RANK_FIGURE], None, None)
    swapped = random.randint(0, 2, (count, 1)).astype(bool)
    blind = np.where(swapped, rows[1], rows[0]), np.where(swapped, rows[0], rows[1])
    pair, null = (_compared(a, b, units, name) for a, b in (rows, blind))
    return _Drawn(interval, resampled[RANK_FIGURE], pair, null)


def _compared(a: CountArray, b: CountArray, units: NDArray[np.int32], name: str) -> Sampled:
    one, other = (SystemCounts(("",), side[np.newaxis]) for side in (a, b))
    return sample(one, other, units, name, [RANK_FIGURE], _PAIRED_REPLICATES)[0][RANK_FIGURE]


def _outcome(interval: tuple[float, float], pair: Sampled | None, null: Sampled | None, truth: FloatArray) -> tuple[float, float, float]:
    """Whether each interval holds the truth (row A's, the difference's), and whether nothing was called a difference; 1 or 0."""
    alone = float(interval[0] <= truth[0] <= interval[1])
    if pair is None or null is None:
        return alone, np.nan, np.nan
    low, high = conclude(pair).interval
    return alone, float(low <= truth[1] <= high), float(conclude(null).p < ALPHA)


def _lines(of: Simulated, found: Sequence[Rates]) -> Iterator[list[str]]:
    """The lines of one suite."""
    *languages, overall = found
    for name, field in (("a system's interval", "alone"), ("a difference's interval", "difference"), ("p < 0.05 for nothing", "false")):
        values = [getattr(each, field) for each in languages]
        if not np.isnan(values).any():
            shown = (np.mean(values), min(values), max(values), getattr(overall, field))
            yield [
                f"{of.suite}: {', '.join(of.rows)}",
                f"{len(languages)}, {of.repetitions:,}",
                name,
                *(f"{100 * value:.1f}" for value in shown),
            ]


if __name__ == "__main__":
    sys.exit(main())
