"""One hand-made example per error class, gold above prediction."""

import pytest
from helpers import score_of

from boundarybench.scoring.anatomy import CLASSES

B, I, O = "B-PER", "I-PER", "O"  # noqa: E741

EXAMPLES = {
    "exact": ([O, B, I, O], [O, B, I, O]),
    "type": ([O, B, I, O], [O, "B-ORG", "I-ORG", O]),
    "merge": ([B, O, B, O], [B, I, I, O]),
    "spurious": ([B, O, O, O], [B, O, B, O]),
    "right-over": ([B, I, O, O], [B, I, I, O]),
    "right-under": ([B, I, I, O], [B, I, O, O]),
    "left-over": ([O, O, B, I], [O, B, I, I]),
    "left-under": ([O, B, I, I], [O, O, B, I]),
    "left-over+right-over": ([O, B, I, O], [B, I, I, I]),
    "left-over+right-under": ([O, B, I, I], [B, I, I, O]),
    "left-under+right-over": ([B, I, I, O], [O, B, I, I]),
    "left-under+right-under": ([B, I, I, I], [O, B, I, O]),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_class(name: str) -> None:
    gold, predicted = EXAMPLES[name]
    errors = score_of([gold], [predicted]).errors
    assert errors[name] >= 1
    assert sum(errors[other] for other in CLASSES if other not in (name, "exact")) == 0


def test_every_class_has_an_example() -> None:
    assert {*EXAMPLES, "split", "crossing"} == set(CLASSES)


def test_split_holds_for_every_part_inside() -> None:
    errors = score_of([[B, I, I, I, I]], [[B, I, O, B, I]]).errors
    assert (errors["split"], errors["missed"]) == (2, 0)


def test_crossing_is_an_overlap_that_another_prediction_won() -> None:
    # Both predictions reach out of the gold span; the one with the larger overlap is matched.
    errors = score_of([[O, B, I, I, O]], [[B, I, B, I, I]]).errors
    assert (errors["crossing"], errors["left-under+right-over"]) == (1, 1)


def test_a_merge_is_matched_to_one_gold_span_and_misses_the_other() -> None:
    errors = score_of([[B, I, I, B, I]], [[B, I, I, I, I]]).errors
    assert (errors["merge"], errors["missed"]) == (1, 1)
