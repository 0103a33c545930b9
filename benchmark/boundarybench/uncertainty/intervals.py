"""Bootstrap intervals over units (documents, blocks of sentences, sentences: `gold/units.py`), exact and fast (protocol, section 6).

A resampled test set only matters through its sums of count vectors. Sentences have few distinct vectors, so drawing them with
replacement is one multinomial draw over those.

Of n units n - 1 are drawn (Rao and Wu 1988): the replicates of a sum then have its unbiased variance, in a mean over languages too,
where drawing n would be too narrow by a factor of (n - 1) / n in each. What is left of the narrowness of few units is that their
variance is an estimate: percentiles are taken as far out as Student's t asks (Hesterberg 2015, "expanded percentiles").
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

_Z = 1.959963984540054

#: With fewer correct spans than this, resampled units too often hold none at all: Wilson's interval counts, too.
NEARLY_ABSENT = 10


def replicates(counts: CountArray, units: NDArray[np.int32], name: str) -> CountArray:
    """Totals of resampled test sets.

    Args:
        counts: per sentence, spans predicted, in gold, with right boundaries, with right boundaries and type, shape (sentences, 4).
        units: per sentence, what is drawn together with it (`Gold.units`), shape (sentences,).
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
    draws = random.multinomial(drawn(len(of_unit)), frequency / len(of_unit), REPLICATES)
    totals: CountArray = draws @ vectors
    return totals


def drawn(units: int) -> int:
    """How many of a test set's units a replicate draws; also the degrees of freedom of their variance."""
    return max(1, units - 1)


def _sum_by(counts: CountArray, units: NDArray[np.int32]) -> CountArray:
    present = np.bincount(units) > 0
    return np.stack([np.bincount(units, column)[present].astype(np.int64) for column in counts.T], axis=1)


def intervals(totals: CountArray, resampled: Mapping[str, FloatArray], freedom: int) -> dict[str, tuple[float, float]]:
    """95 % intervals of one test set's figures.

    Args:
        totals: the observed totals, shape (4,).
        resampled: the figures of the replicates, from `figures_of`.
        freedom: the number of units less one.

    Returns:
        (low, high) per figure; figures that are null are left out. Percentiles of the replicates; where correct spans are nearly
        absent, per side the wider of these and Wilson's interval.
    """
    observed = {name: value for name, value in figures_of(totals).items() if not np.isnan(value)}
    found = dict(zip(observed, percentiles(np.stack([resampled[name] for name in observed]), freedom), strict=True)) if observed else {}
    for name in observed:
        if wilson_needed(totals, name):
            found[name] = wider(found[name], wilson(*proportion(totals, name)))
    return found


def wider(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """The wider of two intervals on either side; what is not a number does not count."""
    return float(np.fmin(one[0], other[0])), float(np.fmax(one[1], other[1]))


def percentiles(values: FloatArray, freedom: float) -> list[tuple[float, float]]:
    """The 95 % intervals that bootstrap values leave.

    Args:
        values: shape (figures, replicates); replicates where a figure is null do not count.
        freedom: degrees of freedom of their variance: units less one, added up over the test sets of a mean.
    """
    # nanpercentile goes through a Python loop, which only a test set with hardly a span needs.
    quantiles = np.nanpercentile if np.isnan(values).any() else np.percentile
    outside = 100 * tail(freedom)
    low, high = quantiles(values, [outside, 100 - outside], axis=1)
    return list(zip(low.tolist(), high.tolist(), strict=True))


def mean_of_known(arrays: Sequence[FloatArray]) -> FloatArray:
    """The mean over test sets of replicates that have one shape; nulls are left out, and where there is no other it is null."""
    known = sum((~np.isnan(array)).astype(np.int64) for array in arrays)
    total = sum(np.nan_to_num(array) for array in arrays)
    with np.errstate(invalid="ignore"):
        return np.asarray(total / known)


def tail(freedom: float) -> float:
    """The share of replicates on either side of a 95 % interval: what a normal distribution has beyond Student's 97.5 % quantile.

    The quantile is the expansion of Abramowitz and Stegun 1964, 26.7.5: importing scipy takes as long as scoring a language. The share is
    off by less than 1e-4, for 25 degrees and more by less than 1e-7.
    """
    z, n = _Z, freedom
    student = z + (z**3 + z) / (4 * n) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2)
    student += (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3)
    student += (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * n**4)
    return math.erfc(student / math.sqrt(2)) / 2


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
