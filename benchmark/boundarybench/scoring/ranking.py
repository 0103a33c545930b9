"""How good the order of a system's predicted spans is: average precision, and precision at fixed recalls, from their scores.

A system that predicts less is often the more precise one for that reason alone. Held against each other at equal recall, what is left is
how many wrong spans stand above the right ones in each system's own order of confidence.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arithmetic import FloatArray

IntArray = NDArray[np.int64]

#: The recalls at which precision is shown.
RECALLS = (0.2, 0.4, 0.6)
_PERCENT = tuple(f"{100 * recall:.0f}" for recall in RECALLS)

#: The figures of an order of spans, by name, with their titles.
TITLES = {"average_precision": "average precision", **{f"precision_at_recall.{at}": f"precision at recall {at} %" for at in _PERCENT}}

#: A recall that is reached but for rounding.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Ranking:
    """Figures of an order of spans.

    Attributes:
        average_precision: the area under interpolated precision over recall; 0 where nothing is right.
        precision_at: interpolated precision at each of `RECALLS`; 0 where the recall is never reached.
    """

    average_precision: float
    precision_at: tuple[float, ...]

    def as_json(self) -> dict[str, float]:
        """Precision by recall in percent."""
        return dict(zip(_PERCENT, self.precision_at, strict=True))

    def values(self) -> tuple[float, ...]:
        """The figures in the order of `TITLES`."""
        return (self.average_precision, *self.precision_at)


def ranking(right: ArrayLike, scores: ArrayLike, gold: int) -> Ranking | None:
    """The figures of spans in the order of their scores; None without gold.

    Precision is interpolated at all points, as in PASCAL VOC since 2010 (Everingham et al., devkit, section 3.4.1): at a recall r it is
    the largest precision at any recall of at least r. (COCO reads the same curve at 101 recalls.)

    Spans of equal score enter in expected order: of a group of n spans with r right ones, each one counts r / n right. So neither the
    order of a file nor that of equal spans changes anything.

    Args:
        right: per predicted span, whether its boundaries are right, shape (spans,).
        scores: its confidence, likewise.
        gold: number of gold spans.
    """
    order, begins = by_score(np.asarray(scores, np.float64))
    hits = np.asarray(right, np.int64)[order]
    return of_groups(np.add.reduceat(hits, begins) if len(begins) else hits, np.diff(begins, append=len(order)), gold)


def by_score(scores: FloatArray) -> tuple[IntArray, IntArray]:
    """The order of spans from the highest score down, as indices, and where in it each group of equal scores begins."""
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    return order, np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])) if len(order) else order


def of_groups(hits: IntArray, sizes: IntArray, gold: int) -> Ranking | None:
    """`ranking` of groups of equal score, the highest first: how many right spans each has, and how many spans; shape (groups,)."""
    if not gold:
        return None
    present = sizes > 0
    found, precision = _curve(hits[present], sizes[present])
    if not len(found):
        return Ranking(0.0, (0.0,) * len(RECALLS))
    interpolated = np.maximum.accumulate(precision[::-1])[::-1]
    steps = np.diff(found, prepend=0.0)
    reached = np.searchsorted(found, np.array(RECALLS) * gold - _ROUNDING * gold)
    at = [float(interpolated[place]) if place < len(found) else 0.0 for place in reached.tolist()]
    return Ranking(float((steps * interpolated).sum()) / gold, tuple(at))


def _curve(hits: IntArray, sizes: IntArray) -> tuple[FloatArray, FloatArray]:
    """Expected right spans, and precision, after each span from the highest score down."""
    place = np.arange(1, int(sizes.sum()) + 1)
    inside = place - np.repeat(np.cumsum(sizes) - sizes, sizes)
    # From the whole numbers before the group, so that rounding does not add up over groups.
    found = np.repeat(np.cumsum(hits) - hits, sizes) + inside * np.repeat(hits, sizes) / np.repeat(sizes, sizes)
    return found, found / place
