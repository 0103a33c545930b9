"""Is B better than A? Differences of figures with intervals, tests and Holm's correction; counts in, answers out.

The formulas and their sources stand in `docs/uncertainty.md`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..scoring.figures import figures_of
from .intervals import NEARLY_ABSENT, drawn, mean_of_known, percentiles, proportion, wider, wilson, wilson_needed
from .paired_resampling import CountArray, FloatArray, bootstrap, by_unit, randomise, stream

#: A difference is shown where its p value is below this.
ALPHA = 0.05

#: Two differences that are equal but for rounding; a figure is a share of one.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class SystemCounts:
    """One system's counts on a test set.

    Attributes:
        runs: names of its runs; one name where there is one set of predictions.
        counts: spans predicted, in gold, with right boundaries, with right boundaries and type; shape (runs, sentences, 4).
    """

    runs: tuple[str, ...]
    counts: CountArray


@dataclass(frozen=True, slots=True)
class Spread:
    """How a system's runs differ in a figure, beyond what the sentences do.

    Attributes:
        shares: per run, its distance from the mean / sqrt(runs * (runs - 1)): the squares add up to the variance of the mean.
            Empty for one run.
        sentences: the part of that variance which comes from the choice of units, and which the bootstrap has already.
    """

    shares: dict[str, float]
    sentences: float

    @property
    def variance(self) -> float:
        return max(0.0, self._total - self.sentences)

    @property
    def _total(self) -> float:
        return math.fsum(share * share for share in self.shares.values())

    def draws(self, side: str, replicates: int) -> FloatArray:
        """What other runs would add to the mean, shape (replicates,); zeros of one run.

        Runs are too few to be drawn with replacement: of two runs that would give three values. They have random normal weights
        instead, divided by one chi variable, so that few runs give Student's t. A run has the same weights in every language: a
        lucky seed is lucky everywhere.
        """
        if self.variance == 0:
            return np.zeros(replicates)
        freedom = len(self.shares) - 1
        weights = np.stack([stream(f"runs/{side}/{name}").standard_normal(replicates) for name in self.shares])
        tails = np.sqrt(stream(f"runs/{side}/chi square {freedom}").chisquare(freedom, replicates) / freedom)
        drawn: FloatArray = math.sqrt(self.variance / self._total) * (np.array([*self.shares.values()]) @ weights) / tails
        return drawn


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """A figure of two systems on a test set, or its mean over some, and the differences B - A that resampling units gives.

    Attributes:
        a, b: the figure of each system, a mean over its runs.
        resampled: under the paired bootstrap, shape (replicates,); NaN where the figure is null.
        statistic: the observed difference that `randomised` is held against (of a system's runs: of their counts added up).
        randomised: under approximate randomisation, shape (replicates,); None of a figure of which outputs cannot be swapped.
        runs: how the runs of each system differ.
        freedom: of the variance of `resampled`: units less one, added up over the test sets.
        score: the score interval where right spans are nearly absent, which the bootstrap alone would get wrong.
    """

    a: float
    b: float
    resampled: FloatArray
    statistic: float
    randomised: FloatArray | None
    runs: tuple[Spread, Spread]
    freedom: int
    score: tuple[float, float] | None = None

    @property
    def variance(self) -> float:
        """Of the difference: what resampling the sentences, and the runs, gives."""
        return float(np.nanvar(self.resampled)) + sum(spread.variance for spread in self.runs)


@dataclass(frozen=True, slots=True)
class Difference:
    """What can be said about a difference of two systems.

    Attributes:
        difference: B - A.
        interval: its 95 % interval.
        method: `bootstrap`, or `score` where right spans are nearly absent.
        p: two-sided, the larger of that which belongs to the interval (`percentile_p`) and, where outputs can be swapped, that of
            approximate randomisation. The latter tests whether the outputs are exchangeable, which is more than that one figure is
            equal: where BP@k counts what one system lacks, it finds differences that the figure does not have.
        p_bootstrap: two-sided, by the paired bootstrap, its differences shifted to a mean of 0.
    """

    a: float
    b: float
    difference: float
    interval: tuple[float, float]
    method: str
    p: float
    p_bootstrap: float


def sample(
    a: SystemCounts, b: SystemCounts, units: NDArray[np.int32], name: str, figures: Sequence[str], replicates: int
) -> tuple[dict[str, Sampled], int]:
    """Resample one test set for two systems.

    Args:
        units: per sentence, what is drawn together with it (`Gold.units`).
        name: of the test set; it fixes the draws.
        figures: names as in `figures_of`.

    Returns:
        Each figure that neither system has as null, and the number of units on which the two systems' counts differ.
    """
    unit_a, unit_b = (np.stack([by_unit(run, units) for run in system.counts]) for system in (a, b))
    joint = np.concatenate([unit_a, unit_b])
    runs = len(joint)
    totals = bootstrap(joint.transpose(1, 0, 2).reshape(joint.shape[1], -1), name, replicates).reshape(replicates, runs, 4)
    pooled_a, pooled_b = _pooled(unit_a, unit_b)
    observed = figures_of(joint.sum(axis=1), figures)
    pooled = figures_of(np.stack([pooled_a.sum(axis=0), pooled_b.sum(axis=0)]), figures)
    bootstrapped = figures_of(totals, figures)
    swapped_a, swapped_b = (figures_of(side, figures) for side in randomise(pooled_a, pooled_b, name, replicates))
    found = {}
    for figure in figures:
        of_a, of_b = observed[figure][: len(a.runs)], observed[figure][len(a.runs) :]
        if np.isnan(observed[figure]).any():
            continue
        boot_a, boot_b = bootstrapped[figure][:, : len(a.runs)], bootstrapped[figure][:, len(a.runs) :]
        found[figure] = Sampled(
            a=float(of_a.mean()),
            b=float(of_b.mean()),
            resampled=boot_b.mean(axis=1) - boot_a.mean(axis=1),
            statistic=float(pooled[figure][1] - pooled[figure][0]),
            randomised=swapped_b[figure] - swapped_a[figure],
            runs=(_spread(a.runs, of_a, boot_a), _spread(b.runs, of_b, boot_b)),
            freedom=drawn(joint.shape[1]),
            score=_score_interval(figure, unit_a, unit_b),
        )
    return found, int((pooled_a != pooled_b).any(axis=1).sum())


def _pooled(a: CountArray, b: CountArray) -> tuple[CountArray, CountArray]:
    """The runs' counts added up per unit, of both systems as many times."""
    common = math.lcm(len(a), len(b))
    return a.sum(axis=0) * (common // len(a)), b.sum(axis=0) * (common // len(b))


def _spread(names: Sequence[str], values: FloatArray, resampled: FloatArray) -> Spread:
    """The spread of runs with these figures (one per run), whose bootstrap values have shape (replicates, runs)."""
    count = len(names)
    if count == 1:
        return Spread({}, 0.0)
    shares = (values - values.mean()) / math.sqrt(count * (count - 1))
    apart = resampled - resampled.mean(axis=1, keepdims=True)
    return Spread(dict(zip(names, shares.tolist(), strict=True)), float(np.nanvar(apart, axis=0).sum()) / (count * (count - 1)))


def _score_interval(figure: str, a: CountArray, b: CountArray) -> tuple[float, float] | None:
    """The score interval where either system has hardly a right span; counts have shape (runs, units, 4)."""
    of_a, of_b = (side.sum(axis=1).mean(axis=0) for side in (a, b))
    if not (wilson_needed(of_a, figure) or wilson_needed(of_b, figure)):
        return None
    return newcombe(proportion(of_a, figure), proportion(of_b, figure))


def newcombe(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    """Newcombe's hybrid score interval (1998) of a difference of proportions B - A, each as (correct, trials)."""
    share_a, share_b = (correct / trials if trials else 0.0 for correct, trials in (a, b))
    (low_a, high_a), (low_b, high_b) = wilson(*a), wilson(*b)
    difference = share_b - share_a
    return difference - math.hypot(share_b - low_b, high_a - share_a), difference + math.hypot(high_b - share_b, share_a - low_a)


def mean(parts: Sequence[Sampled]) -> Sampled:
    """The mean over test sets, which are resampled independently (stratified); nulls are left out of a replicate's mean."""
    swapped = [part.randomised for part in parts if part.randomised is not None]
    return Sampled(
        a=float(np.mean([part.a for part in parts])),
        b=float(np.mean([part.b for part in parts])),
        resampled=mean_of_known([part.resampled for part in parts]),
        statistic=float(np.mean([part.statistic for part in parts])),
        randomised=mean_of_known(swapped) if len(swapped) == len(parts) else None,
        runs=(_mean_spread([part.runs[0] for part in parts]), _mean_spread([part.runs[1] for part in parts])),
        freedom=sum(part.freedom for part in parts),
        score=parts[0].score if len(parts) == 1 else None,
    )


def _mean_spread(parts: Sequence[Spread]) -> Spread:
    names = dict.fromkeys(name for part in parts for name in part.shares)
    shares = {name: math.fsum(part.shares.get(name, 0.0) for part in parts) / len(parts) for name in names}
    return Spread(shares, math.fsum(part.sentences for part in parts) / len(parts) ** 2)


def conclude(sampled: Sampled) -> Difference:
    """Interval and p values of a difference."""
    difference = sampled.b - sampled.a
    a, b = (spread.draws(side, len(sampled.resampled)) for side, spread in zip("ab", sampled.runs, strict=True))
    resampled = sampled.resampled + (b - a)
    low, high = percentiles(resampled[np.newaxis], sampled.freedom)[0]
    if sampled.score is not None:  # spans of one unit are not independent
        low, high = wider((low, high), sampled.score)
    return Difference(
        a=sampled.a,
        b=sampled.b,
        difference=difference,
        interval=(max(low, -1.0), min(high, 1.0)),
        method="bootstrap" if sampled.score is None else "score",
        p=max(
            percentile_p(resampled, sampled.freedom),
            0.0 if sampled.randomised is None else p_value(sampled.statistic, sampled.randomised + (b - a)),
        ),
        p_bootstrap=p_value(difference, resampled - np.nanmean(resampled)),
    )


def p_value(observed: float, null: FloatArray) -> float:
    """The two-sided p value of an observed difference, itself counted as one of the replicates; NaN replicates do not count."""
    known = null[~np.isnan(null)]
    return (1 + as_extreme(observed, known)) / (1 + len(known))


def percentile_p(resampled: FloatArray, freedom: int) -> float:
    """The p value that belongs to the interval: below 0.05 where that leaves 0 out.

    The smaller share of bootstrap differences on one side of 0 (Efron and Tibshirani 1993, section 15.4), as a normal quantile, and what
    Student's t has beyond that on either side (`intervals.tail`, the other way round). NaN replicates do not count.
    """
    from scipy.special import ndtri, stdtr

    known = resampled[~np.isnan(resampled)]
    share = (1 + min(int((known <= 0).sum()), int((known >= 0).sum()))) / (1 + len(known))
    return 1.0 if share >= 0.5 else 2 * float(stdtr(freedom, ndtri(share)))


def as_extreme(observed: float, null: FloatArray) -> int:
    """How many replicates are as far from 0 as the observed difference."""
    return int((np.abs(null) >= abs(observed) - _ROUNDING).sum())


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's adjusted p values (1979), in the order given: comparing each with a level keeps the family's error rate there."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted = [1.0] * len(p_values)
    largest = 0.0
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = largest
    return adjusted


def winner(difference: float, p: float, b: str = "B") -> str:
    """Who is shown to be better: `b`, or A, the baseline; "" where no difference is shown."""
    if p >= ALPHA or difference == 0:
        return ""
    return b if difference > 0 else "A"


def verdict(difference: float, p: float, b: str = "B") -> str:
    """A difference in words."""
    better = winner(difference, p, b)
    return f"{better} is better" if better else "no difference shown"


#: A percentile interval of a difference rests on the units on which the two systems differ: with fewer it is too narrow.
FEW_UNITS = NEARLY_ABSENT
