"""`init-submission`: a template that says what is open, and validates once it is filled in."""

import json
from contextlib import nullcontext
from pathlib import Path

import pytest

from boundarybench.cli.main import main

EXAMPLE = Path(__file__).resolve().parents[2] / "submissions" / "example-perfect"


def init(folder: Path, name: str = "my-system", *options: str) -> int:
    return main(["init-submission", name, "--folder", str(folder), *options])


def test_every_open_field_is_named_until_it_is_filled_in(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert init(tmp_path, "my-system", "--suite", "sample") == 0
    folder = tmp_path / "my-system"
    (folder / "sample" / "sw.jsonl").write_bytes((EXAMPLE / "sample" / "sw.jsonl").read_bytes())
    assert main(["validate", str(folder)]) == 1
    report = capsys.readouterr().out
    system = json.loads((folder / "system.json").read_text())
    given = {"name", "seed", "gold", "facets"}
    for field in system.keys() - given:
        assert f"system-schema: '{field}" in report, field
    assert "'facets/encoder'" in report
    example = json.loads((EXAMPLE / "system.json").read_text())
    (folder / "system.json").write_text(
        json.dumps(system | {field: example[field] for field in example.keys() - given} | {"facets": example["facets"]})
    )
    assert main(["validate", str(folder)]) == 0


def test_the_gold_of_the_chosen_suites_is_quoted(tmp_path: Path) -> None:
    assert init(tmp_path) == 0
    gold = json.loads((tmp_path / "my-system" / "system.json").read_text())["gold"]
    assert len(gold) == 39 + 20  # Thai is not pinned
    assert set(map(len, gold.values())) == {64}


@pytest.mark.parametrize("name", ["My-System", "x", "-system", "system-", "a/b", "..", "naïve", "a b"])
def test_bad_names(tmp_path: Path, name: str) -> None:
    with pytest.raises(SystemExit) if name.startswith("-") else nullcontext():
        assert init(tmp_path, name) == 2
    assert not list(tmp_path.iterdir())


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    assert init(tmp_path) == 0
    before = (tmp_path / "my-system" / "system.json").read_bytes()
    assert init(tmp_path) == 2
    assert (tmp_path / "my-system" / "system.json").read_bytes() == before
