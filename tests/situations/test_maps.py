"""`--map`: what cannot be meant is refused, and what does nothing is said."""

import json
from pathlib import Path

import pytest

from boundarybench.cli.main import main

GOLD = "Amina B-PER\nBello I-PER\nsaw O\nKano B-LOC\n\n"
PERFECT = Path(__file__).parents[2] / "submissions" / "example-perfect" / "sample" / "en.jsonl"
TAGS = "B-PER\nI-PER\nO\nB-GPE\n\n"


def convert(tmp_path: Path, *maps: str, tags: str = TAGS, options: tuple[str, ...] = ()) -> tuple[int, list[str]]:
    gold, source, out = tmp_path / "g.conll", tmp_path / "pred.txt", tmp_path / "out.jsonl"
    gold.write_text(GOLD)
    source.write_text(tags)
    where = ["--gold", str(gold)] if "--suite" not in options else []
    given = [part for item in maps for part in ("--map", item)]
    code = main(["convert", "--from", "xtreme", "--to", "jsonl", *where, str(source), "-o", str(out), *given, *options])
    return code, json.loads(out.read_text())["tags"] if out.exists() else []


@pytest.mark.parametrize(
    ("maps", "message"),
    [
        (["O=LOC"], "--map O=LOC: `O` is no type"),
        (["B-GPE=LOC"], "--map B-GPE=LOC: B-GPE is a tag; name the type alone, as in --map GPE=LOC"),
        (["I-PER=O"], "I-PER is a tag; name the type alone, as in --map PER=O"),
        (["GPE=B-LOC"], "B-LOC is a tag; name the type alone, as in --map GPE=LOC"),
        (["B-GPE=B-LOC"], "B-GPE is a tag; name the type alone, as in --map GPE=LOC"),
        (["GPE,MISC=LOC"], "GPE,MISC is several types"),
        (["GPE=LOC,PER"], "LOC,PER is several types"),
        (["GPE=LOC,MISC=O"], "one `=`"),
        (["GPE=LOC=X"], "one `=`"),
        (["GPE =LOC"], "no blanks"),
        (["GPE= LOC"], "no blanks"),
        (["GPE="], "write TYPE=TYPE"),
        (["=LOC"], "write TYPE=TYPE"),
        (["GPE"], "write TYPE=TYPE"),
        ([""], "write TYPE=TYPE"),
        (["GPE=LOC", "GPE=ORG"], "GPE is mapped to LOC already"),
        (["GPE=LOC", "GPE=LOC"], "GPE is mapped to LOC already"),
        (["GPE=o"], "to drop a type write the capital letter O"),
        (["GPE=0"], "to drop a type write the capital letter O"),
    ],
)
def test_a_map_that_cannot_be_meant_is_a_usage_error(
    tmp_path: Path, maps: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert convert(tmp_path, *maps) == (2, [])
    assert message in capsys.readouterr().err


def test_all_faults_are_named_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert convert(tmp_path, "O=LOC", "GPE", "A B=C")[0] == 2
    assert capsys.readouterr().err.count("--map") >= 3


@pytest.mark.parametrize("item", ["MISC=O", "gpe=LOC", "GP=LOC"])
def test_a_map_that_never_applies_is_said_with_the_types_that_there_are(
    tmp_path: Path, item: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert convert(tmp_path, item) == (0, ["B-PER", "I-PER", "O", "B-GPE"])
    assert f"warning: --map {item} never applies: the file's types, with their spans, are PER (1), GPE (1)" in capsys.readouterr().err


def test_a_file_without_entities_has_no_types(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert convert(tmp_path, "MISC=O", tags="O\nO\nO\nO\n\n") == (0, ["O"] * 4)
    assert "--map MISC=O never applies: the file's types, with their spans, are none" in capsys.readouterr().err


def test_maps_apply_once_and_a_chain_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert convert(tmp_path, "GPE=PER", "PER=LOC") == (0, ["B-LOC", "I-LOC", "O", "B-PER"])
    assert "warning: --map GPE=PER: GPE becomes PER and stays it; --map PER=LOC is for the file's own PER" in capsys.readouterr().err


def test_a_swap_is_meant(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tags = "B-LOC\nI-LOC\nO\nB-PER\n\n"
    assert convert(tmp_path, "LOC=PER", "PER=LOC", tags=tags) == (0, ["B-PER", "I-PER", "O", "B-LOC"])
    assert "warning" not in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["E-mail", "B-cell", "a,b"])
def test_a_type_of_the_file_may_look_like_a_tag_or_a_list(tmp_path: Path, kind: str) -> None:
    assert convert(tmp_path, f"{kind}=LOC", tags=TAGS.replace("GPE", kind)) == (0, ["B-PER", "I-PER", "O", "B-LOC"])


def test_a_type_that_the_gold_does_not_have_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert convert(tmp_path, "GPE=PLACE")[0] == 0
    assert "warning: --map GPE=PLACE: the gold has no type PLACE; it has LOC, PER" in capsys.readouterr().err


def test_a_suite_takes_its_own_types_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    where = ("--suite", "sample", "--lang", "en")
    labels = tmp_path / "labels.txt"
    assert main(["convert", "--from", "jsonl", "--to", "xtreme", *where, str(PERFECT), "-o", str(labels)]) == 0
    tags = labels.read_text().replace("-ORG\n", "-COMPANY\n")
    source, out = tmp_path / "pred.txt", tmp_path / "out.jsonl"
    source.write_text(tags)
    ours = ["convert", "--from", "xtreme", "--to", "jsonl", *where, str(source), "-o", str(out)]
    assert main(ours) == 1
    error = capsys.readouterr().err
    assert "'COMPANY' is no type of sample, which has PER, ORG, LOC" in error
    assert error.count("unknown-tag") == 1
    assert main([*ours, "--map", "COMPANY=ORGANISATION"]) == 2
    assert "sample has no type ORGANISATION; map to PER, ORG, LOC or O" in capsys.readouterr().err
    assert main([*ours, "--map", "COMPANY=ORG"]) == 0
