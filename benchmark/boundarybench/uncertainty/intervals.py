"""Bootstrap intervals over sentences, exact and fast (protocol, section 6).

A resampled test set only matters through its sums of count vectors. Sentences have few distinct vectors, so drawing n sentences
with replacement is one multinomial draw over those.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ..protocol import REPLICATES, SEED
from ..scoring.figures import figures_of, named
from ..scoring.totals import of_counts

CountArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

LEVEL = 0.95
_Z = 1.959963984540054

#: With fewer correct spans than this, resampled sentences too often hold none at all: Wilson's interval instead.
NEARLY_ABSENT = 10


def replicates(counts: CountArray, units: NDArray[np.int32], name: str) -> CountArray:
    """Totals of resampled test sets.

    Args:
        counts: per sentence, spans predicted, in gold, with right boundaries, with right boundaries and type, shape (sentences, 4).
        units: per sentence, what is drawn together with it (identical sentences share a value), shape (sentences,).
        name: the test set; with the protocol's seed it fixes the draws, independent between test sets.

    Returns:
        Totals per replicate, shape (1000, 4). Two systems are drawn independently: a paired test must draw from their joint
        count vectors, shape (sentences, 8).
    """
    of_unit = _sum_by(counts, units)
    # Ranks instead of the counts themselves: their product stays small enough for one integer per vector.
    present = [np.bincount(column) > 0 for column in of_unit.T]
    ranks = [(np.cumsum(values) - 1)[column] for values, column in zip(present, of_unit.T, strict=True)]
    shape = tuple(int(values.sum()) for values in present)
    ordered = np.sort(np.ravel_multi_index(tuple(ranks), shape))  # np.unique would also look for the first of each
    begins = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    frequency = np.diff(begins, append=len(ordered))
    of_rank = zip(present, np.unravel_index(ordered[begins], shape), strict=True)
    vectors = np.stack([np.flatnonzero(values)[rank] for values, rank in of_rank], axis=1)
    # RandomState and not Generator: its streams are frozen, so that another version of numpy gives the same interval.
    random = np.random.RandomState(int.from_bytes(hashlib.sha256(f"{SEED}/{name}".encode()).digest()[:4]))
    draws = random.multinomial(len(of_unit), frequency / len(of_unit), REPLICATES)
    totals: CountArray = draws @ vectors
    return totals


def _sum_by(counts: CountArray, units: NDArray[np.int32]) -> CountArray:
    present = np.bincount(units) > 0
    return np.stack([np.bincount(units, column)[present].astype(np.int64) for column in counts.T], axis=1)


def intervals(totals: CountArray, resampled: Mapping[str, FloatArray]) -> dict[str, tuple[float, float]]:
    """95 % intervals of one test set's figures.

    Args:
        totals: the observed totals, shape (4,).
        resampled: the figures of the replicates, from `figures_of`.

    Returns:
        (low, high) per figure; figures that are null are left out. Percentiles of the replicates, or Wilson's interval where
        correct spans are nearly absent.
    """
    observed = {name: value for name, value in figures_of(totals).items() if not np.isnan(value)}
    found = dict(zip(observed, percentiles(np.stack([resampled[name] for name in observed])), strict=True)) if observed else {}
    spans = {name: proportion(totals, name) for name in observed}
    return {name: wilson(*of) if of[0] < NEARLY_ABSENT else found[name] for name, of in spans.items()}


def percentiles(values: FloatArray) -> list[tuple[float, float]]:
    """The central 95 % of bootstrap values, shape (figures, replicates); replicates where a figure is null do not count."""
    # nanpercentile goes through a Python loop, which only a test set with hardly a span needs.
    quantiles = np.nanpercentile if np.isnan(values).any() else np.percentile
    low, high = quantiles(values, [50 * (1 - LEVEL), 50 * (1 + LEVEL)], axis=1)
    return list(zip(low.tolist(), high.tolist(), strict=True))


def mean_of_known(arrays: Sequence[FloatArray]) -> FloatArray:
    """The mean over test sets of replicates that have one shape; nulls are left out, and where there is no other it is null."""
    known = sum((~np.isnan(array)).astype(np.int64) for array in arrays)
    total = sum(np.nan_to_num(array) for array in arrays)
    with np.errstate(invalid="ignore"):
        return np.asarray(total / known)


def wilson_needed(totals: CountArray | FloatArray, name: str) -> bool:
    """Whether a figure rests on too few correct spans for the percentile bootstrap."""
    return proportion(totals, name)[0] < NEARLY_ABSENT


def wilson(correct: float, trials: float) -> tuple[float, float]:
    """Wilson's score interval of a proportion (Wilson 1927); (0, 1) of no trial."""
    if trials <= 0:
        return 0.0, 1.0
    share, z2 = correct / trials, _Z * _Z
    centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = _Z / (1 + z2 / trials) * math.sqrt(share * (1 - share) / trials + z2 / (4 * trials * trials))
    return (max(0.0, centre - half) if correct else 0.0), min(1.0, centre + half)


def proportion(totals: CountArray | FloatArray, name: str) -> tuple[float, float]:
    """A figure as correct spans of a number of trials; `totals` has shape (4,), means over runs as well as counts."""
    trials = named(name).trials
    if trials is None:
        raise KeyError(name)
    correct, of = trials(of_counts(totals))
    return float(correct), float(of)
