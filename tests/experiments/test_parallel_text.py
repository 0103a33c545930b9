"""What may be learnt from parallel text, and lexica that are stored as places in it."""

import pytest

from boundarybench.errors import DataError
from boundarybench_baselines.alignment.links import Link
from boundarybench_baselines.alignment.statistical import Directions
from boundarybench_baselines.translation import gloss
from experiments import lexica, parallel_text
from experiments.lexica import LexiconSettings, Place
from experiments.parallel_text import Pair


@pytest.fixture
def invented(tmp_path, monkeypatch):
    """A data folder of one language with invented words, of which one sentence is a dev sentence and one original is a test sentence's."""
    for lang, source in parallel_text.SOURCES.items():
        for split in ("dev", "test"):
            folder = tmp_path / "masakhaner2" / lang
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{split}.txt").write_text("Dudu O\n, O\nbaba O\n" if lang == "swa" and split == "dev" else "x O\n")
            stored = tmp_path / "translations" / "masakhaner2" / split
            stored.mkdir(parents=True, exist_ok=True)
            line = '{"id": "luo-00000", "source_lang": "en", "translation": "The “seen” one."}\n' if lang == "luo" else ""
            (stored / f"{lang}.jsonl").write_text(line or f'{{"id": "{lang}-00000", "source_lang": "{source}", "translation": "other"}}\n')
    (tmp_path / "parallel").mkdir()
    lines = ["Fresh one\tmoja mpya", 'the "seen" one\tmoja ya', "Insect, father\tdudu ,BABA", "no tab", "A fresh word\tneno mpya"]
    (tmp_path / "parallel" / "en-swa.tsv").write_text("\n".join(lines))
    parallel_text._originals.cache_clear()
    monkeypatch.setattr(lexica, "STORE", tmp_path / "lexica")
    return tmp_path


def test_nothing_of_dev_and_test_is_learnt_from(invented):
    """Compared without case, punctuation and splitting; an original of any language counts."""
    assert [pair.line for pair in parallel_text.pairs(invented, "swa")] == [0, 1, 2, 4]
    assert [pair.line for pair in parallel_text.unseen(invented, "swa")] == [0, 4]


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
