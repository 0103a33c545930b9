"""The sample suite: careful gold, checked sentence by sentence."""

import itertools
import re
import unicodedata
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from boundarybench.columns import parse
from boundarybench.gold.load import load
from boundarybench.suites import sample
from boundarybench.suites.manifests import packaged
from boundarybench.suites.pins import pins
from boundarybench.suites.sample import HAZARDS, SPLITS, SampleSentence, alignment, derived, sentences

SAMPLE = packaged()["sample"]

LANGUAGES = [language.code for language in SAMPLE.languages]
OTHERS = [lang for lang in LANGUAGES if lang != "en"]
ALIGNED = ("de", "hi", "sw", "tr", "zh")
FOLDER = Path(str(files(sample)))
SCRIPTS = {"Latn": "LATIN", "Ethi": "ETHIOPIC", "Deva": "DEVANAGARI", "Arab": "ARABIC", "Hans": "CJK"}


def keys(sentence: SampleSentence) -> dict[str, str]:
    return {entity.key: entity.type for entity in sentence.entities}


def test_sizes_and_domains() -> None:
    for lang in LANGUAGES:
        assert [sentence.index for sentence in sentences(lang)] == list(range(120))
    for split in SPLITS:
        assert Counter(sentence.domain for sentence in sentences("en", split)) == {"news": 30, "encyclopaedia": 30}
        types = Counter(entity.type for sentence in sentences("en", split) for entity in sentence.entities)
        assert min(types.values()) >= 35


@pytest.mark.parametrize("lang", OTHERS)
def test_every_entity_has_its_counterpart_or_a_reason(lang: str) -> None:
    for english, other in zip(sentences("en"), sentences(lang), strict=True):
        recorded = [found for note in other.notes if (found := re.match(r"([a-z](?:, [a-z])*) (missing|extra): \S", note))]
        reasons = {(key, found[2]) for found in recorded for key in found[1].split(", ")}
        for key in keys(english).keys() - keys(other).keys():
            assert (key, "missing") in reasons, (lang, other.index, key)
        for key in keys(other).keys() - keys(english).keys():
            assert (key, "extra") in reasons, (lang, other.index, key)
        for key in keys(english).keys() & keys(other).keys():
            assert keys(english)[key] == keys(other)[key], (lang, other.index, key)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_text(lang: str) -> None:
    texts = [sentence.text for sentence in sentences(lang)]
    assert len(set(texts)) == len(texts)
    for sentence in sentences(lang):
        assert sentence.text == unicodedata.normalize("NFC", sentence.text)
        assert sentence.text.isprintable()
        assert "  " not in sentence.text
        assert "".join(sentence.tokens) == "".join(sentence.text.split()), (lang, sentence.index)
        spans = [(entity.start, entity.end) for entity in sentence.entities]
        assert all(start < end for start, end in spans)
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(spans))
        assert len({entity.key for entity in sentence.entities}) == len(sentence.entities)


@pytest.mark.parametrize("language", SAMPLE.languages, ids=LANGUAGES)
def test_script(language: object) -> None:
    """The script of the language dominates in every sentence; brands and acronyms may be Latin anywhere."""
    expected = SCRIPTS[language.script]
    for sentence in sentences(language.code):
        scripts = Counter(unicodedata.name(character).split()[0] for character in sentence.text if character.isalpha())
        assert scripts[expected] > 0.5 * scripts.total(), (language.code, sentence.index)
        assert set(scripts) <= {expected, "LATIN", "MODIFIER"}, (language.code, sentence.index, scripts)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_hazards(lang: str) -> None:
    for sentence in sentences(lang):
        hazards, spans = set(sentence.hazards), sentence.entities
        assert hazards <= set(HAZARDS)
        inside = [sentence.tokens[position] for entity in spans for position in range(entity.start, entity.end)]
        assert ("no-entity" in hazards) == (not spans), (lang, sentence.index)
        touching = {a.end for a in spans} & {b.start for b in spans}
        assert ("adjacent-entities" in hazards) == bool(touching), (lang, sentence.index)
        assert ("long-name" in hazards) == any(entity.end - entity.start >= 5 for entity in spans), (lang, sentence.index)
        assert ("digits-inside" in hazards) == any(re.search(r"\d", token) for token in inside), (lang, sentence.index)
        assert ("right-to-left" in hazards) == (lang == "ar" and bool(spans))
        assert ("unspaced-script" in hazards) == (lang == "zh" and bool(spans))


def test_every_hazard_occurs_in_both_halves() -> None:
    for split in SPLITS:
        found = Counter(hazard for lang in LANGUAGES for sentence in sentences(lang, split) for hazard in sentence.hazards)
        assert min(found[hazard] for hazard in HAZARDS) >= 3
        assert set(found) == set(HAZARDS)


@pytest.mark.parametrize("lang", ALIGNED)
def test_alignments(lang: str) -> None:
    links = alignment(lang)
    assert links is not None
    assert len(links) == 60
    for english, other, sentence in zip(sentences("en", "test"), sentences(lang, "test"), links, strict=True):
        assert sentence == sorted(set(sentence))
        assert all(0 <= i < len(english.tokens) and 0 <= j < len(other.tokens) for i, j in sentence), (lang, english.index)
        spans = {entity.key: entity for entity in other.entities}
        for entity in english.entities:
            counterpart = spans.get(entity.key)
            if counterpart is None:
                continue
            # Words outside may point into the counterpart: a preposition to the name that its case ending is glued to.
            linked = {j for i, j in sentence if entity.start <= i < entity.end}
            assert linked, (lang, english.index, entity)
            assert linked <= set(range(counterpart.start, counterpart.end)), (lang, english.index, entity)


def test_derived_files_are_fresh_and_loaded() -> None:
    for name, content in derived():
        assert (FOLDER / name).read_text(encoding="utf-8") == content, f"run: python -m boundarybench.suites.sample ({name})"
    for lang in LANGUAGES:
        for split in SPLITS:
            gold = load("sample", lang, split)
            assert gold.pinned, f"run: boundarybench gold pin --suite sample --source TEXT ({lang}, {split})"
            assert gold.sentences == 60
            assert sum(gold.entities().values()) == sum(len(sentence.entities) for sentence in sentences(lang, split))
            read = parse((FOLDER / split / f"{lang}.conll").read_text(encoding="utf-8"), lang)
            assert [list(row.tags) for row in read] == [sentence.tags() for sentence in sentences(lang, split)]


def test_only_whole_sets_are_pinned() -> None:
    assert len(pins(SAMPLE)) == len(LANGUAGES) * len(SPLITS)


def test_the_suite_is_small() -> None:
    assert sum(file.stat().st_size for file in FOLDER.rglob("*") if file.is_file() and file.suffix != ".pyc") < 1_000_000


def _plain(tokens: list[str]) -> str:
    """Letters and digits alone, lower case: a copied sentence is found whatever its tokenisation."""
    return "".join(character for character in "".join(tokens).casefold() if character.isalnum())


@pytest.mark.slow
def test_no_sentence_stands_in_third_party_data(data: Path) -> None:
    ours = {_plain(list(sentence.tokens)) for lang in LANGUAGES for sentence in sentences(lang)}
    for file in sorted(data.rglob("*")):
        if file.suffix not in {".txt", ".tsv", ".conll02", ".jsonl", ".src-tgt"}:
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        column_file = "masakhaner" in str(file) or "panx" in str(file) or "ner" in file.parts[-3]
        units = re.split(r"\n\s*\n", text) if column_file else re.split(r"[\n\t]", text)
        for unit in units:
            words = [line.split()[0] for line in unit.split("\n") if line.split()] if column_file else [unit]
            assert _plain(words) not in ours or not _plain(words), file
