"""Precision at matched recall: of two systems the one that finds more is cut by its own scores to what the other finds.

A system that predicts less is often the more precise one for that reason alone. Cut to the same number of right spans, what is left
between two systems is how many wrong spans stand above those in their own order of confidence.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..gold.model import Gold
from ..spans import BoolArray, decode, offsets, owners
from ..submission.prediction import Prediction
from ..types_and_tags import selected
from .pairing import pair

CountArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """The predicted spans of a system on a test set.

    Attributes:
        owner: the sentence of each.
        exact, typed: whether it has a gold span's boundaries (and type).
        scores: the system's confidence in each.
        gold: gold spans per sentence, shape (sentences,).
    """

    owner: NDArray[np.int64]
    exact: BoolArray
    typed: BoolArray
    scores: NDArray[np.float64]
    gold: CountArray

    @property
    def found(self) -> int:
        """How many spans have right boundaries."""
        return int(self.exact.sum())

    def counts(self, kept: BoolArray) -> CountArray:
        """`Score.counts` of the spans where `kept` is true; shape (sentences, 4)."""
        columns = (self.owner[mask] for mask in (kept, kept & self.exact, kept & self.typed))
        predicted, exact, typed = (np.bincount(column, minlength=len(self.gold)) for column in columns)
        return np.stack([predicted, self.gold, exact, typed], axis=1).astype(np.int64)


def scored_spans(gold: Gold, prediction: Prediction, types: tuple[str, ...] | None) -> Scored | None:
    """The spans of `types` (None: of all) that a prediction has; None where it gives them no scores. Errors as in `score`."""
    if prediction.scores is None:
        return None
    types = selected(types, prediction.types, gold.spans.types)
    decoded, _ = decode(prediction.codes, gold.lengths, prediction.types)
    wanted = decoded.among(types)
    gold_spans, predicted = replace(gold.spans, types=prediction.types).of_types(types), decoded.keep(wanted)
    pairing = pair(gold_spans, predicted)
    first = offsets(gold.lengths)
    return Scored(
        owner=owners(predicted.start, first),
        exact=pairing.exact,
        typed=pairing.typed,
        scores=prediction.scores[wanted],
        gold=np.bincount(owners(gold_spans.start, first), minlength=gold.sentences),
    )


def by_score(system: Scored) -> NDArray[np.int64]:
    """Indices of the spans from the highest score down; equal scores stand in the order of the test set."""
    return np.argsort(-system.scores, kind="stable")


def cut(system: Scored, found: int) -> CountArray:
    """The counts of a system that stops before the right span that would be one more than `found`; shape (sentences, 4).

    Before that one and not behind the last that it keeps, because the system it is held against has all its wrong spans, too: those
    below its last right one as well.
    """
    order = by_score(system)
    kept = np.zeros(len(order), bool)
    kept[order[np.cumsum(system.exact[order]) <= found]] = True
    return system.counts(kept)


def match(a: Scored, b: Scored) -> tuple[CountArray, CountArray] | None:
    """The counts of two systems at the lower one's number of right spans; None where one of them has no right span."""
    found = min(a.found, b.found)
    return (cut(a, found), cut(b, found)) if found else None
