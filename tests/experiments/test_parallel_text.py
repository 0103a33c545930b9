"""What may be learnt from parallel text, and lexica that are stored as places in it."""

import json
from itertools import product

import pytest

from boundarybench.errors import DataError, UsageError
from boundarybench.languages import same_language
from boundarybench.suites import pins
from boundarybench.suites.manifests import packaged
from boundarybench_baselines.alignment.links import Link
from boundarybench_baselines.alignment.statistical import Directions
from boundarybench_baselines.translation import gloss
from experiments import corpora, held_out, lexica, parallel_text
from experiments.lexica import LexiconSettings, Place
from experiments.parallel_text import Pair


@pytest.fixture
def invented(tmp_path, monkeypatch):
    """A data folder of one language with invented words, of which one sentence is a dev sentence and one original is a test sentence's."""
    for suite in packaged().values():
        for code, split in product(same_language("swa"), held_out.SPLITS):
            if pins.key(code, split) in pins.pins(suite) and suite.source.mirror:
                path = tmp_path / suite.source.mirror.format(lang=code, split=split)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("Dudu O\n, O\nbaba O\nkubwa O\n" if (code, split) == ("sw", "dev") else "x\tO\n")
    for lang, source in corpora.MASAKHANER.items():
        for split in held_out.SPLITS:
            stored = tmp_path / "translations" / "masakhaner2" / split
            stored.mkdir(parents=True, exist_ok=True)
            original = "The “seen” one." if (lang, split) == ("luo", "test") else "other"
            line = {"id": f"{lang}-00000", "source_lang": source, "translation": original}
            (stored / f"{lang}.jsonl").write_text(json.dumps(line) + "\n")
    (tmp_path / "parallel").mkdir()
    (tmp_path / "parallel" / "en-swa.tsv").write_text("\n".join(LINES))
    held_out.originals.cache_clear()
    monkeypatch.setattr(lexica, "STORE", tmp_path / "lexica")
    return tmp_path


LINES = [
    "Fresh one\tmoja mpya",
    '12. the "sen" one\tmoja ya',
    "Insect, father\t7- dudu ,BÀBA kubva",
    "no tab",
    "A fresh word\tneno mpya",
]


def test_nothing_of_dev_and_test_is_learnt_from(invented):
    """Near-copies count, on either side: of the sentences of any suite in the language, and of an original of any language."""
    assert [pair.line for pair in parallel_text.pairs(invented, "swa")] == [0, 1, 2, 4]
    assert [pair.line for pair in parallel_text.unseen(invented, "swa")] == [0, 4]


def test_a_held_out_set_that_is_not_there_is_not_passed_over(invented):
    for path in (invented / "masakhaner2" / "swa" / "dev.txt", invented / "translations" / "masakhaner2" / "test" / "luo.jsonl"):
        path.rename(path.with_suffix(".away"))
        held_out.originals.cache_clear()
        with pytest.raises(UsageError, match=path.name):
            parallel_text.unseen(invented, "swa")
        path.with_suffix(".away").rename(path)


def test_every_language_of_parallel_text_has_held_out_sentences(data):
    """By all of its codes: those of PAN-X, too."""
    for lang in parallel_text.SOURCES:
        found = held_out.sentences(data, lang)
        assert {" ".join(sentence.tokens or ()) for sentence in corpora.masakhaner_gold(data, lang, "test")} <= set(found)
    assert len(held_out.sentences(data, "yor")) > len(corpora.masakhaner_gold(data, "yor", "test")) + 1000


def links(*each):
    found = frozenset(Link(*link) for link in each)
    return Directions(found, found)


PAIRS = [Pair(0, "Fresh one", "moja mpya"), Pair(4, "A fresh word", "neno mpya"), Pair(7, "word , word", "neno , neno")]
WORDS = [(["Fresh", "one"], ["moja", "mpya"]), (["A", "fresh", "word"], ["neno", "mpya"])]
WORDS.append((["word", ",", "word"], ["neno", ",", "neno"]))
LINKS = [links((0, 1), (1, 0)), links((0, 0), (2, 0), (1, 1)), links((0, 0), (1, 1), (2, 2))]


def test_a_lexicon_is_learnt_from_links():
    found = lexica.learn(PAIRS, WORDS, LINKS, LexiconSettings("intersection", 1, 1))
    # mpya: written in lower case inside a sentence; neno: not the gap of A ... word; a comma is no word
    assert found == [Place(0, 0, 1, 1), Place(4, 1, 1, 1), Place(7, 0, 0, 1)]
    assert lexica.learn(PAIRS, WORDS, LINKS, LexiconSettings("intersection", 1, 3)) == []
    phrases = lexica.learn(PAIRS[:1], WORDS[:1], [links((0, 0), (1, 0))], LexiconSettings("union", 2, 1))
    assert phrases == [Place(0, 0, 0, 2)]


def test_a_lexicon_comes_back_from_its_places(invented):
    places = lexica.learn(PAIRS[:2], WORDS[:2], LINKS[:2], LexiconSettings("intersection", 1, 1))
    lexica.store("swa", places)
    lexica.restore(invented, "swa", invented / "swa.tsv")
    restored = gloss.read(invented / "swa.tsv")
    assert restored == lexica.lexicon(places, {0: WORDS[0], 4: WORDS[1]})
    assert gloss.translate(["Neno", "mpya", "moja"], restored).words == ("Neno", "fresh", "one")
    assert "fresh" not in (invented / "lexica" / "swa.gz").read_bytes().decode("latin-1")


def test_other_parallel_text_is_refused(invented):
    for place in (Place(3, 0, 0, 1), Place(99, 0, 0, 1), Place(0, 5, 0, 1), Place(0, 0, 1, 3)):
        lexica.store("swa", [place])
        with pytest.raises(DataError, match="not that which the lexicon was learnt from"):
            lexica.restore(invented, "swa", invented / "swa.tsv")
