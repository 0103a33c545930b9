"""What figures are computed from: numbers of spans, of one test set, of many, or of resampled ones."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .arithmetic import FloatArray
from .pairing import Pairing

CountArray = NDArray[np.int64]

_UNKNOWN = np.array(np.nan)


class Totals(NamedTuple):
    """Arrays of any one shape; NaN where a number is not known.

    The first four are sums of what `Score.counts` says per sentence, so that they are known for every resampled test set:

    Attributes:
        predicted, gold: spans.
        exact, typed: predicted spans with right boundaries (and type).
        starts, ends: predicted spans whose start (end) is that of a gold span.
        overlapping: predicted spans that overlap gold.
        matched: predicted spans that are matched to a gold span; the others are sums over these:
        iou: intersection over union.
        start_offset, end_offset: signed offset in tokens, predicted minus gold.
    """

    predicted: FloatArray
    gold: FloatArray
    exact: FloatArray
    typed: FloatArray
    starts: FloatArray = _UNKNOWN
    ends: FloatArray = _UNKNOWN
    overlapping: FloatArray = _UNKNOWN
    matched: FloatArray = _UNKNOWN
    iou: FloatArray = _UNKNOWN
    start_offset: FloatArray = _UNKNOWN
    end_offset: FloatArray = _UNKNOWN


def of_counts(counts: CountArray | FloatArray) -> Totals:
    """The totals in sums of `Score.counts`, shape (..., 4)."""
    return Totals(*np.moveaxis(counts.astype(np.float64), -1, 0))


def of_pairings(pairings: Sequence[Pairing], *, offsets: bool = True) -> Totals:
    """The totals of each pairing, shape (pairings,); `offsets` says whether offsets in tokens mean something in this language."""
    return Totals(*np.array([_row(pairing, offsets=offsets) for pairing in pairings]).T)


def _row(pairing: Pairing, *, offsets: bool) -> tuple[float, ...]:
    exact = int(pairing.exact.sum())
    matched = np.flatnonzero(pairing.match >= 0)
    g = pairing.match[matched]
    start, end = pairing.predicted.start[matched], pairing.predicted.end[matched]
    gold_start, gold_end = pairing.gold.start[g], pairing.gold.end[g]
    intersection = np.minimum(end, gold_end) - np.maximum(start, gold_start)
    union = np.maximum(end, gold_end) - np.minimum(start, gold_start)
    inexact = intersection < union  # fsum: the order of sentences changes nothing, not even the last digit
    return (
        len(pairing.predicted),
        len(pairing.gold),
        exact,
        int(pairing.typed.sum()),
        _in_common(pairing.predicted.start, pairing.gold.start),
        _in_common(pairing.predicted.end, pairing.gold.end),
        int((pairing.overlaps > 0).sum()),
        len(matched),
        math.fsum([exact, *(intersection[inexact] / union[inexact]).tolist()]),
        int((start - gold_start).sum()) if offsets else math.nan,
        int((end - gold_end).sum()) if offsets else math.nan,
    )


def _in_common(predicted: NDArray[np.int32], gold: NDArray[np.int32]) -> int:
    """How many positions are in both. Spans of one side are disjoint: no position is the start (or end) of two."""
    is_gold = np.zeros(max(predicted.max(initial=0), gold.max(initial=0)) + 1, bool)
    is_gold[gold] = True
    return int(is_gold[predicted].sum())
