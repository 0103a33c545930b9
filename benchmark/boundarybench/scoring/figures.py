"""Counts to figures. One arithmetic serves totals and bootstrap replicates alike: arrays in, arrays out, NaN for null.

Zero division (protocol, section 5): gold but no prediction gives P = R = F1 = 0; prediction but no gold gives P = 0 and R
null, and F1 = 2 · correct / (predicted + gold) = 0; neither gives null.
"""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..protocol import FLOORS
from .pairing import Pairing

FloatArray = NDArray[np.float64]


class PRF(NamedTuple):
    """Precision, recall and F1; None where the protocol says null."""

    precision: float | None
    recall: float | None
    f1: float | None


class Offset(NamedTuple):
    """Mean signed offset of starts and ends in tokens, predicted minus gold."""

    start: float | None
    end: float | None


def prf(correct: ArrayLike, predicted: ArrayLike, gold: ArrayLike, recalled: ArrayLike | None = None) -> tuple[FloatArray, ...]:
    """Precision, recall and F1 of counts of any one shape.

    `recalled` is the number of correct gold items where it is not `correct` (typed buckets under an untyped match). F1 is
    computed as 2 · P · R / (P + R), in that order, which gives seqeval's figure to the last digit.
    """
    correct, predicted, gold = (np.asarray(value, np.float64) for value in (correct, predicted, gold))
    recalled = correct if recalled is None else np.asarray(recalled, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = np.where(predicted > 0, correct / predicted, np.where(gold > 0, 0.0, np.nan))
        recall = np.where(gold > 0, recalled / gold, np.nan)
        f1 = 2 * precision * recall / (precision + recall)
    f1 = np.where(np.isfinite(f1), f1, np.where(predicted + gold > 0, 0.0, np.nan))
    return precision, recall, f1


def bp_at(floor: ArrayLike, correct: ArrayLike, predicted: ArrayLike, gold: ArrayLike) -> FloatArray:
    """Boundary precision with predictions missing up to `floor` of the gold counted as wrong: min(BP, BR / floor)."""
    denominator = np.maximum(np.asarray(predicted, np.float64), np.asarray(floor) * np.asarray(gold, np.float64))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(denominator > 0, np.asarray(correct, np.float64) / denominator, np.nan)


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


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one pairing, in the protocol's words. `offset` is null where tokens are characters."""

    gold: int
    predicted: int
    exact: int
    boundary: PRF
    bp50: float | None
    bp25: float | None
    bp75: float | None
    bp100: float | None
    typed: PRF
    start: PRF
    end: PRF
    conditional_boundary_precision: float | None
    iou: float | None
    offset: Offset


def figures(pairing: Pairing, *, offsets: bool = True) -> Figures:
    """All figures that a pairing has; `offsets` says whether offsets in tokens mean something in this language."""
    gold, predicted, exact = len(pairing.gold), len(pairing.predicted), int(pairing.exact.sum())
    floors = bp_at(np.array([*FLOORS.values()]), exact, predicted, gold).tolist()
    starts = _in_common(pairing.predicted.start, pairing.gold.start)
    ends = _in_common(pairing.predicted.end, pairing.gold.end)
    matched = np.flatnonzero(pairing.match >= 0)
    g = pairing.match[matched]
    start, end = pairing.predicted.start[matched], pairing.predicted.end[matched]
    gold_start, gold_end = pairing.gold.start[g], pairing.gold.end[g]
    intersection = np.minimum(end, gold_end) - np.maximum(start, gold_start)
    union = np.maximum(end, gold_end) - np.minimum(start, gold_start)
    inexact = intersection < union  # fsum: the order of sentences changes nothing, not even the last digit
    boundary, typed, start_figures, end_figures = prfs([exact, int(pairing.typed.sum()), starts, ends], predicted, gold)
    return Figures(
        gold=gold,
        predicted=predicted,
        exact=exact,
        boundary=boundary,
        **dict(zip(FLOORS, map(number, floors), strict=True)),
        typed=typed,
        start=start_figures,
        end=end_figures,
        conditional_boundary_precision=ratio(exact, int((pairing.overlaps > 0).sum())),
        iou=ratio(math.fsum([exact, *(intersection[inexact] / union[inexact]).tolist()]), len(matched)),
        offset=Offset(ratio((start - gold_start).sum(), len(matched)), ratio((end - gold_end).sum(), len(matched)))
        if offsets
        else Offset(None, None),
    )


def _in_common(predicted: NDArray[np.int32], gold: NDArray[np.int32]) -> int:
    """How many positions are in both. Spans of one side are disjoint: no position is the start (or end) of two."""
    is_gold = np.zeros(max(predicted.max(initial=0), gold.max(initial=0)) + 1, bool)
    is_gold[gold] = True
    return int(is_gold[predicted].sum())


@dataclass(frozen=True, slots=True)
class Bucket:
    """The figures of the spans in one bucket (a type, a length, seen or unseen).

    Boundary precision is over the bucket's predictions, recall over its gold spans. Typed likewise, so that per type it is
    seqeval's figure.
    """

    gold: int
    predicted: int
    boundary: PRF
    typed: PRF


def bucket(pairing: Pairing, predicted_in: NDArray[np.bool_], gold_in: NDArray[np.bool_]) -> Bucket:
    """The figures over the predicted and the gold spans that a bucket holds (masks, one element per span)."""
    predicted, gold = int(predicted_in.sum()), int(gold_in.sum())
    boundary, typed = prfs(
        [(pairing.exact & predicted_in).sum(), (pairing.typed & predicted_in).sum()],
        predicted,
        gold,
        [(pairing.gold_exact & gold_in).sum(), (pairing.gold_typed & gold_in).sum()],
    )
    return Bucket(gold, predicted, boundary, typed)
