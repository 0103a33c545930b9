"""How good the order of a system's predicted spans is: average precision, and precision at fixed recalls, from their scores.

A system that predicts less is often the more precise one for that reason alone. Held against each other at equal recall, what is left is
how many wrong spans stand above the right ones in each system's own order of confidence.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .arithmetic import FloatArray

#: The recalls at which precision is shown.
RECALLS = (0.2, 0.4, 0.6)

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
        return {f"{100 * recall:.0f}": value for recall, value in zip(RECALLS, self.precision_at, strict=True)}


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
    if not gold:
        return None
    found, precision = _curve(np.asarray(right, bool), np.asarray(scores, np.float64))
    if not len(found):
        return Ranking(0.0, (0.0,) * len(RECALLS))
    interpolated = np.maximum.accumulate(precision[::-1])[::-1]
    steps = np.diff(found, prepend=0.0)
    reached = np.searchsorted(found, np.array(RECALLS) * gold - _ROUNDING * gold)
    at = [float(interpolated[place]) if place < len(found) else 0.0 for place in reached.tolist()]
    return Ranking(math.fsum((steps * interpolated).tolist()) / gold, tuple(at))


def _curve(right: NDArray[np.bool_], scores: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Expected right spans, and precision, after each span from the highest score down."""
    order = np.argsort(-scores, kind="stable")
    ordered, hits = scores[order], right[order].astype(np.float64)
    begins = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])) if len(ordered) else np.array([], np.int64)
    sizes = np.diff(begins, append=len(ordered))
    of_group = np.add.reduceat(hits, begins) if len(begins) else hits
    before, group = np.cumsum(of_group) - of_group, np.repeat(np.arange(len(begins)), sizes)
    place = np.arange(1, len(ordered) + 1)
    # From the whole numbers before the group, so that rounding does not add up over groups.
    found = before[group] + (place - begins[group]) * of_group[group] / sizes[group]
    return found, found / place
