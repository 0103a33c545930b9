"""The predicted spans of a system with its confidence in each: what an order of spans is made of (`ranking.py`)."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..gold.model import Gold
from ..spans import BoolArray, decode, offsets, owners
from ..submission.prediction import Prediction
from ..types_and_tags import selected
from .pairing import pair


@dataclass(frozen=True, slots=True, eq=False)
class ScoredSpans:
    """The predicted spans of a system on a test set.

    Attributes:
        owner: the sentence of each.
        exact: whether it has a gold span's boundaries.
        scores: the system's confidence in each.
        gold: gold spans per sentence, shape (sentences,).
    """

    owner: NDArray[np.int64]
    exact: BoolArray
    scores: NDArray[np.float64]
    gold: NDArray[np.int64]


def scored_spans(gold: Gold, prediction: Prediction, types: tuple[str, ...] | None) -> ScoredSpans | None:
    """The spans of `types` (None: of all) that a prediction has; None where it gives them no scores. Errors as in `score`."""
    if prediction.scores is None:
        return None
    types = selected(types, prediction.types, gold.spans.types)
    decoded, _ = decode(prediction.codes, gold.lengths, prediction.types)
    wanted = decoded.among(types)
    gold_spans, predicted = replace(gold.spans, types=prediction.types).of_types(types), decoded.keep(wanted)
    first = offsets(gold.lengths)
    return ScoredSpans(
        owner=owners(predicted.start, first),
        exact=pair(gold_spans, predicted).exact,
        scores=prediction.scores[wanted],
        gold=np.bincount(owners(gold_spans.start, first), minlength=gold.sentences),
    )
