"""How sure a difference of average precision, or of precision at a recall, is.

Each resampled test set is ranked anew: which spans stand above others stays as it is, and how often each counts changes.

Outputs cannot be swapped between two systems here, as randomisation would, because their scores have different scales: p is the one that
belongs to the interval (`differences.percentile_p`). A system that hardly reaches a recall has precision there in some replicates and 0 in
the others; the interval tells of both.
"""

import numpy as np
from numpy.typing import NDArray

from ..scoring.ranking import NAMES, by_score, of_groups
from ..scoring.scored_spans import ScoredSpans
from .differences import Sampled, Spread
from .intervals import drawn
from .paired_resampling import FloatArray, stream

#: Each ranks both systems anew, so there are fewer than for figures of counts. With two dozen units (Student's t) Holm's correction over
#: 18 languages asks for so many.
REPLICATES = 5000

#: Resampled spans that are held at a time.
_CELLS = 1 << 16


def sample_rankings(
    a: ScoredSpans, b: ScoredSpans, units: NDArray[np.int32], name: str, replicates: int = REPLICATES
) -> dict[str, Sampled]:
    """The figures of two systems' orders of spans (`NAMES`), by name; none of a test set without gold.

    Args:
        units: per sentence, what is drawn together with it.
        name: of the test set; it fixes the draws.
    """
    group = np.unique(units, return_inverse=True)[1]
    once = np.ones((1, int(group.max(initial=-1)) + 1), np.int32)
    observed_a, observed_b = (_Ranked(system, group).figures(once)[0] for system in (a, b))
    if np.isnan(observed_a).any():
        return {}
    resampled = _resample(_Ranked(a, group), _Ranked(b, group), once.shape[1], name, replicates)
    one_run = Spread({}, 0.0)
    return {
        figure: Sampled(
            a=float(observed_a[k]),
            b=float(observed_b[k]),
            resampled=resampled[:, k],
            statistic=float(observed_b[k] - observed_a[k]),
            randomised=None,
            runs=(one_run, one_run),
            freedom=drawn(once.shape[1]),
        )
        for k, figure in enumerate(NAMES)
    }


class _Ranked:
    """A system's spans from the highest score down, and the unit that each is drawn with."""

    def __init__(self, system: ScoredSpans, units: NDArray[np.int64]) -> None:
        order, self._begins = by_score(system.exact, system.scores)
        self._unit, self._exact = units[system.owner[order]], system.exact[order]
        self.spans = len(order)
        self._gold = np.bincount(units, system.gold).astype(np.int64)

    def figures(self, weights: NDArray[np.int32]) -> FloatArray:
        """The figures where units count `weights` times, shape (replicates, units); (replicates, figures), NaN without gold."""
        spans = weights[:, self._unit]
        sizes, hits = self._by_group(spans), self._by_group(spans * self._exact)
        return of_groups(hits, sizes, weights @ self._gold)

    def _by_group(self, counts: NDArray[np.int32]) -> NDArray[np.int64]:
        return np.add.reduceat(counts, self._begins, axis=1, dtype=np.int64) if len(self._begins) else counts.astype(np.int64)


def _resample(a: _Ranked, b: _Ranked, units: int, name: str, replicates: int) -> FloatArray:
    """Differences B - A on resampled test sets, the same ones for both; shape (replicates, figures)."""
    random = stream(f"ranking/{name}")
    step = max(1, _CELLS // max(1, units, a.spans, b.spans))
    found = []
    for start in range(0, replicates, step):
        size = min(step, replicates - start)
        chosen = random.randint(0, units, (size, drawn(units)), np.int32) + np.arange(size, dtype=np.int32)[:, np.newaxis] * units
        weights = np.bincount(chosen.ravel(), minlength=size * units).reshape(size, units).astype(np.int32)
        found.append(b.figures(weights) - a.figures(weights))
    return np.concatenate(found)
