"""Files of tags: a sentence a line, sentences cut short, and tags that are spelt another way."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from boundarybench.cli.main import main
from boundarybench.spellings import is_bare_type

WORDS = [["Chidi", "Eze", "joined", "Kano", "Pillars"], ["Lagos", "slept"], ["He", "saw", "Jos", "Plateau"]]
TAGS = [["B-PER", "I-PER", "O", "B-ORG", "I-ORG"], ["B-LOC", "O"], ["O", "O", "B-LOC", "I-LOC"]]


def columns(tags: list[list[str]], words: list[list[str]] = WORDS) -> str:
    return "".join("".join(f"{a} {b}\n" for a, b in zip(*pair, strict=True)) + "\n" for pair in zip(words, tags, strict=True))


def lines(tags: list[list[str]]) -> str:
    return "".join(" ".join(sentence) + "\n" for sentence in tags)


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    path = tmp_path / "g.conll"
    path.write_text(columns(TAGS))
    return path


def convert(gold: Path, text: str, source: str = "conll", *options: str) -> tuple[int, list[list[str]]]:
    path, out = gold.with_name("pred.txt"), gold.with_name("out.jsonl")
    path.write_text(text, encoding="utf-8")
    code = main(["convert", "--from", source, "--to", "jsonl", "--gold", str(gold), str(path), "-o", str(out), *options])
    return code, [json.loads(line)["tags"] for line in out.read_text().splitlines()] if out.exists() else []


@pytest.mark.parametrize(
    "text", [lines(TAGS), lines(TAGS).rstrip("\n"), lines(TAGS).replace(" ", "\t"), lines(TAGS).replace("\n", " \r\n")]
)
def test_a_sentence_a_line(gold: Path, text: str) -> None:
    assert convert(gold, text, "lines") == (0, TAGS)


def test_a_sentence_a_line_in_another_scheme_and_with_a_map(gold: Path) -> None:
    tags = [["B-PER", "E-PER", "O", "B-CLUB", "E-CLUB"], ["S-LOC", "O"], ["O", "O", "B-LOC", "E-LOC"]]
    assert convert(gold, lines(tags), "lines", "--scheme", "BIOES", "--map", "CLUB=ORG") == (0, TAGS)


@pytest.mark.parametrize("source", ["conll", "xtreme"])
def test_a_sentence_a_line_is_known_where_something_else_was_named(gold: Path, source: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert convert(gold, lines(TAGS), source)[0] == 1
    assert "use --from lines" in capsys.readouterr().err


@pytest.mark.parametrize(("text", "right"), [(columns(TAGS), "conll"), ("\n\n".join("\n".join(s) for s in TAGS) + "\n", "xtreme")])
def test_a_token_a_line_is_known_where_lines_were_named(gold: Path, text: str, right: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert convert(gold, text, "lines")[0] == 1
    assert f"use --from {right}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ([TAGS[0][:3], *TAGS[1:]], "pred.txt:1: error: truncated: 1 of 3 sentences end early: g-00000 (line 1: 3 of 5)"),
        ([TAGS[0], [], TAGS[2]], "pred.txt:2: error: truncated: 1 of 3 sentences end early: g-00001 (line 2: 0 of 2)"),
        ([[*TAGS[0], "O"], *TAGS[1:]], "pred.txt:1: error: wrong-number-of-tags: g-00000: expected 5 tags, got 6"),
        (TAGS[:2], "pred.txt: error: missing-id: the file ends before g-00002: 2 of 3 sentences are there"),
        ([*TAGS, ["O"]], "pred.txt:4: error: unknown-id: sentence 4 of the file; the gold has 3"),
        (TAGS[1:], "wrong-number-of-tags: g-00000: expected 5 tags, got 2; 2 sentences differ, and the file has 2, the gold 3"),
        ([["PER-B", *TAGS[0][1:]], *TAGS[1:]], "pred.txt:1: error: unknown-tag: 'PER-B' is no IOB2 tag (once)"),
    ],
)
def test_lines_that_are_not_the_golds(gold: Path, tags: list[list[str]], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert convert(gold, lines(tags), "lines") == (1, [])
    error = capsys.readouterr().err
    assert message in error
    assert "sed -E" not in error  # it would change the last tag of a line alone
    assert "--allow-missing" not in error


@pytest.mark.parametrize("length", [1, 2, 3])
@pytest.mark.parametrize("source", ["conll", "xtreme", "lines"])
def test_all_cut_sentences_are_counted_and_nothing_is_padded(
    gold: Path, source: str, length: int, capsys: pytest.CaptureFixture[str]
) -> None:
    tags, words = [s[:length] for s in TAGS], [s[:length] for s in WORDS]
    text = {"conll": columns(tags, words), "xtreme": "\n\n".join("\n".join(s) for s in tags) + "\n", "lines": lines(tags)}[source]
    assert convert(gold, text, source) == (1, [])
    error = capsys.readouterr().err
    cut = [s for s in TAGS if len(s) > length]
    assert f"truncated: {len(cut)} of 3 sentences end early, all at {length}: g-00000 (line 1: {length} of 5)" in error
    assert f"tokens without a tag: {sum(len(s) - length for s in cut)};" in error
    assert "--max_seq_length" in error
    assert error.count("error:") == 1


def test_a_file_that_ends_early_may_end_in_a_sentence(gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert convert(gold, columns([TAGS[0][:2]], [WORDS[0][:2]]))[0] == 1
    error = capsys.readouterr().err
    assert "truncated: 1 of 3 sentences end early" in error
    assert "missing-id: the file ends before g-00001: 1 of 3 sentences are there, 2 lacking; fix: predict the other sentences too" in error
    assert "--allow-missing" not in error


def test_a_sentence_in_two_parts_is_not_cut(gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parts = [WORDS[0][:3], WORDS[0][3:], *WORDS[1:]]
    assert convert(gold, columns([TAGS[0][:3], TAGS[0][3:], *TAGS[1:]], parts))[0] == 1
    error = capsys.readouterr().err
    assert "pred.txt:5: error: token-mismatch: g-00000 is in two parts: token 3, 'Kano', begins a sentence" in error
    assert "truncated" not in error


def test_a_sentence_that_was_left_out_is_named(gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert convert(gold, columns([TAGS[0], TAGS[2]], [WORDS[0], WORDS[2]]))[0] == 1
    error = capsys.readouterr().err
    assert "pred.txt:7: error: missing-id: g-00001 is not in the file: g-00002 stands in its place; fix: predict the other" in error
    assert error.count("error:") == 1


def test_a_wrong_token_does_not_hide_the_next_one(gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert convert(gold, columns(TAGS).replace("Chidi", "Chike").replace("slept", "woke"))[0] == 1
    error = capsys.readouterr().err
    assert "expected 'Chidi', got 'Chike'" in error
    assert "expected 'slept', got 'woke'" in error


SPELLINGS = {
    "suffix": (r"\b([BI])-(\w+)", r"\2-\1", "PER-B"),
    "underscored suffix": (r"\b([BI])-(\w+)", r"\2_\1", "PER_B"),
    "underscore": (r"\b([BI])-", r"\1_", "B_PER"),
    "colon": (r"\b([BI])-", r"\1:", "B:PER"),
    "slash": (r"\b([BI])-", r"\1/", "B/PER"),
    "dot": (r"\b([BI])-", r"\1.", "B.PER"),
    "small B": (r"\bB-", "b-", "b-PER"),
    "small outside": (r"(?<= )O$", "o", "o"),
    "zero": (r"(?<= )O$", "0", "0"),
    "dash outside": (r"(?<= )O$", "-", "-"),
}


def respelt(name: str) -> str:
    pattern, replacement, _ = SPELLINGS[name]
    return re.sub(pattern, replacement, columns(TAGS), flags=re.MULTILINE)


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_spelling_is_explained_once_for_each_tag_and_the_fix_mends_the_file(
    gold: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every spelling of every tag is named with its number, and the programs that the fixes give make the file right."""
    text = respelt(name)
    assert convert(gold, text)[0] == 1
    error = capsys.readouterr().err
    assert f"unknown-tag: {SPELLINGS[name][2]!r} is no IOB2 tag" in error
    wrong = {line.split()[1] for line in text.split("\n") if line} - {tag for sentence in TAGS for tag in sentence}
    assert error.count("unknown-tag") == len(wrong)
    programs = dict.fromkeys(re.findall(r"sed -E '(.+?)' FILE", error))
    for program in programs:
        text = subprocess.run(["sed", "-E", program], input=text, capture_output=True, text=True, check=True).stdout
    assert convert(gold, text) == (0, TAGS)


@pytest.mark.parametrize("name", SPELLINGS)
def test_gold_is_explained_alike(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "own.conll"
    path.write_text(respelt(name))
    assert main(["gold", "import", str(path), "--as", "own", "--lang", "own"]) == 1
    error = capsys.readouterr().err
    first = next(k for k, line in enumerate(respelt(name).split("\n"), 1) if line.endswith(f" {SPELLINGS[name][2]}"))
    assert f"own.conll:{first}: unknown-tag: {SPELLINGS[name][2]!r} is no IOB2 tag" in error
    assert "sed -E" in error


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        ("B", "a prefix without a type; fix: write the type, as in B-PER"),
        ("I-", "a prefix without a type"),
        ("3", "a class number; fix: write the names that the numbers stand for"),
        ("LABEL_3", "a class number"),
        ("PER", "no prefix; fix: write `B-PER` and `I-PER`; where all tags are bare types, --scheme IO reads them"),
        ("S-PER", "S- belongs to BIOES, BMES; fix: name the file's scheme: --scheme BIOES or BMES"),
        ("L-PER", "L- belongs to BILOU"),
        ("E-PER", "E- belongs to IOE1, IOE2, BIOES"),
        ("M-PER", "M- belongs to BMES, BMEWO"),
        ("B-" + "x" * 65, "a type has 1 to 64 printable characters"),
        ("<pad>", "no prefix"),
    ],
)
def test_other_tags_are_explained(gold: Path, tag: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert convert(gold, columns([[tag, *TAGS[0][1:]], [tag, "O"], TAGS[2]])) == (1, [])
    error = capsys.readouterr().err
    assert f"pred.txt:1: error: unknown-tag: {tag!r}"[:60] in error
    assert "(2 times, first here)" in error
    assert message in error


@pytest.mark.parametrize("prefix", ["", "I-"])
def test_io_takes_bare_types(gold: Path, prefix: str) -> None:
    tags = [[tag if tag == "O" else prefix + tag[2:] for tag in sentence] for sentence in TAGS]
    assert convert(gold, columns(tags), "conll", "--scheme", "IO") == (0, TAGS)


def test_io_takes_bare_types_with_dashes(gold: Path) -> None:
    tags = [["geo-loc", "geo-loc", "O", "E-mail", "O"], ["person", "O"], ["O"] * 4]
    assert convert(gold, columns(tags), "conll", "--scheme", "IO")[1][:2] == [
        ["B-geo-loc", "I-geo-loc", "O", "B-E-mail", "O"],
        ["B-person", "O"],
    ]


@pytest.mark.parametrize("tag", ["B", "I", "b", "B-PER", "PER-B", "PER_I", "i-per", "B_PER", "E-PER", "o", "0", "-"])
def test_io_takes_no_misspelt_tag_for_a_type(gold: Path, tag: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert not is_bare_type(tag)
    assert convert(gold, columns([[tag, *["O"] * 4], *TAGS[1:]]), "conll", "--scheme", "IO")[0] == 1
    assert f"{tag!r} is no IO tag" in capsys.readouterr().err


@pytest.mark.parametrize("source", ["conll", "xtreme", "lines", "jsonl", "spans"])
def test_json_of_another_format_is_known(gold: Path, source: str, capsys: pytest.CaptureFixture[str]) -> None:
    for right, record in (("spans", {"id": "g-00000", "entities": []}), ("jsonl", {"id": "g-00000", "tags": TAGS[0]})):
        assert convert(gold, json.dumps(record) + "\n", source)[0] == 1
        assert ("wrong-format: these are JSON lines with" in (error := capsys.readouterr().err)) == (source != right)
        assert (f"use --from {right}" in error) == (source != right)


def test_columns_named_as_spans_are_one_finding(gold: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert convert(gold, columns(TAGS), "spans")[0] == 1
    error = capsys.readouterr().err
    assert "broken-json: no line is a JSON object; the first is 'Chidi B-PER'; fix: name what the file is" in error
    assert error.count("error:") == 1


def test_gold_of_many_wrong_tags_is_cut_short(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "own.conll"
    path.write_text("".join(f"w word{k}\n" for k in range(50)))
    assert main(["gold", "import", str(path), "--as", "own", "--lang", "own"]) == 1
    error = capsys.readouterr().err
    assert error.count("unknown-tag") == 20
    assert "and 30 other tags are misspelt" in error
