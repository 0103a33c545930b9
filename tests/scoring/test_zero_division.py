"""Never a silent 1.0: what each figure is where there is nothing to divide by."""

import numpy as np
import pytest
from helpers import TYPES, codes_of, gold_of, of_group, score_of

from boundarybench.gold.model import Gold
from boundarybench.scoring.arithmetic import prfs
from boundarybench.scoring.score import Score, score


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((0, 0, 5), (0.0, 0.0, 0.0)),
        ((0, 5, 0), (0.0, None, 0.0)),
        ((0, 0, 0), (None, None, None)),
        ((2, 4, 8), (0.5, 0.25, 1 / 3)),
    ],
)
def test_precision_recall_f1(counts: tuple[int, int, int], expected: tuple[float | None, ...]) -> None:
    assert prfs(*counts)[0] == pytest.approx(expected)


def empty() -> tuple[Gold, Score]:
    gold = gold_of([["O", "B-PER", "O"]])
    return gold, score(gold, codes_of([["O", "O", "O"]]), TYPES, TYPES)


def test_no_prediction_at_all() -> None:
    _, found = empty()
    assert of_group(found.figures, "boundary") == of_group(found.figures, "typed") == (0.0, 0.0, 0.0)
    assert (found.figures["bp50"], found.figures["bp100"]) == (0.0, 0.0)
    assert found.figures["conditional_boundary_precision"] is None
    assert found.figures["iou"] is None
    assert found.invalid_per_1k is None
    assert found.by_type["ORG"].boundary == (None, None, None)


def test_no_gold_of_the_scored_types() -> None:
    gold = gold_of([["O", "B-PER", "O"]])
    found = score(gold, codes_of([["B-LOC", "O", "O"]]), TYPES, ("LOC",))
    assert of_group(found.figures, "boundary") == (0.0, None, 0.0)
    assert found.figures["bp50"] == 0.0


def test_seen_is_null_without_a_training_split() -> None:
    assert score_of([["B-PER"]], [["B-PER"]]).by_seen is None


def test_seen_compares_surfaces_after_nfc_and_case_folding() -> None:
    from boundarybench.gold.model import build

    train = build("test", "xx", "train", [["B-PER", "I-PER"]], [["E\u0301WE", "Ada"]], TYPES)
    gold = build("test", "xx", "test", [["B-PER", "I-PER", "B-LOC"]], [["éwe", "ADA", "Ada"]], TYPES)
    found = score(gold, codes_of([["B-PER", "I-PER", "B-LOC"]]), TYPES, TYPES, train).by_seen
    assert found is not None
    assert (found["seen"].gold, found["unseen"].gold) == (1, 1)


def test_invalid_transitions_are_counted_before_types_are_dropped() -> None:
    gold = gold_of([["B-PER", "O", "O", "O"]])
    found = score(gold, codes_of([["I-PER", "O", "I-LOC", "B-LOC"]]), TYPES, ("PER",))
    assert found.figures.predicted == 1
    assert found.invalid_per_1k == pytest.approx(1000 * 2 / 3)
    assert found.discard.boundary == (0.0, 0.0, 0.0)


def test_embedded_drops_whole_sentence_spans_on_both_sides() -> None:
    found = score_of([["B-PER", "I-PER"], ["B-LOC", "O"]], [["B-PER", "I-PER"], ["B-LOC", "I-LOC"]])
    assert (found.embedded.gold, found.embedded.predicted) == (1, 0)
    assert found.figures["boundary.precision"] == 0.5


def test_a_prediction_over_a_dropped_type_stays_a_false_positive() -> None:
    gold = gold_of([["B-ORG", "B-PER"]])
    found = score(gold, codes_of([["B-PER", "B-PER"]]), TYPES, ("PER",))
    assert (found.figures.gold, found.figures.predicted, found.figures.exact) == (1, 2, 1)
    assert found.errors["spurious"] == 1
    assert np.array_equal(found.counts, [[2, 1, 1, 1]])
