"""Span files: positions mean what the file says, and every fault has a message of its own."""

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundarybench.cli.main import main
from boundarybench.convert.character_offsets import locate, tokens_of

GOLD = "Wanjiru B-PER\nOtieno I-PER\nleft O\nLake B-LOC\nVictoria I-LOC\n. O\n\nThe O\nTea B-ORG\nBoard I-ORG\nmet O\n\n"
EMPTY = '{"id": "g-00001", "entities": []}'
TEXT = "Wanjiru Otieno left Lake Victoria ."


def span(start: Any, end: Any, kind: Any = "PER") -> dict[str, Any]:
    return {"start": start, "end": end, "type": kind}


def record(entities: Any, **more: Any) -> str:
    return json.dumps({"id": "g-00000", "entities": entities, **more})


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    path = tmp_path / "g.conll"
    path.write_text(GOLD)
    return path


def convert(gold: Path, text: str) -> tuple[int, list[list[str]]]:
    source, out = gold.with_name("spans.jsonl"), gold.with_name("out.jsonl")
    source.write_text(text + "\n", encoding="utf-8")
    code = main(["convert", "--from", "spans", "--to", "jsonl", "--gold", str(gold), str(source), "-o", str(out)])
    return code, [json.loads(line)["tags"] for line in out.read_text().splitlines()] if out.exists() else []


@pytest.mark.parametrize("text", [TEXT, "Wanjiru Otieno left Lake Victoria.", "  Wanjiru\tOtieno left\u00a0Lake \u3000Victoria.\n"])
def test_beside_a_text_positions_are_characters(gold: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    person, place = ("Wanjiru", "Otieno", "PER"), ("Lake", "Victoria", "LOC")
    entities = [span(text.index(first), text.index(last) + len(last), kind) for first, last, kind in (person, place)]
    code, tags = convert(gold, record(entities, text=text) + '\n{"id": "g-00001", "text": "The Tea Board met", "entities": []}')
    assert (code, tags[0]) == (0, ["B-PER", "I-PER", "O", "B-LOC", "I-LOC", "O"])
    assert "2: spans given by characters of `text`" in capsys.readouterr().err


def test_without_a_text_positions_are_tokens(gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tokens = TEXT.split()
    assert convert(gold, record([span(3, 5, "LOC"), span(0, 2)], tokens=tokens) + "\n" + EMPTY) == (
        0,
        [["B-PER", "I-PER", "O", "B-LOC", "I-LOC", "O"], ["O"] * 4],
    )
    assert "characters" not in capsys.readouterr().err


@given(
    tokens=st.lists(st.text(st.characters(exclude_categories=["Cs", "Z", "Cc"]), min_size=1, max_size=4), min_size=1, max_size=6),
    data=st.data(),
)
def test_characters_and_tokens_are_two_names_of_one_span(tokens: list[str], data: st.DataObject) -> None:
    gaps = [data.draw(st.sampled_from([" ", "  ", "\t", "\u3000"])) for _ in tokens]
    text = "".join(gap + token for gap, token in zip(gaps, tokens, strict=True))
    places = locate(text, tokens)
    assert not isinstance(places, int)
    assert [text[place.start : place.end] for place in places] == tokens
    first = data.draw(st.integers(0, len(tokens) - 1))
    last = data.draw(st.integers(first, len(tokens) - 1))
    start, end = places[first].start, places[last].end
    assert tokens_of(places, start, end) == (first, last + 1)
    assert tokens_of(places, start - 1, end) is None  # from the gap before
    assert end - start < 2 or tokens_of(places, start + 1, end) != (first, last + 1)


def test_a_decomposed_text_is_found_by_composed_tokens() -> None:
    tokens = ["Zoë", "é", "ŋ"]
    text = unicodedata.normalize("NFD", " ".join(tokens))
    places = locate(text, tokens)
    assert not isinstance(places, int)
    assert [unicodedata.normalize("NFC", text[a:b]) for a, b in places] == tokens


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (record([span(0, 0)]), "bad-span: g-00000: entity 1 (0-0 PER) is empty"),
        (record([span(2, 1)]), "bad-span: g-00000: entity 1 (2-1 PER) ends before it starts"),
        (record([span(-1, 1)]), "bad-span: g-00000: entity 1 (-1-1 PER) is negative"),
        (
            record([span(0, 7)]),
            "bad-span: g-00000: entity 1 (0-7 PER) leaves the sentence, which has 6 tokens; if positions are characters",
        ),
        (record([span(0, 2), span(1, 3, "LOC")]), "bad-span: g-00000: entity 2 (1-3 LOC) overlaps entity 1 (0-2 PER)"),
        (record([span(0, 5), span(1, 2), span(4, 5)]), "bad-span: g-00000: entity 3 (4-5 PER) overlaps entity 1 (0-5 PER)"),
        (record([span(0, 2), span(0, 2)]), "bad-span: g-00000: entity 2 (0-2 PER) repeats entity 1"),
        (record([span(0, 2, "O")]), "bad-span: g-00000: entity 1: type: O stands for no entity"),
        (record([span(0, 2, "a b")]), "bad-span: g-00000: entity 1: type: 1 to 64 printable characters"),
        (record([span(0, 2, "")]), "bad-span: g-00000: entity 1: type: 1 to 64 printable characters"),
        (record([span(0, 2, "B-PER")]), "bad-span: g-00000: entity 1: type: B-PER is a tag; write PER"),
        (record([span("0", 2)]), "wrong-type: g-00000: entity 1: start: an integer belongs here, not '0'"),
        (record([span(0, 2.0)]), "wrong-type: g-00000: entity 1: end: an integer belongs here, not 2.0"),
        (record([span(True, 2)]), "wrong-type: g-00000: entity 1: start: an integer belongs here, not True"),
        (record([span(0, None)]), "wrong-type: g-00000: entity 1: end: an integer belongs here, not None"),
        (record([span(0, 2, 3)]), "wrong-type: g-00000: entity 1: type: a string belongs here, not 3"),
        (record([[0, 2, "PER"]]), 'wrong-type: g-00000: entity 1: write {"start": 0, "end": 2, "type": "PER"} for [0, 2, \'PER\']'),
        (record(["PER"]), "wrong-type: g-00000: entity 1: an object belongs here, not 'PER'"),
        (record({"0": span(0, 2)}), "wrong-type: entities: an array belongs here"),
        (record([{"start": 0, "end": 2}]), "missing-key: g-00000: entity 1: no `type`"),
        (record([{"start_char": 0, "end": 2, "type": "PER"}]), "unknown-key: g-00000: entity 1: key 'start_char': it is `start` here"),
        (record([{"start": 0, "end": 2, "label": "PER"}]), "unknown-key: g-00000: entity 1: key 'label': it is `type` here"),
        (record([{"start": 0, "end": 9, "label": "PER"}]), "bad-span: g-00000: entity 1 (0-9) leaves the sentence"),
        (record([{**span(0, 2), "word": "Wanjiru"}]), "unknown-key: g-00000: entity 1: key 'word'"),
        ('{"id": "g-00000", "spans": []}', "unknown-key: key 'spans': it is `entities` here"),
        ('{"id": "g-00000", "tags": ["O"], "entities": []}', "unknown-key: key 'tags': tags belong to --from jsonl"),
        ('{"entities": []}', "missing-key: no `id`"),
        ('{"id": "g-00000"}', "missing-key: no `entities`"),
        ('{"id": 0, "entities": []}', "wrong-type: id: a string belongs here, not 0"),
        ('{"id": "x-00000", "entities": []}', "unknown-id: id 'x-00000'; the gold has g-00000 to g-00001"),
        (EMPTY, "duplicate-id: id 'g-00001' stands on line 1 too"),
        ("[]", "wrong-type: a JSON object belongs here, not []"),
        ("", "broken-json: blank line"),
        (record([], tokens=["Wanjiru"]), "token-mismatch: g-00000: expected 6 tokens, got 1"),
        (record([], tokens=[*TEXT.split()[:5], "!"]), "token-mismatch: g-00000, token 5: expected '.', got '!'"),
        (record([], tokens="Wanjiru"), "wrong-type: tokens: an array of strings belongs here"),
        (record([], text=["Wanjiru"]), "wrong-type: text: a string belongs here"),
        (record([span(0, 5)], text=TEXT), "characters 'Wanji' do not begin and end with tokens; its tokens are 0-7, 'Wanjiru'"),
        (record([span(0, 8)], text=TEXT), "characters 'Wanjiru ' do not begin and end with tokens; its tokens are 0-7, 'Wanjiru'"),
        (record([span(0, 99)], text=TEXT), "leaves the sentence, which has 35 characters"),
        (record([], text="Wanjiru Odhiambo left ."), "token-mismatch: g-00000: `text` does not hold the gold's tokens"),
        (record([], text=TEXT + " Then more"), "it goes on behind the last"),
    ],
)
def test_every_fault_is_said_and_the_others_of_the_file_too(
    gold: Path, line: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, tags = convert(gold, f"{EMPTY}\n{line}\nnothing")
    assert (code, tags) == (1, [])
    error = capsys.readouterr().err
    assert any("spans.jsonl:2: error: " in finding and message in finding for finding in error.split("\n"))
    assert "spans.jsonl:3: error: broken-json" in error
    assert '"tags": [string' not in error  # the fix is for span files


def test_a_text_on_some_lines_alone_is_refused(gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _ = convert(gold, record([span(0, 7)], text=TEXT) + '\n{"id": "g-00001", "entities": [{"start": 1, "end": 3, "type": "ORG"}]}')
    assert code == 1
    assert "spans.jsonl:2: error: missing-key: no `text`, but line 1 has one" in capsys.readouterr().err


def test_a_text_needs_tokens_to_be_found_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gold = tmp_path / "g.tsv"
    gold.write_text("B-PER\nO\n\n")
    assert convert(gold, record([span(0, 3)], text="Ayo ran"))[0] == 1
    assert "missing-key: g-00000: the gold has no tokens" in capsys.readouterr().err
    assert convert(gold, record([span(0, 3)], text="Ayo ran", tokens=["Ayo", "ran"])) == (0, [["B-PER", "O"]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[" + record([]) + ", " + EMPTY + "]", "broken-json: the file is one JSON array"),
        ("[\n" + record([]) + ",\n" + EMPTY + "\n]", "broken-json: the file is one JSON array"),
        ("[" + record([]) + ",\n" + EMPTY + "]", "broken-json: the file is one JSON array"),
        (json.dumps({"id": "g-00000", "entities": [span(0, 2)]}, indent=1), "broken-json: the file is one JSON object"),
        ("", "no-predictions: the file is empty"),
        ("\n \n", "no-predictions: the file is empty"),
    ],
)
def test_a_file_that_is_no_lines_is_one_finding(gold: Path, text: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert convert(gold, text)[0] == 1
    error = capsys.readouterr().err
    assert message in error
    assert error.count("error:") == 1


def test_sentences_that_lack_are_one_finding(gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert convert(gold, EMPTY)[0] == 1
    error = capsys.readouterr().err
    assert "missing-id: no line for g-00000; fix: write a line for every sentence" in error
    assert "--allow-missing" not in error
