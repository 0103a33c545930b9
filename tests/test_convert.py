"""Conversion: the same spans in every format, and nothing changed without a word."""

import json
from pathlib import Path

import pytest

from boundarybench.cli.main import main

WORDS = [["Ada", "Obi", "met", "Eko", "Ltd"], ["In", "Eko", "Ada", "spoke"]]
TAGS = [["B-PER", "I-PER", "O", "B-ORG", "I-ORG"], ["O", "B-LOC", "B-PER", "O"]]


def columns(path: Path, tags: list[list[str]], words: list[list[str]] | None = WORDS, separator: str = " ") -> Path:
    rows = [
        [tag if words is None else f"{words[i][k]}{separator}{tag}" for k, tag in enumerate(sentence)] for i, sentence in enumerate(tags)
    ]
    path.write_text("".join("\n".join(row) + "\n\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    return columns(tmp_path / "any.conll", TAGS)


def convert(gold: Path, source: Path, *options: str) -> tuple[int, Path]:
    out = source.with_suffix(".out")
    return main(["convert", "--gold", str(gold), str(source), "-o", str(out), *options]), out


def tags_of(path: Path) -> list[list[str]]:
    return [json.loads(line)["tags"] for line in path.read_text().splitlines()]


def test_conll_to_jsonl(gold: Path, tmp_path: Path) -> None:
    code, out = convert(gold, columns(tmp_path / "pred.txt", TAGS), "--from", "conll", "--to", "jsonl")
    assert code == 0
    assert [json.loads(line) for line in out.read_text().splitlines()] == [
        {"id": "any-00000", "tags": TAGS[0]},
        {"id": "any-00001", "tags": TAGS[1]},
    ]


@pytest.mark.parametrize("target", ["conll", "xtreme", "spans", "jsonl"])
@pytest.mark.parametrize("scheme", ["IOB1", "IOB2", "IOE1", "IOE2", "BIOES", "BILOU"])
def test_there_and_back(gold: Path, tmp_path: Path, target: str, scheme: str) -> None:
    there = ["--to-scheme", scheme] if target in ("conll", "xtreme") else []
    code, out = convert(gold, columns(tmp_path / "pred.txt", TAGS), "--from", "conll", "--to", target, *there)
    assert code == 0
    back = ["--scheme", scheme] if there else []
    code, again = convert(gold, out.rename(tmp_path / "there.txt"), "--from", target, "--to", "jsonl", *back)
    assert code == 0
    assert tags_of(again) == TAGS


def test_iob2_is_kept_as_it_is_and_invalid_transitions_are_counted(gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tags = [["I-PER", "I-PER", "O", "B-ORG", "I-PER"], ["O", "I-LOC", "B-PER", "O"]]
    code, out = convert(gold, columns(tmp_path / "pred.txt", tags), "--from", "conll", "--to", "jsonl")
    assert (code, tags_of(out)) == (0, tags)
    assert "3: invalid transitions kept" in capsys.readouterr().err


def test_repairs_of_another_scheme_are_listed(gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tags = [["B-PER", "I-PER", "O", "S-ORG", "E-ORG"], ["O", "S-LOC", "S-PER", "O"]]
    code, out = convert(
        gold,
        columns(tmp_path / "pred.txt", tags),
        *("--from", "conll", "--to", "jsonl", "--scheme", "bioes", "--report", str(tmp_path / "report.json")),
    )
    assert code == 0
    assert tags_of(out)[0] == ["B-PER", "I-PER", "O", "B-ORG", "B-ORG"]
    error = capsys.readouterr().err
    assert "changed any-00000, token 1: I-PER -> I-PER (invalid BIOES)" in error  # an entity that never ends
    assert "changed any-00000, token 4: E-ORG -> B-ORG (invalid BIOES)" in error
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["counts"]["invalid BIOES"] == len(report["changes"]) == 2


def test_label_maps_are_counted_and_listed(gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tags = [["B-MISC", "I-MISC", "O", "B-GPE", "I-GPE"], ["O", "B-LOC", "B-PER", "O"]]
    code, out = convert(
        gold, columns(tmp_path / "pred.txt", tags), *("--from", "conll", "--to", "jsonl", "--map", "MISC=O", "--map", "GPE=LOC")
    )
    assert (code, tags_of(out)) == (0, [["O", "O", "O", "B-LOC", "I-LOC"], ["O", "B-LOC", "B-PER", "O"]])
    error = capsys.readouterr().err
    assert "changed any-00000, token 0: B-MISC -> O (mapped MISC=O)" in error
    assert "1: mapped GPE=LOC" in error


def test_a_map_joins_no_two_spans(gold: Path, tmp_path: Path) -> None:
    tags = [["B-LOC", "I-GPE", "O", "O", "O"], ["O", "O", "O", "O"]]
    code, out = convert(gold, columns(tmp_path / "pred.txt", tags), "--from", "conll", "--to", "jsonl", "--map", "GPE=LOC")
    assert (code, tags_of(out)[0]) == (0, ["B-LOC", "B-LOC", "O", "O", "O"])


def test_io_output_says_what_it_cannot_keep_apart(gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tags = [["B-PER", "B-PER", "O", "O", "O"], ["O", "O", "O", "O"]]
    code, _ = convert(gold, columns(tmp_path / "pred.txt", tags), "--from", "conll", "--to", "conll", "--to-scheme", "IO")
    assert code == 0
    assert "1: IO cannot keep it apart" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("tags", "words", "options", "message"),
    [
        (TAGS, [WORDS[0], ["In", "Eko", "Adu", "spoke"]], [], "token-mismatch: any-00001, token 2: expected 'Ada', got 'Adu'"),
        ([TAGS[0], TAGS[1][:3]], WORDS, [], "token-mismatch: any-00001, token 3: expected 'spoke', got the end of the sentence"),
        ([TAGS[0]], WORDS, [], "missing-id: the file ends before any-00001"),
        ([*TAGS, ["O"]], [*WORDS, ["x"]], [], "unknown-id: sentence 3 of the file; the gold has 2"),
        ([["S-PER", "O", "O", "O", "O"], TAGS[1]], WORDS, [], "unknown-tag: 'S-PER' is no IOB2 tag"),
        ([["PER", "O", "O", "O", "O"], TAGS[1]], WORDS, [], "unknown-tag: 'PER'"),
    ],
)
def test_what_does_not_line_up_is_refused(
    gold: Path,
    tmp_path: Path,
    tags: list[list[str]],
    words: list[list[str]],
    options: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out = convert(gold, columns(tmp_path / "pred.txt", tags, words), "--from", "conll", "--to", "jsonl", *options)
    assert code == 1
    assert message in capsys.readouterr().err
    assert not out.exists()


def test_labels_alone_are_checked_by_structure(gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = convert(gold, columns(tmp_path / "pred.tsv", TAGS, None), "--from", "xtreme", "--to", "jsonl")
    assert (code, tags_of(out)) == (0, TAGS)
    code, _ = convert(gold, columns(tmp_path / "pred.tsv", [TAGS[0], ["O"]], None), "--from", "xtreme", "--to", "jsonl")
    assert code == 1
    assert "wrong-number-of-tags: any-00001: expected 4 tags, got 1" in capsys.readouterr().err


def test_a_type_outside_the_suite_must_be_mapped(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sentences = (data / "masakhaner2" / "ewe" / "test.txt").read_text(encoding="utf-8").replace("-ORG\n", "-MISC\n")
    source = tmp_path / "pred.txt"
    source.write_text(sentences, encoding="utf-8")
    where = [
        "convert",
        "--from",
        "conll",
        "--to",
        "jsonl",
        "--suite",
        "masakhaner2",
        "--lang",
        "ewe",
        str(source),
        "-o",
        str(tmp_path / "x"),
    ]
    assert main(where) == 1
    assert "--map MISC=O" in capsys.readouterr().err
    assert main([*where, "--map", "MISC=O"]) == 0


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('{"id": "any-00000", "entities": [{"start": 0, "end": 9, "type": "PER"}]}', "wrong-type"),
        ('{"id": "any-00000", "entities": [{"start": 0, "end": 2, "type": "PER"}, {"start": 1, "end": 3, "type": "PER"}]}', "wrong-type"),
        ('{"id": "any-00000", "entities": {}}', "wrong-type"),
        ('{"id": "any-00000"', "broken-json"),
        ('{"id": "other-00000", "entities": []}', "unknown-id"),
    ],
)
def test_broken_span_files(gold: Path, tmp_path: Path, line: str, code: str, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "spans.jsonl"
    source.write_text(line + "\n")
    assert convert(gold, source, "--from", "spans", "--to", "jsonl")[0] == 1
    error = capsys.readouterr().err
    assert f"spans.jsonl:1: error: {code}" in error
    assert "missing-id" in error  # all in one pass


def test_usage_errors(gold: Path, tmp_path: Path) -> None:
    source = columns(tmp_path / "pred.txt", TAGS)
    assert convert(gold, source, "--from", "conll", "--to", "jsonl", "--map", "MISC")[0] == 2
    assert convert(gold, source, "--from", "conll", "--to", "jsonl", "--to-scheme", "IO")[0] == 2
    assert convert(gold, tmp_path, "--from", "conll", "--to", "jsonl")[0] == 2
    with pytest.raises(SystemExit) as stop:
        convert(gold, source, "--from", "conll", "--to", "jsonl", "--scheme", "IOX")
    assert stop.value.code == 2


def test_what_only_iob2_can_keep_is_listed(gold: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tags = [["I-PER", "I-PER", "O", "O", "O"], ["O", "B-LOC", "O", "O"]]
    source = tmp_path / "in.jsonl"
    source.write_text("".join(json.dumps({"id": f"any-{i:05d}", "tags": row, "scores": [0.5]}) + "\n" for i, row in enumerate(tags)))
    code, _ = convert(gold, source, "--from", "jsonl", "--to", "spans")
    error = capsys.readouterr().err
    assert code == 0
    assert "changed any-00000, token 0: I-PER -> B-PER (invalid transition" in error
    assert "invalid transitions kept" not in error
    assert "2: `scores` not carried over" in error
