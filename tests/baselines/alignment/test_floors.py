"""The two aligners without training."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundarybench.suites import sample
from boundarybench_baselines.alignment.error_rate import compare
from boundarybench_baselines.alignment.floors import monotone, similar
from boundarybench_baselines.alignment.links import Link
from boundarybench_baselines.alignment.pharaoh import Alignment

SENTENCES = st.lists(st.text(max_size=4) | st.sampled_from(["", "Ada", "ada", "\u200d", "\u2028", "\u0085"]), max_size=6)


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        (2, 2, {(0, 0), (1, 1)}),
        (2, 4, {(0, 0), (0, 1), (1, 2), (1, 3)}),
        (4, 2, {(0, 0), (1, 0), (2, 1), (3, 1)}),
        (2, 3, {(0, 0), (0, 1), (1, 2)}),
        (0, 3, set()),
        (3, 0, set()),
        (0, 0, set()),
    ],
)
def test_monotone_by_hand(source: int, target: int, expected: set[tuple[int, int]]) -> None:
    assert monotone(["a"] * source, ["b"] * target) == expected


@given(SENTENCES, SENTENCES)
def test_monotone_links_every_word_and_crosses_nothing(source: list[str], target: list[str]) -> None:
    found = sorted(monotone(source, target))
    assert [link.target for link in found] == sorted(link.target for link in found)
    if source and target:
        assert {link.source for link in found} == set(range(len(source)))
        assert {link.target for link in found} == set(range(len(target)))


def test_similar_words_and_names() -> None:
    source, target = ["Yesterday", "Angela", "Merkel", "visited", "Nairobi"], ["Jana", "Merkels", "Angela", "alitembelea", "Nairobi"]
    assert similar(source, target) == {Link(1, 2), Link(2, 1), Link(4, 4)}


def test_a_name_that_occurs_twice_is_linked_in_order() -> None:
    assert similar(["Ada", "x", "Ada"], ["Ada", "qqq", "zzz", "Ada"]) == {Link(0, 0), Link(2, 3)}


def test_the_best_match_must_be_mutual() -> None:
    assert similar(["Merkels", "Merkel"], ["Merkel"]) == {Link(1, 0)}


@pytest.mark.parametrize(("one", "other", "linked"), [("abc", "abd", True), ("abcde", "abcxy", True), ("abcd", "abxy", False)])
def test_words_are_linked_from_a_similarity_of_three_fifths(one: str, other: str, linked: bool) -> None:
    assert bool(similar([one], [other])) == linked


def test_case_and_normal_form_make_no_difference() -> None:
    assert similar(["Yorùbá"], [unicodedata.normalize("NFD", "YORÙBÁ")]) == {Link(0, 0)}


@given(SENTENCES, SENTENCES)
def test_similar_links_are_in_range_and_one_to_one(source: list[str], target: list[str]) -> None:
    found = similar(source, target)
    assert all(0 <= link.source < len(source) and 0 <= link.target < len(target) for link in found)
    assert len({link.source for link in found}) == len({link.target for link in found}) == len(found)


@given(SENTENCES)
def test_a_sentence_is_similar_to_itself_word_by_word(words: list[str]) -> None:
    assert similar(words, words) == {Link(place, place) for place in range(len(words))}


@pytest.mark.parametrize(
    ("lang", "of_monotone", "of_similar"),
    [("de", 60.4, 36.8), ("hi", 76.0, 91.7), ("sw", 54.1, 45.0), ("tr", 71.8, 49.0), ("zh", 72.3, 97.3)],
)
def test_error_rates_on_the_sample_suite(lang: str, of_monotone: float, of_similar: float) -> None:
    pairs = [(one.tokens, other.tokens) for one, other in zip(sample.sentences("en", "test"), sample.sentences(lang, "test"), strict=True)]
    by_hand = [frozenset(Link(*link) for link in links) for links in sample.alignment(lang) or ()]
    gold = [Alignment(links, links) for links in by_hand]
    assert round(100 * compare([monotone(*pair) for pair in pairs], gold).error_rate, 1) == of_monotone
    assert round(100 * compare([similar(*pair) for pair in pairs], gold).error_rate, 1) == of_similar
