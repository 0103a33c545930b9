"""Near-copies are caught however they are written, and unrelated sentences are not."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from experiments.near_copies import CONTAINMENT, FLOOR, LEAST, RATIO, SHINGLE, Likeness, letters, likeness

#: Invented words, long enough together that a sentence of ten has 50 letters.
WORDS = [
    f"{first}{second}{third}" for first in ("dú", "bâ", "ẹ́k", "mọ") for second in ("ra", "ni", "ŋo", "ɛl") for third in ("ku", "s", "ti")
]
sentences = st.lists(st.sampled_from(WORDS), min_size=10, max_size=20, unique=True).map(" ".join)


def is_copy(text, sentence):
    return likeness([text], ["another one", sentence])[0].is_copy


@given(sentences, st.integers(1, 9999), st.sampled_from(("NFC", "NFD", "NFKC", "NFKD")))
def test_numbers_case_splitting_and_normal_form_hide_nothing(sentence, number, form):
    written = f"{number}- " + unicodedata.normalize(form, sentence).replace(" ", ", ").upper() + " !"
    assert likeness([written], [sentence]) == [Likeness(100.0, 100.0)]


@given(sentences, st.data())
def test_changed_letters_hide_nothing(sentence, data):
    """One in eight."""
    spelt = list(letters(sentence))
    for place in data.draw(st.sets(st.integers(0, len(spelt) - 1), max_size=len(spelt) // 8)):
        spelt[place] = "x"
    assert is_copy("".join(spelt), sentence)


@given(sentences, sentences)
def test_a_clause_more_on_either_side_hides_nothing(sentence, clause):
    assert is_copy(f"{clause} {sentence}", sentence)
    assert is_copy(sentence, f"{sentence} {clause} {clause}")


@given(st.permutations(WORDS))
def test_other_sentences_of_the_same_language_are_no_copies(words):
    """Not a word in common, and every letter."""
    assert not is_copy(" ".join(words[:15]), " ".join(words[15:30]))


def test_a_short_phrase_inside_a_sentence_is_no_copy():
    phrase = "abcdefgh" * 3
    assert len(phrase) == LEAST
    long = f"{phrase} qrstuvw xyzqr stuvwxyz qrstuv wxyzq rstuvw xyzqrst"
    assert is_copy(phrase, long)
    assert not is_copy(phrase[1:], long)


@pytest.mark.parametrize("text", ["", "12 - 3 !", "ʼ", "\u0301"])
def test_what_has_no_letters_is_like_nothing(text):
    assert likeness([text, "a"], [text, "a"]) == [Likeness(0.0, 0.0), Likeness(100.0, 0.0)]
    assert likeness([text], []) == [Likeness(0.0, 0.0)]
    assert likeness([], [text]) == []


def test_letters():
    """Marks, digits, modifier letters and spaces go; what case folding makes of a letter is taken apart too."""
    assert letters("Ọ̀kà 12-ŉ ʼƁaʼ ﬁ ẞ") == "okanɓafiss"
    assert letters("ɛ̀ Ɛ ŋ") == "ɛɛŋ"


@given(st.text("ab", max_size=60), st.lists(st.text("abc", max_size=60), max_size=4))
def test_both_figures_are_what_their_formulas_say(text, others):
    best_ratio = best_containment = 0.0
    for other in others:
        if text and other:
            ratio = 100 * 2 * common(text, other) / (len(text) + len(other))
            best_ratio = max(best_ratio, ratio if ratio >= FLOOR else 0)
        if min(len(text), len(other)) >= LEAST:
            one, two = ({each[at : at + SHINGLE] for at in range(len(each) - SHINGLE + 1)} for each in (text, other))
            best_containment = max(best_containment, 100 * len(one & two) / min(len(one), len(two)))
    found = likeness([text], others)[0]
    assert found == pytest.approx((best_ratio, best_containment))
    assert found.is_copy == (found.ratio >= RATIO or found.containment >= CONTAINMENT)


def common(one, two):
    """The length of the longest common subsequence."""
    row = [0] * (len(two) + 1)
    for letter in one:
        above = row
        row = [0]
        for at, other in enumerate(two):
            row.append(above[at] + 1 if letter == other else max(above[at + 1], row[at]))
    return row[-1]
