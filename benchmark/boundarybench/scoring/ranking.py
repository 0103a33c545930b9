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

#: The figures of an order of spans, by name.
NAMES = ("average_precision", *(f"precision_at_recall.{at}" for at in _PERCENT))

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
        """The figures in the order of `NAMES`."""
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
    order, begins = by_score(np.asarray(right, bool), np.asarray(scores, np.float64))
    hits = np.asarray(right, np.int64)[order]
    sizes = np.diff(begins, append=len(order))
    average, *at = of_groups(np.add.reduceat(hits, begins)[None] if len(begins) else hits[None], sizes[None], np.array([gold]))[0].tolist()
    return Ranking(average, tuple(at)) if gold else None


def by_score(right: NDArray[np.bool_], scores: FloatArray) -> tuple[IntArray, IntArray]:
    """The order of spans from the highest score down, as indices, and where in it each group begins that enters together.

    Spans of equal score do; and so may neighbours that are all right or all wrong, whose order changes no figure.
    """
    if not len(scores):
        return np.array([], np.int64), np.array([], np.int64)
    order = np.argsort(-scores, kind="stable")
    ordered, hits = scores[order], right[order].astype(np.int64)
    begins = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    share = np.add.reduceat(hits, begins) / np.diff(begins, append=len(order))
    apart = np.append(True, (share[1:] != share[:-1]) | (share[1:] % 1 > 0))
    return order, begins[apart]


def of_groups(hits: IntArray, sizes: IntArray, gold: IntArray) -> FloatArray:
    """`ranking` of orders of groups of equal score, the highest first.

    Within a group, precision goes from what it was before to what it is behind, so it is interpolated at the ends of the groups alone,
    but where it falls: there the first places of the group lie above all that follows.

    Args:
        hits: right spans of each group, shape (orders, groups).
        sizes: spans of each group, likewise; a group may be empty.
        gold: number of gold spans of each order, shape (orders,).

    Returns:
        The figures in the order of `NAMES`, shape (orders, figures); NaN without gold.
    """
    found, entered = np.cumsum(hits, axis=1), np.cumsum(sizes, axis=1)
    found_before, entered_before = found - hits, entered - sizes
    share = hits / np.maximum(sizes, 1)
    best = np.maximum.accumulate((found / np.maximum(entered, 1))[:, ::-1], axis=1)[:, ::-1]
    area = (hits * best).sum(axis=1)
    falls = (hits > 0) & (found_before * sizes > hits * entered_before)
    # Of each group in which it falls: how many places lie above the best behind them, and by how much in all.
    before, right, own, level = (values[falls] for values in (entered_before, found_before, share, best))
    above = np.clip((right - level * before) / (level - own), 0, sizes[falls]).astype(np.int64)
    harmonic = np.append(0.0, np.cumsum(1 / np.arange(1, entered.max(initial=0) + 1)))
    more = (own - level) * above + (right - own * before) * (harmonic[before + above] - harmonic[before])
    area += np.bincount(np.nonzero(falls)[0], own * more, len(area))
    with np.errstate(invalid="ignore", divide="ignore"):
        figures = [area / gold]
    for recall in RECALLS:
        # The group, if there is one, in which so many right spans are reached, and the first place in it by which they are expected.
        wanted = (recall - _ROUNDING) * gold
        group = (found < wanted[:, np.newaxis]).sum(axis=1)
        reached = np.flatnonzero(group < hits.shape[1])
        here = reached, group[reached]
        inside = np.ceil((wanted[reached] - found_before[here]) / share[here])
        precision = np.where(gold > 0, 0.0, np.nan)
        precision[reached] += np.maximum((found_before[here] + inside * share[here]) / (entered_before[here] + inside), best[here])
        figures.append(precision)
    return np.stack(figures, axis=1)
