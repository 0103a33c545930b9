"""Scores added up: the published weights by hand, normalised sums, and what is worth a translation score."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundarybench.schemes import Span
from boundarybench_baselines.alignment.links import Link
from boundarybench_baselines.projection.candidates import ngrams
from boundarybench_baselines.projection.fusion import TERMS, Evidence, fused, plausible
from boundarybench_baselines.projection.pair import SentencePair
from boundarybench_baselines.projection.scores import TaggerScores

#: The published sums (projection.md, 5.5).
PUBLISHED = {
    "align_ner": {"alignment": 0.5, "tagger": 0.5},
    "align_ner_spans": {"alignment": 0.5, "tagger_spans": 0.5},
    "align_nmt": {"alignment": 0.5, "translation": 1},
    "ner_spans_nmt": {"tagger_spans": 0.5, "translation": 1},
    "all_fusion": {"alignment": 0.5, "tagger_spans": 0.5, "translation": 1},
}
LABELS = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")
#: Four target words: a person of two words, then a place.
MARGINALS = np.array([[0.1, 0.8, 0.1, 0, 0], [0.2, 0.1, 0.7, 0, 0], [0.3, 0.1, 0, 0.6, 0], [0.97, 0.01, 0.01, 0.01, 0]])
PAIR = SentencePair(("a", "b", "c", "d"), ("x", "y", "z"), (Span(0, 2, "PER"),), frozenset([Link(0, 0), Link(1, 1)]))
EVIDENCE = Evidence(tagger=TaggerScores(MARGINALS, LABELS), translation={(0, 0, 2): 0.9, (0, 2, 3): 0.1, (0, 0, 1): 0.4})
PLACES = [(0, (0, 2)), (0, (0, 1)), (0, (2, 3)), (0, (3, 4))]
#: Of each place: alignment, the tagger's score for PER, its best score, translation. 1.15 rewards the tagger's own entity of two words.
PERSON = 1.15 * (0.8 + 0.7) / 2
BY_HAND = {
    "alignment": [1, 2 / 3, 0, 0],
    "tagger": [PERSON, 0.8, 0.1, 0],
    "tagger_spans": [PERSON, 0.8, 0.6, 0],
    "translation": [0.9, 0.4, 0, 0],
}


def scores(weights, *, normalise=False, places=PLACES, evidence=EVIDENCE, pair=PAIR):
    return [each.score for each in fused(pair, places, weights, evidence, normalise=normalise)]


@pytest.mark.parametrize("term", BY_HAND)
def test_a_single_term(term):
    assert scores({term: 1}) == pytest.approx(BY_HAND[term])


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_sums(name):
    weights = PUBLISHED[name]
    by_hand = [sum(weight * BY_HAND[term][row] for term, weight in weights.items()) for row in range(len(PLACES))]
    assert scores(weights) == pytest.approx(by_hand)


def test_normalised_sums_are_means_of_shares():
    # Translation and alignment do not exceed 1 here and stay; the tagger's are divided by their greatest only where that exceeds 1.
    assert scores(PUBLISHED["all_fusion"], normalise=True) == pytest.approx(
        [(0.5 * a + 0.5 * t + n) / 2 for a, t, n in zip(BY_HAND["alignment"], BY_HAND["tagger_spans"], BY_HAND["translation"], strict=True)]
    )
    many = SentencePair(PAIR.target, PAIR.source, PAIR.entities, frozenset(Link(s, t) for s in (0, 1) for t in (0, 1)))
    assert scores({"alignment": 1}, pair=many) == pytest.approx([2, 4 / 3, 0, 0])
    assert scores({"alignment": 1}, pair=many, normalise=True) == pytest.approx([1, 2 / 3, 0, 0])


@given(st.dictionaries(st.sampled_from(TERMS), st.floats(0.01, 3), min_size=1), st.sets(st.tuples(st.integers(0, 1), st.integers(0, 3))))
def test_normalised_sums_lie_between_0_and_1(weights, links):
    pair = SentencePair(PAIR.target, PAIR.source, PAIR.entities, frozenset(Link(*link) for link in links))
    places = [(0, span) for span in ngrams(4, 4)]
    assert all(0 <= score <= 1 + 1e-9 for score in scores(weights, normalise=True, places=places, pair=pair))


def test_a_weight_of_0_asks_for_nothing():
    assert scores({"alignment": 1, "tagger": 0}, evidence=Evidence()) == pytest.approx(BY_HAND["alignment"])
    with pytest.raises(ValueError, match="no tagger has read"):
        scores({"tagger": 1}, evidence=Evidence())


def test_pairs_stand_in_the_order_of_the_places_and_may_be_none():
    pairs = fused(PAIR, PLACES, {"alignment": 1}, EVIDENCE, normalise=True)
    assert [(each.entity, (each.start, each.end)) for each in pairs] == PLACES
    assert fused(PAIR, [], PUBLISHED["all_fusion"], EVIDENCE, normalise=True) == []


@given(
    st.sets(st.tuples(st.integers(0, 2), st.integers(0, 4))),
    st.lists(st.lists(st.floats(0.01, 1), min_size=5, max_size=5), min_size=5, max_size=5),
)
def test_pruning_keeps_every_place_that_another_term_speaks_for(links, rows):
    marginals = np.array(rows) / np.sum(rows, axis=1, keepdims=True)
    pair = SentencePair(("w",) * 5, ("v",) * 3, (Span(0, 2, "PER"), Span(2, 3, "LOC")), frozenset(Link(*link) for link in links))
    evidence = Evidence(tagger=TaggerScores(marginals, LABELS))
    places = [(entity, span) for entity in (0, 1) for span in ngrams(5, 4)]
    kept = plausible(pair, places, evidence)
    assert kept == [place for place in places if place in set(kept)]
    for term in ("alignment", "coverage", "tagger", "tagger_spans"):
        found = fused(pair, places, {term: 1}, evidence, normalise=False)
        assert {(each.entity, (each.start, each.end)) for each in found if each.score > 0} <= set(kept)


def test_pruning_drops_what_nothing_speaks_for():
    assert plausible(PAIR, PLACES, EVIDENCE) == PLACES[:3]
    assert plausible(PAIR, PLACES, Evidence()) == PLACES[:2]


def test_a_tagger_whose_types_are_all_dropped_says_nothing():
    silent = Evidence(tagger=TaggerScores(np.ones((4, 1)), ("O",)))
    assert scores({"tagger_spans": 1}, evidence=silent) == [0, 0, 0, 0]
    assert plausible(PAIR, PLACES, silent) == PLACES[:2]
