"""A submission whose files are packed is the same submission, for every verb; a packed file alone is named for what it is."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from repos import commit, git, make_main

from boundarybench import gzipped
from boundarybench.cli.main import main

EXAMPLE = Path(__file__).resolve().parents[2] / "submissions" / "example-typical-errors"


def pack(folder: Path, *langs: str) -> None:
    for path in sorted(folder.glob("sample/*.jsonl")):
        if not langs or path.stem in langs:
            path.with_name(f"{path.name}.gz").write_bytes(gzipped.pack(path.read_bytes()))
            path.unlink()


@pytest.fixture
def both(tmp_path: Path) -> tuple[Path, Path]:
    """A submission, and the same one with all its files packed but one."""
    plain, packed = tmp_path / "plain" / "a-system", tmp_path / "packed" / "a-system"
    for folder in (plain, packed):
        shutil.copytree(EXAMPLE, folder)
        said = json.loads((folder / "system.json").read_text("utf-8"))
        (folder / "system.json").write_text(json.dumps({**said, "name": "a-system"}))
    pack(packed)
    path = packed / "sample" / "zh.jsonl.gz"
    (packed / "sample" / "zh.jsonl").write_bytes(gzipped.unpack(path.read_bytes(), 1 << 20))
    path.unlink()
    return plain, packed


def output(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main(list(arguments)) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("verb", ["score", "errors"])
def test_figures_are_the_same(both: tuple[Path, Path], verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    plain, packed = (output(capsys, verb, str(folder), "--format", "json") for folder in both)
    assert json.dumps(packed).replace(str(both[1]), str(both[0])).replace(".jsonl.gz", ".jsonl") == json.dumps(plain)


def test_it_is_valid_and_differs_in_nothing(both: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(both[1])]) == 0
    assert "11 file(s), 0 finding(s)" in capsys.readouterr().out
    compared = output(capsys, "compare", *map(str, both), "--format", "json")
    assert {row["differing"] for row in compared["systems"][0]["results"]} == {0}


def test_a_folder_of_one_suite_may_be_packed(both: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    found = output(capsys, "score", str(both[1] / "sample"), "--suite", "sample", "--format", "json")
    assert [row["lang"] for row in found["results"]] == [
        row["lang"] for row in output(capsys, "score", str(both[0]), "--format", "json")["results"]
    ]


def test_packing_a_row_changes_nothing_on_the_board(
    both: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = both[0].parent
    monkeypatch.chdir(root)
    board = ["leaderboard", "--submissions", ".", "--results", "../results"]
    assert main(board) == 0
    capsys.readouterr()
    pack(both[0])
    assert main([*board, "--check"]) == 0
    assert "scoring" not in capsys.readouterr().err
    (both[0] / "sample" / "de.jsonl.gz").write_bytes(
        gzipped.pack((both[1].parents[1] / "packed" / "a-system" / "sample" / "zh.jsonl").read_bytes())
    )
    assert main([*board, "--check"]) == 1


def test_a_request_may_pack_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    repo = make_main(tmp_path / "main")
    monkeypatch.chdir(repo)
    assert main(["leaderboard"]) == 0
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "board")
    path = f"submissions/{EXAMPLE.name}/sample/de.jsonl"
    data = (repo / path).read_bytes()
    head = commit(repo, {path: None, f"{path}.gz": ("100644", gzipped.pack(data))})
    report = output(capsys, "ci", "check", "--base", "main", "--head", head, "--format", "json")
    assert (report["verdict"], report["findings"], report["submission"]) == ("pass", [], EXAMPLE.name)
    cut = commit(repo, {path: None, f"{path}.gz": ("100644", gzipped.pack(data)[:-9])})
    assert main(["ci", "check", "--base", "main", "--head", cut, "--format", "json"]) == 1
    assert "bad-gzip" in capsys.readouterr().out


@pytest.mark.parametrize("verb", ["score", "validate", "errors"])
def test_a_packed_file_alone_is_named(both: tuple[Path, Path], verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = both[1] / "sample" / "de.jsonl.gz"
    assert main([verb, str(path), "--suite", "sample", "--lang", "de"]) == 1
    error = capsys.readouterr().err
    assert error.count("error:") == 1
    assert "not-json-lines: gzip, not JSON Lines: unpack it first; gunzip FILE" in error
