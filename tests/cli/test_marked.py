"""A sentence with its spans marked: the same columns above and below, whatever the script, and nothing that a terminal obeys."""

import re
import unicodedata
from itertools import zip_longest
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundarybench.cli.marked import harmless, inline, marked, surface, width

ISOLATES = "\u2066\u2067\u2068\u2069\u200e"
Span = tuple[int, int, str]


def example(
    tokens: list[str] | None,
    gold: list[Span],
    predicted: list[Span],
    about: tuple[list[int], list[int]] = ([0], [0]),
    script: str | None = None,
) -> dict[str, Any]:
    sides = {
        name: [{"start": a, "end": b, "type": kind} for a, b, kind in spans] for name, spans in (("gold", gold), ("predicted", predicted))
    }
    return {"tokens": tokens, **sides, "about": {"gold": about[0], "predicted": about[1]}, "script": script}


def test_marks_of_one_line_are_spaces_in_the_other() -> None:
    tokens = ["Gestern", "kam", "Frau", "Anna", "Berg", "nach", "Rom", "."]
    shown = example(tokens, [(3, 5, "PER"), (6, 7, "LOC")], [(2, 5, "PER"), (6, 7, "ORG")])
    assert marked(shown, 100) == [
        "gold      Gestern kam      Frau {PER Anna Berg} nach [LOC Rom] .",
        "predicted Gestern kam {PER Frau      Anna Berg} nach [ORG Rom] .",
    ]


def test_types_of_different_length_end_in_one_column() -> None:
    assert marked(example(["a", "b"], [(0, 1, "PERSON")], [(0, 1, "LOC")]), 80) == ["gold      {PERSON a} b", "predicted    {LOC a} b"]


def test_only_the_neighbourhood_is_shown() -> None:
    tokens = [f"w{k}" for k in range(100)]
    gold, predicted = marked(example(tokens, [(50, 52, "PER")], [(50, 51, "PER")]), 80)
    assert "{PER w50  w51}" in gold
    assert "{PER w50} w51 " in predicted
    assert gold.startswith("gold      … w4")
    assert gold.endswith(" …")
    assert max(len(gold), len(predicted)) <= 80
    # The middle of a long span says nothing about its boundaries.
    gold, predicted = marked(example(tokens, [(10, 90, "PER")], [(10, 89, "PER")]), 120)
    assert re.search(r"\{PER w10 .* … .* w88 +w89\} w90", gold)


def test_what_has_no_room_on_one_line_is_broken_between_tokens() -> None:
    gold = [(4 * k, 4 * k + 2, "ORG") for k in range(8)]
    lines = marked(example([f"token{k}" for k in range(32)], gold, [(0, 32, "ORG")], (list(range(8)), [0])), 60)
    assert len(lines) > 2
    assert [line.split(" ")[0] for line in lines] == ["gold", "predicted"] * (len(lines) // 2)
    assert max(map(width, lines)) <= 60
    assert " ".join(line[10:].strip() for line in lines[1::2]).split() == ["{ORG", *(f"token{k}" for k in range(31)), "token31}"]


def test_right_to_left_text_is_isolated_piece_by_piece() -> None:
    """Checked by eye and with the bidirectional algorithm: the brackets stand where they belong, the lines below each other."""
    tokens = ["قال", "دافيد", "بن", "غوريون", "في", "Microsoft", "أمس"]
    gold, predicted = marked(example(tokens, [(1, 4, "PER")], [(1, 2, "PER")], script="Arab"), 100)
    rli, lri, fsi, pdi, lrm = "\u2067", "\u2066", "\u2068", "\u2069", "\u200e"

    def word(text: str) -> str:
        return f"{fsi}{text}{pdi}"

    rest = f" {word('في')} {word('Microsoft')} {word('أمس')} {pdi}{lrm}"
    start = f"{rli}{word('قال')} {{{lri}PER{pdi} {word('دافيد')}"
    assert gold == f"gold      {start}  {word('بن')} {word('غوريون')}}}{rest}"
    assert predicted == f"predicted {start}}} {word('بن')} {word('غوريون')} {rest}"


def test_hebrew_in_a_german_sentence_keeps_the_german_direction() -> None:
    gold, _ = marked(example(["Die", "Zeitung", "הארץ", "schrieb"], [(2, 3, "ORG")], [(1, 3, "ORG")]), 100)
    assert gold[10] == "\u2066"
    assert all(character not in "".join(marked(example(["Die", "Zeit"], [(1, 2, "ORG")], [], ([0], [])), 80)) for character in ISOLATES)


@pytest.mark.parametrize("script", ["Jpan", "Hans", "Thai"])
def test_unspaced_scripts_are_joined(script: str) -> None:
    tokens = list("昨日北京市に")
    assert marked(example(tokens, [(2, 5, "LOC")], [(2, 4, "LOC")], script=script), 100) == [
        "gold      昨日{LOC 北京 市}に",
        "predicted 昨日{LOC 北京}市 に",
    ]
    assert surface(example(tokens, [(2, 5, "LOC")], [], script=script), {"start": 2, "end": 5}) == "北京市"
    assert inline(example(tokens, [(2, 5, "LOC")], [], script=script), "gold") == "昨日[LOC 北京市]に"


def test_a_vowel_sign_that_a_mark_parts_from_its_letter_gets_a_circle() -> None:
    tokens = list("กรุงเทพ")
    assert unicodedata.category(tokens[2]) == "Mn"
    gold, predicted = marked(example(tokens, [(2, 4, "LOC")], [(1, 4, "LOC")], script="Thai"), 100)
    assert gold == "gold      ก     ร{LOC ◌ุง}เทพ"
    assert predicted == "predicted ก{LOC ร     ◌ุง}เทพ"
    assert marked(example(tokens, [(0, 2, "LOC")], [(0, 2, "LOC")], script="Thai"), 100)[0] == "gold      {LOC กร}◌ุงเทพ"
    assert "◌" not in marked(example(tokens, [(0, 1, "LOC")], [(0, 1, "LOC")], script="Thai"), 100)[0]


def test_labels_alone_are_shown_by_position() -> None:
    shown = example(None, [(1, 3, "PER")], [(1, 2, "PER")]) | {"length": 4}
    assert marked(shown, 80) == ["gold      0 {PER 1  2} 3", "predicted 0 {PER 1} 2  3"]
    assert surface(shown, shown["gold"][0]) == "tokens 1–2"
    assert surface(shown, shown["predicted"][0]) == "token 1"


def test_hostile_text_shows_and_does_nothing() -> None:
    assert harmless("a\x1b[31mb\x9bc\u202ed\u2066e\ufefff\x07") == r"a\u001b[31mb\u009bc\u202ed\u2066e\ufefff\u0007"
    assert harmless("a" + "\u0301" * 50).count("\u0301") == 3
    assert harmless("می\u200cروم क\u094d\u200dष") == "می\u200cروم क\u094d\u200dष"  # spelling
    assert harmless("a\u200d \u200c!\u200c") == r"a\u200d \u200c!\u200c"
    assert harmless("\u200d\u200da") == r"\u200d\u200da"
    assert harmless("a" + "\u0301\u200d" * 9).count("\u200d") == 0  # joiners are no way around the limit on marks


ALPHABET = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\n"), min_size=0, max_size=6)


@st.composite
def sentences(draw: st.DrawFn) -> dict[str, Any]:
    hard = st.sampled_from(["\u202e", "\u2069", "שלום", "سلام", "\x1b[2J", "{PER", "北京", "", " ", "\u0e38", "1", "\u200f", "\u200d"])
    tokens = draw(st.lists(st.one_of(ALPHABET, hard), min_size=1, max_size=12))

    def spans() -> list[Span]:
        edges = sorted(draw(st.sets(st.integers(0, len(tokens)), max_size=6)))
        return [(a, b, draw(st.sampled_from(["PER", "人名", "שם"]))) for a, b in zip(edges[::2], edges[1::2], strict=False)]

    gold, predicted = spans(), spans()
    about = (list(range(len(gold))), list(range(len(predicted))))
    return example(
        tokens, gold or [(0, 1, "PER")], predicted, about if gold else ([0], about[1]), draw(st.sampled_from(["Hans", "Arab", None]))
    )


def cells(line: str) -> list[str]:
    """What stands in each column of a line: a wide character in two, a combining mark in none."""
    return [character for character in line[10:] for _ in range(width(character))]


@given(sentences(), st.integers(30, 120))
def test_any_tokens_stand_below_each_other(shown: dict[str, Any], columns: int) -> None:
    lines = marked(shown, columns)
    assert len(lines) % 2 == 0
    for above, below in zip(lines[::2], lines[1::2], strict=True):
        for line in (above, below):
            depth = 0
            for character in line:
                depth += (character in "\u2066\u2067\u2068") - (character == "\u2069")
                assert depth in (0, 1, 2)
                assert character.isprintable() or character in ISOLATES or character in "\u200c\u200d"
            assert depth == 0
        # Where the two differ there is a mark on one side, and a space or another mark on the other.
        for one, other in zip_longest(cells(above), cells(below), fillvalue=" "):
            assert one == other or {one, other} <= set(" {}[]PER人名שם")
