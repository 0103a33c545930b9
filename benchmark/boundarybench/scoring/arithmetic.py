"""Shares of counts: arrays in, arrays out, NaN for null, so that totals and bootstrap replicates go through one arithmetic.

Zero division (protocol, section 5): gold but no prediction gives P = R = F1 = 0; prediction but no gold gives P = 0 and R
null, and F1 = 2 · correct / (predicted + gold) = 0; neither gives null.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


class PRF(NamedTuple):
    """Precision, recall and F1; None where the protocol says null."""

    precision: float | None
    recall: float | None
    f1: float | None


def prf(correct: ArrayLike, predicted: ArrayLike, gold: ArrayLike, recalled: ArrayLike | None = None) -> tuple[FloatArray, ...]:
    """Precision, recall and F1 of counts of any one shape.

    `recalled` is the number of correct gold items where it is not `correct` (typed buckets under an untyped match). F1 is
    computed as 2 · P · R / (P + R), in that order, which gives seqeval's figure to the last digit.
    """
    correct, predicted, gold = (np.asarray(value, np.float64) for value in (correct, predicted, gold))
    p, r = precision(correct, predicted, gold), share(correct if recalled is None else recalled, gold)
    with np.errstate(divide="ignore", invalid="ignore"):
        f1 = 2 * p * r / (p + r)
    return p, r, np.where(np.isfinite(f1), f1, np.where(predicted + gold > 0, 0.0, np.nan))


def precision(correct: ArrayLike, predicted: ArrayLike, gold: ArrayLike) -> FloatArray:
    """`correct / predicted`; where nothing is predicted, 0 if there is gold."""
    predicted = np.asarray(predicted, np.float64)
    return np.where((predicted > 0) | (np.asarray(gold) <= 0), share(correct, predicted), 0.0)


def bp_at(floor: ArrayLike, correct: ArrayLike, predicted: ArrayLike, gold: ArrayLike) -> FloatArray:
    """Boundary precision with predictions missing up to `floor` of the gold counted as wrong: min(BP, BR / floor)."""
    return share(correct, np.maximum(np.asarray(predicted, np.float64), np.asarray(floor) * np.asarray(gold, np.float64)))


def share(part: ArrayLike, whole: ArrayLike) -> FloatArray:
    """`part / whole`; NaN of nothing."""
    part, whole = np.asarray(part, np.float64), np.asarray(whole, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0, part / whole, np.nan)


def ratio(part: float, whole: float) -> float | None:
    """`part / whole`, or None of nothing."""
    return float(part / whole) if whole else None


def number(value: Any) -> float | None:
    """A float, or None for NaN."""
    return None if math.isnan(value) else float(value)


def prfs(correct: ArrayLike, predicted: ArrayLike, gold: ArrayLike, recalled: ArrayLike | None = None) -> list[PRF]:
    """`prf` of a list of counts, in one go: numpy takes as long for one as for ten."""
    columns = (np.atleast_1d(column).tolist() for column in prf(correct, predicted, gold, recalled))
    return [PRF(*map(number, row)) for row in zip(*columns, strict=True)]
