"""How sure a difference of precision at matched recall is.

Which system is cut, and where, depends on the sentences: near the end of a system's spans few right ones more or less move the cut
over many wrong ones. So every resampled test set is cut anew. (With the cut of the whole test set held fast, intervals of simulated
systems held the truth in 60 % of cases instead of 95 %.)

Outputs cannot be swapped between two systems here, as randomisation would, because their scores have different scales: the test is
the bootstrap's, its differences shifted to a mean of 0.
"""

import numpy as np
from numpy.typing import NDArray

from ..scoring.matched_recall import Scored, by_score, match
from .differences import Sampled, Spread
from .intervals import drawn
from .paired_resampling import FloatArray, stream

#: Of either test. More would take minutes for two suites, and Holm's correction over 38 languages is content with these.
REPLICATES = 2000

#: Resampled spans that are held at a time.
_CELLS = 1 << 21


def sample_matched(a: Scored, b: Scored, units: NDArray[np.int32], name: str, replicates: int = REPLICATES) -> tuple[Sampled, float] | None:
    """Boundary precision of two systems at matched recall, and that recall; None where one of them has no right span.

    Args:
        units: per sentence, what is drawn together with it (`Gold.units`).
        name: of the test set; it fixes the draws.
    """
    matched = match(a, b)
    if matched is None:
        return None
    left, right = (float(counts[:, 2].sum() / counts[:, 0].sum()) for counts in matched)
    resampled = _resample(a, b, np.unique(units, return_inverse=True)[1], name, replicates)
    once = Spread({}, 0.0)
    shifted = resampled - np.nanmean(resampled)
    freedom = drawn(len(np.unique(units)))
    sampled = Sampled(left, right, resampled, statistic=right - left, randomised=shifted, runs=(once, once), freedom=freedom)
    return sampled, float(matched[0][:, 2].sum() / a.gold.sum())


def _resample(a: Scored, b: Scored, units: NDArray[np.int64], name: str, replicates: int) -> FloatArray:
    """Differences B - A of resampled test sets, each cut anew; shape (replicates,), NaN where nothing right was drawn."""
    count = int(units.max()) + 1
    random = stream(f"matched recall/{name}")
    sides = [(units[system.owner[order]], system.exact[order]) for system in (a, b) if (order := by_score(system)) is not None]
    step = max(1, _CELLS // max(count, len(a.scores), len(b.scores)))
    found = []
    for start in range(0, replicates, step):
        size = min(step, replicates - start)
        chosen = random.randint(0, count, (size, count), np.int32) + np.arange(size, dtype=np.int32)[:, np.newaxis] * count
        weights = np.bincount(chosen.ravel(), minlength=size * count).reshape(size, count).astype(np.int32)
        of_span = [weights[:, unit] for unit, _ in sides]
        right = [np.cumsum(weight * exact, axis=1, dtype=np.int32) for weight, (_, exact) in zip(of_span, sides, strict=True)]
        level = np.minimum(right[0][:, -1], right[1][:, -1])[:, np.newaxis]
        precisions = [_precision(weight, so_far, level) for weight, so_far in zip(of_span, right, strict=True)]
        found.append(precisions[1] - precisions[0])
    return np.concatenate(found)


def _precision(weights: NDArray[np.int32], right: NDArray[np.int32], level: NDArray[np.int32]) -> FloatArray:
    """Precision of the spans before the first that would be one right one too many; all have shape (replicates, spans or 1)."""
    kept = right <= level
    predicted = (weights * kept).sum(axis=1)
    exact = np.where(kept, right, 0).max(axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray(exact / np.where(exact > 0, predicted, np.nan))
