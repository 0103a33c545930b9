"""Names of suites that a submission's folder may hold: letters, digits and hyphens."""

import json
from pathlib import Path

import pytest
from repos import ROOT, Changes, commit, git, make_main

from boundarybench.cli.main import main
from boundarybench.gold.load import load
from boundarybench.suites.manifests import packaged
from boundarybench.suites.pins import pins


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    repo = make_main(tmp_path / "main")
    monkeypatch.chdir(repo)
    assert main(["leaderboard"]) == 0
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "board")
    return repo


def request(repo: Path, path: str, *, gold: str, data: bytes) -> str:
    """A submission of one prediction file."""
    system = json.loads((ROOT / "submissions" / "example-perfect" / "system.json").read_text())
    suite, lang = gold.split("/")
    pin = pins(packaged()[suite])[f"{lang}/test"]
    said = json.dumps(system | {"name": "new-system", "gold": {gold: pin.structure}})
    changes: Changes = {
        "submissions/new-system/system.json": ("100644", said.encode()),
        f"submissions/new-system/{path}": ("100644", data),
    }
    return commit(repo, changes)


def codes(head: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    capsys.readouterr()
    rc = main(["ci", "check", "--base", "main", "--head", head, "--format", "json"])
    report = json.loads(capsys.readouterr().out)
    return rc, sorted({finding["code"] for finding in report["findings"]})


@pytest.mark.usefixtures("data")
@pytest.mark.parametrize(("suite", "lang"), [("uner-pud", "de"), ("masakhaner1", "luo"), ("e3c", "fr")])
def test_a_submission_of_a_new_suite_passes(repo: Path, suite: str, lang: str, capsys: pytest.CaptureFixture[str]) -> None:
    gold = load(suite, lang)
    lines = [json.dumps({"id": name, "tags": ["O"] * length}) for name, length in zip(gold.ids(), gold.lengths.tolist(), strict=True)]
    head = request(repo, f"{suite}/{lang}.jsonl", gold=f"{suite}/{lang}", data="\n".join(lines).encode() + b"\n")
    assert main(["ci", "check", "--base", "main", "--head", head, "--format", "json"]) == 0
    (place,) = json.loads(capsys.readouterr().out)["places"]
    assert (place["suite"], place["rank"]) == (suite, None)


@pytest.mark.parametrize("path", ["-uner/de.jsonl", "uner_pud/de.jsonl", "uner.pud/de.jsonl", "UNER-PUD/de.jsonl", f"{'u' * 33}/de.jsonl"])
def test_other_names_are_refused_before_anything_is_read(repo: Path, path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert codes(request(repo, path, gold="uner-pud/de", data=b"x\n"), capsys) == (1, ["file-name"])


def test_a_suite_that_nobody_has_is_refused_by_the_validator(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rc, found = codes(request(repo, "uner-pod/de.jsonl", gold="uner-pud/de", data=b"x\n"), capsys)
    assert rc == 1
    assert "unexpected-file" in found
