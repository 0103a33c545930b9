"""Scores: acceptance tests 5 and 6 of the design, bounds, and taggers of both schemes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundarybench.schemes import Span
from boundarybench_baselines.alignment.links import Link
from boundarybench_baselines.projection.candidates import between, ngrams, of_tagger
from boundarybench_baselines.projection.matching import exact
from boundarybench_baselines.projection.matching.instance import Pair
from boundarybench_baselines.projection.pair import SentencePair, words_of
from boundarybench_baselines.projection.scores import TaggerScores, above, alignment, coverage, normalised

ENTITY = Span(0, 2, "PER")


def linked(links, source=2, target=12):
    return SentencePair(("w",) * target, ("w",) * source, (), frozenset(Link(*link) for link in links)).linked()


@pytest.mark.parametrize("score", [alignment, coverage])
def test_an_exact_span_one_word_more_and_one_less(score):
    links = linked([(0, 3), (1, 4)])
    assert score(ENTITY, (3, 5), links) == 1.0
    assert score(ENTITY, (3, 6), links) == pytest.approx(0.8)
    assert score(ENTITY, (3, 4), links) == pytest.approx(2 / 3)
    assert score(ENTITY, (6, 8), links) == 0.0


def test_the_published_score_exceeds_one_and_the_bounded_one_does_not():
    links = linked([(source, target) for source in (0, 1) for target in (3, 4)])
    assert alignment(ENTITY, (3, 5), links) == 2.0
    assert coverage(ENTITY, (3, 5), links) == 1.0


@pytest.mark.parametrize(
    ("length", "longer", "shorter"), [(source, a, b) for source in range(1, 5) for a in range(1, 4) for b in range(1, a + 1)]
)
def test_runs_merge_if_the_gap_is_smaller_than_the_law_says(length, longer, shorter):
    """Two runs of a >= b words, one link each, a gap of g words: merged iff g < L b / a; at equality the longer span wins."""
    for gap in range(1, 8):
        marked = [*range(longer), *range(longer + gap, longer + gap + shorter)]
        links = linked([(0, word) for word in marked], length, 20)
        entity = Span(0, length, "PER")
        pairs = [Pair(0, *span, alignment(entity, span, links)) for span in between(marked)]
        (chosen,) = exact.solve(pairs).chosen
        whole = (chosen.start, chosen.end) == (0, marked[-1] + 1)
        assert whole == (gap * longer <= length * shorter)


def test_candidates():
    assert len(ngrams(40, 10)) == 355
    assert len(ngrams(100, 100)) == 5050
    assert ngrams(0, 3) == []
    assert of_tagger([Span(3, 4, "LOC"), Span(0, 2, "PER"), Span(0, 2, "ORG")]) == [(0, 2), (3, 4)]
    assert between([4, 1, 4]) == [(1, 2), (1, 5), (4, 5)]
    assert between([1, 4], max_words=3) == [(1, 2), (4, 5)]


@given(st.data())
def test_the_reduction_leaves_the_optimum_unchanged(data):
    """Acceptance test 9: candidates whose ends are linked to the entity are enough, for both forms of the score."""
    source, target = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 7))
    links = data.draw(st.lists(st.tuples(st.integers(0, source - 1), st.integers(0, target - 1)), max_size=12))
    starts = data.draw(st.lists(st.integers(0, source - 1), min_size=1, max_size=3, unique=True))
    entities = [Span(start, min(start + data.draw(st.integers(1, 3)), source), "PER") for start in starts]
    known = linked(links, source, target)
    cap = data.draw(st.integers(1, 7))
    for score in (alignment, coverage):
        everything = [
            Pair(index, *span, score(entity, span, known)) for index, entity in enumerate(entities) for span in ngrams(target, cap)
        ]
        reduced = [
            Pair(index, *span, score(entity, span, known))
            for index, entity in enumerate(entities)
            for span in between(words_of(entity, known), cap)
        ]
        assert exact.solve(reduced).objective == pytest.approx(exact.solve(everything).objective, abs=1e-9)
        assert {pair[:3] for pair in reduced} <= {pair[:3] for pair in everything}


IOB2 = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]


def test_tagger_scores():
    marginals = np.array([[0.1, 0.8, 0.1, 0, 0], [0.2, 0.1, 0.7, 0, 0], [0.9, 0.02, 0.02, 0.03, 0.03]])
    scores = TaggerScores(marginals, IOB2)
    assert scores.of_type("PER", (0, 2)) == pytest.approx(1.15 * (0.8 + 0.7) / 2)
    assert scores.of_type("PER", (0, 3)) == pytest.approx((0.8 + 0.7 + 0.02) / 3)  # the tagger's labels are not B I I: no factor
    assert scores.of_type("LOC", (2, 3)) == 0.0  # 0.03 is not above the threshold
    assert scores.of_type("MISC", (0, 1)) == 0.0
    assert scores.of_any_type((0, 2), ["LOC", "PER"]) == scores.of_type("PER", (0, 2))


def test_a_tagger_that_writes_iob1_or_lacks_a_label():
    """XLM-R's CoNLL model has no B-PER, and writes B- only between two entities of a type."""
    labels = ["O", "I-PER", "B-LOC", "I-LOC"]
    marginals = np.array([[0.1, 0.9, 0, 0], [0.1, 0.9, 0, 0], [0.1, 0, 0.2, 0.7]])
    scores = TaggerScores(marginals, labels, iob1=True)
    assert scores.of_type("PER", (0, 2)) == pytest.approx(1.15 * 0.9)
    assert scores.of_type("LOC", (2, 3)) == pytest.approx(0.9)
    only_begin = TaggerScores(np.array([[0.2, 0.8], [0.4, 0.6]]), ["O", "B-PER"])
    assert only_begin.of_type("PER", (0, 2)) == pytest.approx(0.7)  # best labels are B-PER B-PER, not B-PER I-PER


def test_normalised_and_above():
    assert [normalised(score, 2.0) for score in (0.0, 1.0, 3.0)] == [0.0, 0.5, 1.0]
    assert normalised(1.0, 0.0) == 0.0
    assert [above(score, 0.1) for score in (0.1, 0.11)] == [0.0, 0.11]
