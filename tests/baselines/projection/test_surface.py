"""The terms of the recommended method: bounds, and what each speaks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundarybench.schemes import Span
from boundarybench_baselines.alignment.links import Link
from boundarybench_baselines.projection.pair import SentencePair
from boundarybench_baselines.projection.surface import Terms, similarity, terms


def pair(target, source, entities, links):
    return SentencePair(
        tuple(target.split()),
        tuple(source.split()),
        tuple(Span(*each, "PER") for each in entities),
        frozenset(Link(*each) for each in links),
    )


def of(sentence, span, entity=0):
    return next(found for index, candidate, found in terms(sentence, 10) if (index, candidate) == (entity, span))


def test_a_perfect_copy_has_all_terms_at_one():
    sentence = pair("leo Angela Merkel alisema", "today Angela Merkel said", [(1, 3)], [(0, 0), (1, 1), (2, 2), (3, 3)])
    assert of(sentence, (1, 3)) == Terms(1, 1, 1, 1, 1, 1, 1, 1)


def test_a_word_left_out_opens_the_span():
    sentence = pair("leo Angela Merkel alisema", "today Angela Merkel said", [(1, 3)], [(1, 1), (2, 2)])
    shorter = of(sentence, (1, 2))
    assert shorter.closed == 0.5
    assert shorter.coverage == pytest.approx(2 / 3)


def test_a_name_goes_on_beyond_a_gap_of_one_word():
    sentence = pair("la Bolsa de Barcelona hoy", "the Barcelona Stock Exchange today", [(1, 4)], [(1, 3), (2, 1), (3, 1)])
    assert of(sentence, (3, 4)).isolated == 0.5
    assert of(sentence, (1, 4)).isolated == 1.0
    lower = pair("la bolsa de Barcelona hoy", "the Barcelona Stock Exchange today", [(1, 4)], [(1, 3), (2, 1), (3, 1)])
    assert of(lower, (3, 4)).isolated == 1.0


def test_names_are_found_without_links():
    sentence = pair("mji wa Nairobi ni mkubwa", "the city of Nairobi is big", [(3, 4)], [])
    assert of(sentence, (2, 3)).similarity == 1.0
    assert [candidate for _, candidate, _ in terms(sentence, 10)] == [(2, 3)]


def test_a_free_capitalised_neighbour_can_belong_to_the_name():
    sentence = pair("alikutana na Mwai Kibaki jana", "he met Kibaki yesterday", [(2, 3)], [(2, 3)])
    alone, both = of(sentence, (3, 4)), of(sentence, (2, 4))
    assert alone.case_closed < both.case_closed == 1.0
    linked_elsewhere = pair("alikutana na Mwai Kibaki jana", "he met Kibaki yesterday", [(2, 3)], [(2, 3), (1, 2)])
    assert of(linked_elsewhere, (3, 4)).case_closed == 1.0


def test_a_link_to_a_lower_case_word_is_doubted_where_the_entity_is_capitalised():
    assert of(pair("a mkutano b", "the Commission met", [(1, 2)], [(1, 1)]), (1, 2)).cased_ends == 0.0
    assert of(pair("a mkutano b", "the commission met", [(1, 2)], [(1, 1)]), (1, 2)).cased_ends == 1.0


def test_a_script_without_case_says_nothing_about_case():
    found = of(pair("今天 安格拉 默克尔 说", "today Angela Merkel said", [(1, 3)], [(1, 1), (2, 2)]), (1, 3))
    assert (found.cased_ends, found.case_closed) == (1.0, 1.0)


def test_words_linked_elsewhere_are_not_exclusive():
    sentence = pair("Angela na Merkel", "Angela met Merkel", [(0, 1), (2, 3)], [(0, 0), (1, 1), (2, 2), (0, 2)])
    assert of(sentence, (0, 3)).exclusive == pytest.approx(2 / 3)


def test_a_name_that_occurs_twice_is_not_taken_for_the_other():
    sentence = pair("Kenya Kenya Kenya", "Kenya Kenya Kenya", [(0, 1), (1, 2), (2, 3)], [(0, 0), (1, 1), (2, 2)])
    assert [(index, candidate) for index, candidate, _ in terms(sentence, 10)] == [(0, (0, 1)), (1, (1, 2)), (2, (2, 3))]


def test_similarity():
    assert similarity("nairobi", "nairobi") == 1.0
    assert similarity("europeo", "european") == pytest.approx(0.8)
    assert similarity("ab", "abc") == 0.0
    assert similarity("abcd", "wxyz") == 0.0


@st.composite
def sentences(draw):
    word = st.sampled_from(["Kenya", "kenya", "Kenia", ".", "3", "in", "Uhuru", "中国", "", "a\u2028b"])
    target, source = draw(st.lists(word, max_size=7)), draw(st.lists(word, min_size=1, max_size=6))
    links = (
        draw(st.frozensets(st.builds(Link, st.integers(0, len(source) - 1), st.integers(0, len(target) - 1)), max_size=8)) if target else []
    )
    starts = draw(st.lists(st.integers(0, len(source) - 1), max_size=3))
    return SentencePair(tuple(target), tuple(source), tuple(Span(start, len(source), "LOC") for start in starts), frozenset(links))


@given(sentences(), st.integers(1, 4))
def test_terms_are_bounded_and_candidates_distinct_and_in_range(sentence, longest):
    found = terms(sentence, longest)
    assert len({(index, candidate) for index, candidate, _ in found}) == len(found)
    for index, (start, end), values in found:
        assert 0 <= index < len(sentence.entities)
        assert 0 <= start < end <= len(sentence.target)
        assert end - start <= longest
        assert all(0 <= value <= 1 + 1e-12 for value in values)
