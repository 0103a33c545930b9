"""Average precision and precision at a recall: by hand, against scikit-learn and the plain loop of PASCAL VOC, and under permutation."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundarybench.scoring.ranking import RECALLS, Ranking, ranking

#: Right or not, a score, and how many gold spans nobody found.
spans = st.lists(st.tuples(st.booleans(), st.integers(0, 5).map(lambda tenth: tenth / 5)), max_size=40)
missed = st.integers(0, 10)


def of(pairs: list[tuple[bool, float]], gold: int) -> Ranking:
    right, scores = zip(*pairs, strict=True) if pairs else ((), ())
    found = ranking(right, scores, gold)
    assert found is not None
    return found


def voc(right: list[bool], gold: int) -> float:
    """The development kit's loop: recall and precision after each detection, an envelope from the right, the area under it."""
    hits = np.cumsum(right)
    recall = np.concatenate([[0.0], hits / gold, [1.0]])
    precision = np.concatenate([[0.0], hits / np.arange(1, len(right) + 1), [0.0]])
    for k in range(len(precision) - 2, -1, -1):
        precision[k] = max(precision[k], precision[k + 1])
    changes = [k for k in range(1, len(recall)) if recall[k] != recall[k - 1]]
    return sum((recall[k] - recall[k - 1]) * precision[k] for k in changes)


def written_out(pairs: list[tuple[bool, float]], gold: int) -> Fraction:
    """Average precision by its formula, span by span, in whole numbers."""
    places: list[tuple[Fraction, int]] = []
    for score in sorted({score for _, score in pairs}, reverse=True):
        group = [right for right, each in pairs if each == score]
        found, entered = places[-1] if places else (Fraction(0), 0)
        places += [(found + Fraction(place * sum(group), len(group)), entered + place) for place in range(1, len(group) + 1)]
    area, before = Fraction(0), Fraction(0)
    for place, (found, _) in enumerate(places):
        area += (found - before) * max(later / entered for later, entered in places[place:])
        before = found
    return area / gold


@given(spans, missed)
def test_equal_to_the_formula_with_equal_scores(pairs: list[tuple[bool, float]], more: int) -> None:
    gold = sum(right for right, _ in pairs) + more + 1
    assert of(pairs, gold).average_precision == pytest.approx(float(written_out(pairs, gold)))


def test_by_hand() -> None:
    """Right, wrong, right; four gold spans: precision 1 up to recall 1/4, 2/3 up to 2/4, nothing beyond."""
    found = of([(True, 0.9), (False, 0.8), (True, 0.7)], 4)
    assert found.average_precision == pytest.approx(1 / 4 + 2 / 3 / 4)
    assert found.precision_at == pytest.approx((1.0, 2 / 3, 0.0))


def test_equal_scores_share_what_they_found() -> None:
    """One right span among two of equal score: each counts a half, whichever stands first."""
    assert of([(True, 0.5), (False, 0.5)], 1) == of([(False, 0.5), (True, 0.5)], 1)
    assert of([(True, 0.5), (False, 0.5)], 1).average_precision == 0.5


def test_recall_that_is_just_reached() -> None:
    assert of([(True, 0.9), (True, 0.8), (True, 0.7)], 5).precision_at == (1.0, 1.0, 1.0)  # 3 / 5 is 0.6 but for rounding
    assert of([(True, 0.9), (True, 0.8)], 5).precision_at == (1.0, 1.0, 0.0)


def test_nothing_to_find_and_nothing_found() -> None:
    assert ranking([], [], 0) is None
    assert of([], 3) == of([(False, 0.3)], 3) == Ranking(0.0, (0.0,) * len(RECALLS))


@given(spans, missed, st.randoms(use_true_random=False))
def test_order_of_the_file_changes_nothing(pairs: list[tuple[bool, float]], more: int, random: Random) -> None:
    gold = sum(right for right, _ in pairs) + more + 1
    assert of(random.sample(pairs, len(pairs)), gold) == of(pairs, gold)


@given(st.lists(st.booleans(), max_size=40), missed)
def test_equal_to_the_development_kit_without_equal_scores(right: list[bool], more: int) -> None:
    gold = sum(right) + more + 1
    assert of([(hit, -k) for k, hit in enumerate(right)], gold).average_precision == pytest.approx(voc(right, gold))


@given(spans, missed)
def test_scikit_learn_without_interpolation_is_never_more(pairs: list[tuple[bool, float]], more: int) -> None:
    """It lets equal scores enter together and takes precision as it is: at most ours, equal where precision only falls."""
    metrics = pytest.importorskip("sklearn.metrics")
    hits = sum(right for right, _ in pairs)
    if not hits:
        return
    gold = hits + more
    right, scores = zip(*pairs, strict=True)
    theirs = metrics.average_precision_score(right, scores) * hits / gold
    assert of(pairs, gold).average_precision >= theirs - 1e-12
    falling = [(hit, 1.0 - k / 100) for k, hit in enumerate([True] * hits + [False] * (len(pairs) - hits))]
    best = metrics.average_precision_score(*zip(*falling, strict=True)) * hits / gold
    assert of(falling, gold).average_precision == pytest.approx(best) == pytest.approx(hits / gold)


@given(spans, missed)
def test_bounds(pairs: list[tuple[bool, float]], more: int) -> None:
    hits = sum(right for right, _ in pairs)
    gold = hits + more + 1
    found = of(pairs, gold)
    assert hits**2 / max(1, len(pairs)) / gold - 1e-12 <= found.average_precision <= hits / gold + 1e-12
    assert sorted(found.precision_at, reverse=True) == list(found.precision_at)
