"""Words of a translation as the tagger knows them, and the files of stored translations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundarybench.errors import DataError, UsageError
from boundarybench_baselines.translation.stored_translations import Translation, read
from boundarybench_baselines.translation.word_splitting import split


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Kenya's envoy said: “No.”", ["Kenya", "'s", "envoy", "said", ":", '"', "No", ".", '"']),
        ("Mr. Smith (U.S.) went.", ["Mr.", "Smith", "(", "U.S.", ")", "went", "."]),
        ("It cost 3.5 and 1,000.", ["It", "cost", "3.5", "and", "1,000", "."]),
        ("A & B <c>", ["A", "&", "B", "<", "c", ">"]),
    ],
)
def test_english(text, words):
    assert split(text, "en") == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L’objectif d'aujourd’hui", ["L'", "objectif", "d'", "aujourd'hui"]),
        ("qu'il s'est « rendu »", ["qu'", "il", "s'", "est", '"', "rendu", '"']),
    ],
)
def test_french(text, words):
    assert split(text, "fr") == words


@given(st.text(max_size=40), st.sampled_from(["en", "fr", "luo"]))
def test_words_are_not_empty_and_hold_no_white_space(text, language):
    assert all(word and not word.isspace() for word in split(text, language))


def test_reading(tmp_path):
    path = tmp_path / "luo.jsonl"
    path.write_text('{"id": "luo-00003", "source_lang": "en", "translation": "A\\u2028b"}\n')
    assert read(path) == [Translation("luo-00003", "en", "A\u2028b")]


@pytest.mark.parametrize(
    "line",
    [
        '{"id": "a"}',
        "[]",
        "",
        '{"id": "a", "source_lang": "en", "translation": "x", "more": 1}',
        '{"id": 1, "source_lang": "en", "translation": "x"}',
    ],
)
def test_a_line_that_is_no_translation_is_named(tmp_path, line):
    path = tmp_path / "x.jsonl"
    path.write_text('{"id": "b", "source_lang": "en", "translation": "x"}\n' + line + "\n")
    with pytest.raises(DataError, match=r"x\.jsonl:2: not a translation"):
        read(path)


def test_an_id_that_stands_twice_and_a_missing_file(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"id": "b", "source_lang": "en", "translation": "x"}\n' * 2)
    with pytest.raises(DataError, match="stands twice"):
        read(path)
    with pytest.raises(UsageError):
        read(tmp_path / "none.jsonl")


def test_real_translations_belong_to_their_sentences(data):
    from experiments.corpora import MASAKHANER, masakhaner_gold

    total = 0
    for lang, source in MASAKHANER.items():
        sentences = len(masakhaner_gold(data, lang, "test"))
        translations = read(data / "translations" / "masakhaner2" / "test" / f"{lang}.jsonl")
        assert {translation.source_lang for translation in translations} == {source}
        assert all(0 <= int(translation.id.rpartition("-")[2]) < sentences for translation in translations)
        total += len(translations)
    assert total == 11_630
