"""Predicted spans with their scores: which ones count, and what is right."""

import numpy as np

from boundarybench.gold.model import build
from boundarybench.protocol import TYPES
from boundarybench.scoring.scored_spans import scored_spans
from boundarybench.submission.prediction import Prediction, of_tags

TAGS = [["B-PER", "O", "B-LOC"], ["B-DATE", "O", "B-ORG"], ["O", "B-PER"]]
GOLD = build("masakhaner2", "swa", "test", TAGS, [["a", "b", "c"], ["d", "e", "f"], ["g", "h"]], ("PER", "ORG", "LOC", "DATE"))


def test_without_scores_there_is_no_order() -> None:
    assert scored_spans(GOLD, of_tags(TAGS, GOLD), TYPES) is None


def test_scores_go_with_their_spans_when_a_type_is_dropped() -> None:
    plain = of_tags([["B-PER", "O", "B-LOC"], ["B-DATE", "B-ORG", "O"], ["O", "B-LOC"]], GOLD)
    found = scored_spans(GOLD, Prediction(plain.codes, plain.types, plain.present, np.array([1.0, 2, 3, 4, 5])), TYPES)
    assert found is not None
    assert found.scores.tolist() == [1, 2, 4, 5]
    assert found.owner.tolist() == [0, 0, 1, 2]
    assert found.exact.tolist() == [True, True, False, True]  # whatever the type
    assert found.gold.tolist() == [2, 1, 1]  # the date is no gold span
