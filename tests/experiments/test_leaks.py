"""No stored lexicon stands on a near-copy of a dev or test sentence, no tagger was trained on one; and the table that says so."""

import random

import pytest

from boundarybench.columns import read_sentences
from experiments import held_out, leaks, lexica, parallel_text, taggers
from experiments.near_copies import Likeness, likeness

#: Lines of each resource that are compared on every run; `make leaks` compares all.
SAMPLE = 100


def sample(lines):
    """The same on every run; all where there are few."""
    return random.Random(1).sample(lines, min(SAMPLE, len(lines)))


@pytest.mark.parametrize("lang", parallel_text.SOURCES)
def test_a_lexicon_stands_on_no_near_copy(data, lang):
    used = {place.line for place in lexica.stored(lang)}
    pairs = sample([pair for pair in parallel_text.pairs(data, lang) if pair.line in used])
    targets = likeness([pair.target for pair in pairs], held_out.sentences(data, lang))
    sources = likeness([pair.source for pair in pairs], held_out.originals(data, parallel_text.SOURCES[lang]))
    assert [pair.line for pair, *sides in zip(pairs, targets, sources, strict=True) if any(side.is_copy for side in sides)] == []


@pytest.mark.parametrize(
    "path", sorted({path for recipe in taggers.RECIPES.values() for path in recipe.sets if path.startswith("source-ner")})
)
def test_a_tagger_was_trained_on_no_near_copy_of_what_it_reads(data, path):
    lang = path.split("/")[1]
    texts = sample([" ".join(sentence.tokens or ()) for sentence in read_sentences(data / path)])
    assert not [text for text, found in zip(texts, likeness(texts, held_out.originals(data, lang)), strict=True) if found.is_copy]


@pytest.fixture
def lines():
    """Both sides of eight lines: each rule alone, two at once, and two lines that are left."""
    copy, contained, unlike, half = Likeness(80.0, 0.0), Likeness(0.0, 70.0), Likeness(0.0, 0.0), Likeness(79.5, 69.0)
    return [
        (copy, unlike),
        (unlike, copy),
        (copy, copy),
        (contained, unlike),
        (unlike, contained),
        (contained, copy),
        (half, unlike),
        (unlike, half),
    ]


def test_a_line_is_counted_once_by_the_first_rule_that_takes_it_out(lines):
    found = leaks.row("text", "swa", "tests", *zip(*lines, strict=True))
    assert found == ("text", "swa", "tests", 8, 2, 2, 2, 79.5, 69.0)


def test_a_set_with_one_side(lines):
    found = leaks.row("text", "swa", "tests", [target for target, _ in lines])
    assert found == ("text", "swa", "tests", 8, 2, 0, 2, 79.5, 69.0)
    assert leaks.row("text", "swa", "tests", []) == ("text", "swa", "tests", 0, 0, 0, 0, 0.0, 0.0)
    assert "| text       | swa" in leaks.table([found])
