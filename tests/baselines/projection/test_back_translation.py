"""Back-translation: brackets, fuzzy matching without the published errors, replacement and evidence."""

import pytest

from boundarybench.schemes import Span
from boundarybench_baselines.alignment.links import Link
from boundarybench_baselines.projection.back_translation import BackTranslation, carry, marked, replaced, with_evidence
from boundarybench_baselines.projection.matching.instance import Pair
from boundarybench_baselines.projection.pair import SentencePair

OBAMA = SentencePair(
    ("Obama", "alikutana", "na", "Merkel"),
    ("Obama", "met", "Merkel"),
    (Span(0, 1, "PER"), Span(2, 3, "PER")),
    frozenset({Link(0, 0)}),
)


def links(*pairs):
    return frozenset(Link(*pair) for pair in pairs)


def test_marked():
    assert marked(OBAMA.source, OBAMA.entities) == ["[", "Obama", "]", "met", "[", "Merkel", "]"]
    assert marked(["New", "York"], [Span(0, 2, "LOC")]) == ["[", "New", "York", "]"]


def test_the_most_similar_translation_is_taken_not_the_last_one():
    words, spans = carry("[Obama] alikutana", ["Obama", "Osama"], str.split)
    assert (words, spans) == (("Obama", "alikutana"), ((0, 1), None))


def test_one_character_names_match():
    assert carry("a [A] b", ["A"], str.split) == (("a", "A", "b"), ((1, 2),))


def test_groups_and_entities_that_find_no_counterpart():
    words, spans = carry("[Kenya] na [xyz] pia [Obama", ["Obama", "Kenya"], str.split)
    assert spans == (None, (0, 1))
    assert words == ("Kenya", "na", "[xyz]", "pia", "[Obama")
    assert carry("[] x", [""], str.split) == (("[]", "x"), (None,))


def test_two_entities_with_one_name_take_their_groups_in_order():
    assert carry("[Kenya] [Kenya]", ["Kenya", "Kenya"], str.split)[1] == ((0, 1), (1, 2))


def test_replacement_loses_what_the_brackets_lost():
    back = BackTranslation(("Obama", "alikutana", "na", "Merkel"), ((0, 1), None), links((0, 0), (3, 3)))
    new = replaced(OBAMA, back)
    assert new.entities == (Span(0, 1, "PER"),)
    assert (new.source, new.links) == (back.words, back.links)


def test_evidence_only_adds():
    back = BackTranslation(("Obama", "alikutana", "na", "Merkel"), (None, (3, 4)), links((0, 0), (3, 3)))
    found = with_evidence(OBAMA, [Pair(0, 0, 1, 1.0)], back, weight=0.5)
    assert found == [Pair(0, 0, 1, pytest.approx(1 / 1.5)), Pair(1, 3, 4, pytest.approx(0.5 / 1.5))]
    agreeing = BackTranslation(back.words, ((0, 1), (3, 4)), back.links)
    assert with_evidence(OBAMA, [Pair(0, 0, 1, 1.0)], agreeing, weight=0.5)[0].score == pytest.approx(1.0)
