"""Which predicted span meets which gold span."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..spans import BoolArray, Spans

IndexArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Pairing:
    """Predicted against gold spans of one test set.

    Attributes (one element per predicted span unless said otherwise):
        exact: start and end are those of a gold span.
        typed: start, end and type are those of a gold span.
        match: index of the gold span that it is matched to, one to one; -1 where there is none.
        overlaps: number of gold spans that it overlaps.
        first: index of the leftmost gold span that it overlaps (meaningless where it overlaps none).
        gold_overlaps: per gold span, the number of predictions that overlap it.
        gold_exact, gold_typed: per gold span, whether a prediction has its start and end (and type).
    """

    gold: Spans
    predicted: Spans
    exact: BoolArray
    typed: BoolArray
    match: IndexArray
    overlaps: IndexArray
    first: IndexArray
    gold_overlaps: IndexArray
    gold_exact: BoolArray
    gold_typed: BoolArray


def pair(gold: Spans, predicted: Spans) -> Pairing:
    """Match predicted to gold spans one to one, in the order of the protocol (section 5).

    Exact pairs come first, then the largest overlap, then the smaller |start offset| + |end offset|, then the leftmost gold
    span, then the leftmost prediction; a pair is taken if both of its spans are still free.
    """
    # Both sides are sorted and disjoint, so what a span overlaps on the other side is one run of neighbours.
    first = np.searchsorted(gold.end, predicted.start, "right")
    overlaps = np.searchsorted(gold.start, predicted.end, "left") - first
    gold_overlaps = np.searchsorted(predicted.start, gold.end, "left") - np.searchsorted(predicted.end, gold.start, "right")

    # An exact pair overlaps nothing else.
    exact = overlaps == 1
    candidate = first[exact]
    exact[exact] = (gold.start[candidate] == predicted.start[exact]) & (gold.end[candidate] == predicted.end[exact])
    match = np.where(exact, first, -1)
    typed = exact.copy()
    typed[exact] = gold.type[match[exact]] == predicted.type[exact]
    gold_exact, gold_typed = np.zeros(len(gold), bool), np.zeros(len(gold), bool)
    gold_exact[match[exact]] = True
    gold_typed[match[typed]] = True

    # The rest: all overlapping pairs, best first.
    inexact = np.flatnonzero(~exact & (overlaps > 0))
    count = overlaps[inexact]
    p = np.repeat(inexact, count)
    g = np.repeat(first[inexact] - np.cumsum(count) + count, count) + np.arange(len(p))
    overlap = np.minimum(gold.end[g], predicted.end[p]) - np.maximum(gold.start[g], predicted.start[p])
    distance = abs(gold.start[g] - predicted.start[p]) + abs(gold.end[g] - predicted.end[p])
    order = np.lexsort((predicted.start[p], gold.start[g], distance, -overlap))
    _take(match, p[order].tolist(), g[order].tolist())
    return Pairing(gold, predicted, exact, typed, match, overlaps, first, gold_overlaps, gold_exact, gold_typed)


def _take(match: NDArray[Any], predicted: list[int], gold: list[int]) -> None:
    taken: set[int] = set()
    matched: dict[int, int] = {}
    for p, g in zip(predicted, gold, strict=True):
        if p not in matched and g not in taken:
            matched[p] = g
            taken.add(g)
    match[list(matched.keys())] = list(matched.values())
