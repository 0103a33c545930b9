"""Words to running text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("nltk")
from boundarybench_baselines.translation.detokenise import detokenise


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["Mira", "'s", "friend", ",", "Tundo", ",", "left", "."], "Mira's friend, Tundo, left."),
        (["He", "did", "n't", "say", "``", "no", "''", "."], 'He didn\'t say "no".'),
        (["say", '"', "no", '"'], 'say " no "'),  # as published: a plain quote does not say which side it belongs to
        (["[", "Tundo", "]", "left"], "[Tundo] left"),
        (["one"], "one"),
        ([], ""),
    ],
)
def test_text(words, text):
    assert detokenise(words, "en") == text


@pytest.mark.parametrize("lang", ["ja", "th", "zh"])
def test_languages_without_spaces(lang):
    assert detokenise(["北", "京", "2", "。"], lang) == "北京2。"


@given(st.lists(st.text(st.characters(categories=["Ll", "Lu", "Lo"]), min_size=1, max_size=5), max_size=8), st.sampled_from(["sw", "zh"]))
def test_letters_are_kept_in_their_order(words, lang):
    assert detokenise(words, lang).replace(" ", "") == "".join(words)
