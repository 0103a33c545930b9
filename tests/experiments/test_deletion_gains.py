"""Deletion does not pay: the greatest gain of the rank figure by spans left out, on the committed rows."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundarybench.protocol import FLOORS, RANK_FIGURE
from experiments.deletion_gains import Predicted, RowGains, deletions, gains, page, rows

ROOT = Path(__file__).resolve().parents[2]

#: The most, as a share, that a rank figure may gain where boundary F1 falls (protocol, version 2).
LIMIT = 0.04


@cache
def committed() -> list[RowGains]:
    """Of the committed rows: seconds, and three tests want them. Who asks wants the fixture `data`."""
    return rows(ROOT / "submissions")


def greatest(figure: str) -> float:
    best = max(committed(), key=lambda row: row.by_figure[figure].value)
    gain = best.by_figure[figure]
    print(f"{figure}: at most {100 * gain.value:.1f} points, {best.system} on {best.suite} without: {gain.deletion}")
    return gain.value


def test_the_rank_figure_is_not_won_by_deletion(data: Path) -> None:
    assert greatest(RANK_FIGURE) < LIMIT


def test_bp50_would_be(data: Path) -> None:
    assert greatest("bp50") >= LIMIT


def test_the_page_is_what_the_rows_give(data: Path) -> None:
    assert (ROOT / "docs" / "deletion-gains.md").read_text(encoding="utf-8") == page(committed())


def spans(right: list[bool], scores: list[float] | None, gold: int, length: int = 1, kind: str = "PER") -> Predicted:
    of_scores = None if scores is None else np.array(scores, np.float64)
    return Predicted(gold, np.array(right, bool), np.full(len(right), length, np.int32), np.array([kind] * len(right), np.str_), of_scores)


def joined(*parts: Predicted, gold: int) -> Predicted:
    columns = [np.concatenate([getattr(part, name) for part in parts]) for name in ("right", "length", "type")]
    scores = [part.scores for part in parts if part.scores is not None]
    return Predicted(gold, *columns, np.concatenate(scores) if scores else None)  # type: ignore[arg-type]


def test_the_least_sure_half_is_wrong_and_was_worth_its_recall() -> None:
    """Ten gold spans: five sure ones right, of ten unsure ones four. Without these BP@50 is perfect, and F1 lower."""
    row = joined(spans([True] * 5, [0.9] * 5, 0), spans([True] * 4 + [False] * 6, [0.1] * 10, 0), gold=10)
    found = gains([row])
    assert found["bp50"].value == pytest.approx(1 - 9 / 15)
    assert found["bp50"].deletion == "least sure 65 %"  # the first that leaves five whole spans
    assert found["bp100"].value < found["bp75"].value < found["bp50"].value


def test_a_deletion_that_raises_f1_is_no_trick() -> None:
    row = joined(spans([True] * 8, None, 0), spans([False] * 8, None, 0, length=3, kind="ORG"), gold=10)
    assert {gain.value for gain in gains([row]).values()} == {0.0}


def test_without_scores_there_is_nothing_to_be_unsure_of() -> None:
    assert not any("sure" in name or "score" in name for name, _ in deletions([spans([True], None, 1)]))
    assert not any("sure" in name for name, _ in deletions([spans([True], None, 1), spans([True], [1.0], 1)]))


def test_every_length_and_type_is_deleted_once() -> None:
    row = joined(*(spans([True], None, 0, length, kind) for length in (1, 2, 3, 5) for kind in ("PER", "LOC")), gold=8)
    left = {name: kept.predicted.tolist() for name, kept in deletions([row])}
    assert left == {
        "2 tokens and more": [2.0],
        "3 tokens and more": [4.0],
        "4 tokens and more": [6.0],
        "one token": [6.0],
        "LOC": [4.0],
        "PER": [4.0],
    }


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0.1, 0.5, 1.0])), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_spans_changes_nothing(pairs: list[tuple[bool, float]], random: object) -> None:
    shuffled = pairs[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (spans([right for right, _ in each], [score for _, score in each], 12) for each in (pairs, shuffled))
    for (name, kept), (_, again) in zip(deletions([one]), deletions([other]), strict=True):
        assert (kept.predicted == again.predicted).all(), name
        assert kept.right == pytest.approx(again.right), name


@given(st.lists(st.tuples(st.booleans(), st.sampled_from([0.1, 0.5, 1.0])), max_size=30), st.integers(1, 30))
def test_no_floor_is_undercut(pairs: list[tuple[bool, float]], more: int) -> None:
    """What is left never holds more right spans than there were, and F1's own floor (BP@100) gains only from spans beyond gold."""
    right = [each for each, _ in pairs]
    row = spans(right, [score for _, score in pairs], sum(right) + more)
    for name, kept in deletions([row]):
        assert kept.right[0] <= min(kept.predicted[0], sum(right)) + 1e-9, name
    if len(pairs) <= row.gold:
        assert gains([row])["bp100"].value == 0.0
    assert gains([row]).keys() == FLOORS.keys()
