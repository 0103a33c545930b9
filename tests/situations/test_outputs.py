"""Files that are read are never written over, nor one output by another: a plain word, and every file as it was."""

import shutil
from pathlib import Path

import pytest

from boundarybench.cli.main import main

EXAMPLE = Path(__file__).resolve().parents[2] / "submissions" / "example-typical-errors"
COLUMNS = "Asha B-PER\nlives O\n. O\n"
OF = ["--suite", "sample", "--lang", "de"]
LEADERBOARD = ["leaderboard", "--submissions", "subs"]

CALLS = {
    "score over its predictions": ["score", "de.jsonl", *OF, "-o", "de.jsonl"],
    "score over its predictions by another name": ["score", "de.jsonl", *OF, "-o", "link.jsonl"],
    "score over its gold": ["score", "p.jsonl", "--gold", "c.txt", "-o", "./c.txt"],
    "score over its ids": ["score", "de.jsonl", *OF, "--ids", "ids.txt", "-o", "ids.txt"],
    "errors over its predictions": ["errors", "de.jsonl", *OF, "-o", "de.jsonl"],
    "validate over its predictions": ["validate", "de.jsonl", *OF, "-o", "de.jsonl"],
    "compare over its second file": ["compare", "de.jsonl", "other.jsonl", *OF, "-o", "other.jsonl"],
    "convert over its gold": ["convert", "--from", "conll", "--to", "jsonl", "--gold", "c.txt", "c.txt", "-o", "c.txt"],
    "convert's report over its output": [
        *("convert", "--from", "conll", "--to", "jsonl", "--gold", "c.txt", "c.txt"),
        *("-o", "new.jsonl", "--report", "new.jsonl"),
    ],
    "the board's page over its results": [*LEADERBOARD, "--results", "board", "--output", "board"],
}


@pytest.mark.parametrize("name", CALLS)
def test_what_is_read_is_not_written_over(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(EXAMPLE, tmp_path / "subs" / EXAMPLE.name)
    for path in ("de.jsonl", "other.jsonl"):
        shutil.copy(EXAMPLE / "sample" / "de.jsonl", path)
    Path("link.jsonl").symlink_to("de.jsonl")
    Path("c.txt").write_text(COLUMNS)
    Path("p.jsonl").write_text('{"id": "test-00000", "tags": ["B-PER", "O", "O"]}\n')
    Path("ids.txt").write_text("de-00000\n")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert main(CALLS[name]) == 2
    assert f"{CALLS[name][-1].removeprefix('./')}: is written to and used for something else too" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_device_may_be_named_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("c.txt").write_text(COLUMNS)
    call = ["convert", "--from", "conll", "--to", "jsonl", "--gold", "c.txt", "c.txt", "-o", "/dev/null", "--report", "/dev/null"]
    assert main(call) == 0
