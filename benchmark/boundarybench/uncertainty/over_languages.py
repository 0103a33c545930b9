"""What holds "in languages like these": a random-effects mean over languages with Hartung and Knapp's interval.

An interval over sentences says how sure a mean over *these* languages is. Whoever speaks of languages in general takes the languages
for a sample themselves: their true values differ by `deviation`, and few languages say little, however large their test sets are.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .intervals import FloatArray

#: Below three languages a deviation between them is not worth a figure.
MIN_LANGUAGES = 3

_LEVEL = 0.975
#: Halvings of the bracket of the between-language variance: to the last digit of a double.
_STEPS = 200


@dataclass(frozen=True, slots=True)
class OverLanguages:
    """A mean over languages as a sample of languages.

    Attributes:
        languages: how many.
        estimate: the random-effects mean, in which a language with a wide interval weighs less.
        error: its standard error.
        freedom: the degrees of freedom of that.
        interval: its 95 % interval.
        deviation: the standard deviation of the languages' true values (tau), beside which `estimate` stands.
    """

    languages: int
    estimate: float
    error: float
    freedom: float
    interval: tuple[float, float]
    deviation: float


def over_languages(values: Sequence[float], variances: Sequence[float]) -> OverLanguages | None:
    """The random-effects mean of figures of languages; None of fewer than three.

    Weights are 1 / (variance + tau²), tau² by Paule and Mandel (1982). The interval is Hartung and Knapp's (2001, Statistics in Medicine
    20: 3875-3889): the weighted squares around the mean over (k - 1), with Student's t of k - 1 degrees of freedom. Where languages
    differ less than their sampling error makes expect, its variance is not taken to be below that of the sampling error alone (Röver,
    Knapp and Friede 2015, BMC Medical Research Methodology 15: 99), so that it is never narrower for a lucky draw.

    Args:
        values: a figure, or a difference of two systems, of each language.
        variances: the sampling variance of each.
    """
    y, v = np.asarray(values, np.float64), np.asarray(variances, np.float64)
    if len(y) < MIN_LANGUAGES:
        return None
    tau2 = paule_mandel(y, v)
    estimate, error = hartung_knapp(y, v, tau2)
    return _with_interval(len(y), estimate, error, float(len(y) - 1), math.sqrt(tau2))


def mean_over_strata(parts: Sequence[OverLanguages]) -> OverLanguages:
    """The unweighted mean of means over independent samples of languages (suites).

    Degrees of freedom by Satterthwaite (1946, Biometrics Bulletin 2: 110-114); the deviation is the root of the mean variance.
    """
    variances = [part.error**2 for part in parts]
    parted = math.fsum(variance**2 / part.freedom for variance, part in zip(variances, parts, strict=True))
    return _with_interval(
        sum(part.languages for part in parts),
        math.fsum(part.estimate for part in parts) / len(parts),
        math.sqrt(math.fsum(variances)) / len(parts),
        math.fsum(variances) ** 2 / parted if parted else math.fsum(part.freedom for part in parts),
        math.sqrt(math.fsum(part.deviation**2 for part in parts) / len(parts)),
    )


def _with_interval(languages: int, estimate: float, error: float, freedom: float, deviation: float) -> OverLanguages:
    half = _student(freedom) * error
    return OverLanguages(languages, estimate, error, freedom, (estimate - half, estimate + half), deviation)


def p_over_languages(found: OverLanguages) -> float:
    """The two-sided p value of a mean difference over languages: below 0.05 where the interval leaves out 0."""
    if found.error == 0:  # languages that do not differ, known for certain
        return float(found.estimate == 0)
    from scipy.special import stdtr

    return 2 * float(stdtr(found.freedom, -abs(found.estimate) / found.error))


def hartung_knapp(values: FloatArray, variances: FloatArray, tau2: float) -> tuple[float, float]:
    """The random-effects mean under a between-language variance, and its standard error; shapes (languages,)."""
    total = variances + tau2
    if not total.all():  # a language whose value is certain, and languages that do not differ: all weigh the same
        total = np.ones_like(total)
        floor = 0.0
    else:
        floor = 1.0
    weights = 1 / total
    estimate = float(weights @ values / weights.sum())
    spread = float(weights @ (values - estimate) ** 2) / (len(values) - 1)
    return estimate, math.sqrt(max(spread, floor) / float(weights.sum()))


def paule_mandel(values: FloatArray, variances: FloatArray) -> float:
    """The between-language variance at which the weighted squares around the mean are as many as their degrees of freedom; at least 0.

    Paule and Mandel 1982, Journal of Research of the NBS 87: 377-385. The squares fall as the variance grows, so halving a bracket
    finds it.
    """
    freedom = len(values) - 1
    low, high = 0.0, float(np.ptp(values)) ** 2
    smallest = high * np.finfo(np.float64).eps  # a language without sampling error weighs most, and not infinitely

    def squares(tau2: float) -> float:
        weights = 1 / np.maximum(variances + tau2, smallest)
        return float(weights @ (values - weights @ values / weights.sum()) ** 2)

    if high == 0 or squares(0.0) <= freedom:
        return 0.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if squares(middle) > freedom else (low, middle)
    return (low + high) / 2


def _student(freedom: float) -> float:
    """The 97.5 % quantile of Student's t."""
    from scipy.special import stdtrit  # a third of what scipy.stats takes to import

    return float(stdtrit(freedom, _LEVEL))
