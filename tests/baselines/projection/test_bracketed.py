"""Back-translation with brackets, by an invented translator."""

import re

import pytest

pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("sacremoses")
pytest.importorskip("nltk")
from boundarybench.schemes import Span
from boundarybench_baselines.projection.bracketed import carried_back, target_words
from boundarybench_baselines.translation.neural import Failure

LEXICON = {"Tundo": "Tundu", "saw": "kala", "Lirab": "Lirabe", "and": "na", "river": "mto", "big": "kubwa"}
SENTENCE = (["Tundo", "saw", "Lirab", "."], [Span(0, 1, "PER"), Span(2, 3, "LOC")])


class Translator:
    """Word by word; `broken` texts fail. Keeps what it was asked."""

    def __init__(self, broken=(), keeps_brackets=True):
        self.broken, self.keeps_brackets, self.asked = broken, keeps_brackets, []

    def __call__(self, texts):
        self.asked.append(list(texts))
        return [Failure("no end") if text in self.broken else self._of(text) for text in texts]

    def _of(self, text):
        text = re.sub(r"\w+", lambda word: LEXICON.get(word[0], word[0]), text)
        return text if self.keeps_brackets else text.replace("[", "").replace("]", "")


def test_entities_are_carried_to_the_words_of_the_back_translation():
    assert carried_back([SENTENCE], Translator(), "sw") == [(("Tundu", "kala", "Lirabe", "."), ((0, 1), (2, 3)))]


def test_sentences_with_brackets_and_names_alone_are_translated_in_one_call_each_name_once():
    translate = Translator()
    more = (["Lirab", "and", "Tundo"], [Span(0, 1, "LOC"), Span(2, 3, "PER")])
    carried_back([SENTENCE, more], translate, "sw")
    assert translate.asked == [["[Tundo] saw [Lirab].", "[Lirab] and [Tundo]", "Tundo", "Lirab"]]


def test_an_entity_of_several_words():
    sentence = (["the", "big", "river", "Lirab"], [Span(1, 4, "LOC")])
    assert carried_back([sentence], Translator(), "sw") == [(("the", "kubwa", "mto", "Lirabe"), ((1, 4),))]


def test_brackets_that_are_lost_lose_the_entities_and_keep_the_words():
    assert carried_back([SENTENCE], Translator(keeps_brackets=False), "sw") == [(("Tundu", "kala", "Lirabe", "."), (None, None))]


def test_a_sentence_that_cannot_be_translated_has_failed_and_no_other():
    found = carried_back([SENTENCE, (["Tundo"], [])], Translator(broken=["[Tundo] saw [Lirab]."]), "sw")
    assert found == [Failure("no end"), (("Tundu",), ())]


def test_a_name_that_cannot_be_translated_is_lost_alone():
    ((words, spans),) = carried_back([SENTENCE], Translator(broken=["Tundo"]), "sw")
    assert spans[0] is None
    assert words[spans[1][0] : spans[1][1]] == ("Lirabe",)


def test_no_sentences():
    assert carried_back([], Translator(), "sw") == []


@pytest.mark.parametrize("lang", ["ja", "th", "zh"])
def test_languages_without_spaces_have_a_character_each(lang):
    assert target_words("北京 2。", lang) == ["北", "京", "2", "。"]
    assert target_words("Bukor, Zeng", "sw") == ["Bukor", ",", "Zeng"]
