"""Precision at matched recall: by hand, and as properties."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from boundarybench.gold.model import Gold, build
from boundarybench.protocol import TYPES
from boundarybench.scoring.matched_recall import Scored, cut, match, scored_spans
from boundarybench.scoring.score import sentence_counts
from boundarybench.submission.prediction import Prediction, of_tags

TAGS = [["B-PER", "O", "B-LOC"], ["B-DATE", "O", "B-ORG"], ["O", "B-PER"]]
GOLD = build("masakhaner2", "swa", "test", TAGS, [["a", "b", "c"], ["d", "e", "f"], ["g", "h"]], ("PER", "ORG", "LOC", "DATE"))


def scored(tags: list[list[str]], scores: list[float], gold: Gold = GOLD) -> Scored:
    plain = of_tags(tags, gold)
    found = scored_spans(gold, Prediction(plain.codes, plain.types, plain.present, np.array(scores)), TYPES)
    assert found is not None
    return found


def test_without_scores_there_is_nothing_to_cut_by() -> None:
    assert scored_spans(GOLD, of_tags(TAGS, GOLD), TYPES) is None


def test_scores_go_with_their_spans_when_a_type_is_dropped() -> None:
    found = scored([["B-PER", "O", "B-LOC"], ["B-DATE", "B-ORG", "O"], ["O", "B-LOC"]], [1, 2, 3, 4, 5])
    assert found.scores.tolist() == [1, 2, 4, 5]
    assert found.exact.tolist() == [True, True, False, True]
    assert found.typed.tolist() == [True, True, False, False]
    assert found.gold.tolist() == [2, 1, 1]  # the date is no gold span


def test_the_one_that_finds_more_stops_before_one_right_span_too_many() -> None:
    more = scored([["B-PER", "B-PER", "B-LOC"], ["O", "B-PER", "B-ORG"], ["B-PER", "B-PER"]], [0.9, 0.8, 0.7, 0.6, 0.5, 0.95, 0.3])
    fewer = scored([["B-PER", "B-PER", "O"], ["O", "O", "B-ORG"], ["O", "O"]], [0.1, 0.2, 0.3])
    found = match(more, fewer)
    assert found is not None
    # In its own order: wrong (.95), right (.9), wrong (.8), right (.7), wrong (.6), right (.5), ...: the other has two right ones.
    assert found[0].tolist() == [[3, 2, 2, 2], [1, 1, 0, 0], [1, 1, 0, 0]]
    assert found[1].tolist() == [[2, 2, 1, 1], [1, 1, 1, 1], [0, 1, 0, 0]]
    back = match(fewer, more)
    assert back is not None
    assert [side.tolist() for side in back] == [side.tolist() for side in found[::-1]]


def test_equal_scores_stand_in_the_order_of_the_test_set() -> None:
    system = scored([["B-PER", "B-PER", "B-LOC"], ["O", "O", "O"], ["B-PER", "B-PER"]], [1, 1, 1, 1, 1])
    assert cut(system, 1).tolist() == [[2, 2, 1, 1], [0, 1, 0, 0], [0, 1, 0, 0]]
    assert cut(system, 2).tolist() == [[3, 2, 2, 2], [0, 1, 0, 0], [1, 1, 0, 0]]


def test_equal_recall_cuts_nobody() -> None:
    one = scored([["B-PER", "B-PER", "O"], ["O", "O", "O"], ["O", "O"]], [0.1, 0.9])
    found = match(one, one)
    assert found is not None
    assert found[0].tolist() == found[1].tolist() == [[2, 2, 1, 1], [0, 1, 0, 0], [0, 1, 0, 0]]


def test_a_system_without_a_right_span_matches_nothing() -> None:
    one, none = scored(TAGS, [1, 1, 1, 1, 1]), scored([["O", "B-PER", "O"], ["O"] * 3, ["O"] * 2], [1])
    assert match(one, none) is None
    assert match(none, one) is None


@st.composite
def outputs(draw: st.DrawFn) -> Scored:
    tags = [[draw(st.sampled_from(["O", "B-PER", "I-PER", "B-LOC", "B-DATE"])) for _ in sentence] for sentence in TAGS]
    plain = of_tags(tags, GOLD)
    spans = sum(t != "O" and not (t == "I-PER" and p in ("B-PER", "I-PER")) for s in tags for p, t in zip(["O", *s], s, strict=False))
    scores = draw(st.lists(st.sampled_from([0.0, 0.5, 1.0, -3.0]), min_size=spans, max_size=spans))
    found = scored_spans(GOLD, Prediction(plain.codes, plain.types, plain.present, np.array(scores, float)), TYPES)
    assert found is not None
    assert found.counts(np.ones(len(found.scores), bool)).tolist() == sentence_counts(GOLD, plain.codes, plain.types, TYPES).tolist()
    return found


@given(a=outputs(), b=outputs())
def test_both_have_the_same_recall_and_nobody_gains_a_span(a: Scored, b: Scored) -> None:
    found = match(a, b)
    assert (found is None) == (min(a.found, b.found) == 0)
    if found is None:
        return
    assert found[0][:, 2].sum() == found[1][:, 2].sum() == min(a.found, b.found)
    for system, counts in zip((a, b), found, strict=True):
        before: Any = system.counts(np.ones(len(system.scores), bool))
        assert (counts <= before).all()
        assert (counts[:, 1] == before[:, 1]).all()
        # What was cut has no higher score than what was kept: the number kept is that of a prefix in the order of scores.
        kept = int(counts[:, 0].sum())
        assert (
            system.counts(np.isin(np.arange(len(system.scores)), np.argsort(-system.scores, kind="stable")[:kept])).tolist()
            == counts.tolist()
        )
