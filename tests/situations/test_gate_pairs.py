"""Requests that break declared pairs: the gate names them, and the board names the comparisons that it drops."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from repos import ROOT, Changes, commit, git, submission

from boundarybench.cli.main import main
from boundarybench.intake.gate import examine
from boundarybench.intake.objects import Repository
from boundarybench.intake.pair_changes import check_pairs
from boundarybench.leaderboard.families import pairs
from boundarybench.submission.findings import Findings

PAIRS = "submissions/pairs.toml"
MOVED = "submissions/moved/system.json"


def declared(*names: tuple[str, str]) -> tuple[str, bytes]:
    text = "".join(f'[[pair]]\na = "{a}"\nb = "{b}"\n' for a, b in names)
    return "100644", text.encode()


def system(name: str, family: str, **facets: Any) -> Changes:
    """An example's predictions under another name, of a family that pairs may have."""
    changes = submission(name)
    mode, data = changes[f"submissions/{name}/system.json"]  # type: ignore[misc]
    stated = json.loads(data)
    stated["family"] = family
    stated["facets"].update(facets)
    return {**changes, f"submissions/{name}/system.json": (mode, json.dumps(stated).encode())}


MAIN: Changes = {
    **system("moved", "model-transfer"),
    **system("projected", "annotation-projection"),
    **system("third", "annotation-projection"),
    PAIRS: declared(("moved", "projected"), ("moved", "third")),
}


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    repo = tmp_path_factory.mktemp("pairs") / "main"
    repo.mkdir()
    git(repo, "init", "-q", "-b", "main", ".")
    git(repo, "commit", "-q", "--allow-empty", "-m", "begin")
    git(repo, "reset", "-q", "--hard", commit(repo, MAIN))
    return repo


def check(repo: Path, head: str, capsys: pytest.CaptureFixture[str], base: str = "main") -> tuple[int, dict[str, Any]]:
    code = main(["ci", "check", "--repo", str(repo), "--base", base, "--head", head, "--format", "json"])
    return code, json.loads(capsys.readouterr().out)


BREAKING: dict[str, tuple[Changes, list[tuple[str, str]]]] = {
    "the ensemble of a system in two pairs": (
        system("moved", "model-transfer", ensemble_size=3),
        [
            ("pair-differs", "'moved' and 'projected': ensemble_size: 3 and 1"),
            ("pair-differs", "'moved' and 'third': ensemble_size: 3 and 1"),
        ],
    ),
    "the encoder of one": (
        system("third", "annotation-projection", encoder="another-encoder"),
        [("pair-differs", "'moved' and 'third': encoder: None and 'another-encoder'")],
    ),
    "the source data": (
        system("projected", "annotation-projection", source_data=["invented news"]),
        [("pair-differs", "'moved' and 'projected': source_data: [] and ['invented news']")],
    ),
    "the family": (
        system("projected", "model-transfer"),
        [("pair-families", "'moved' and 'projected': the families are model-transfer and model-transfer")],
    ),
    "pairs.toml is no TOML": ({PAIRS: ("100644", b"[[pair]\n")}, [("pairs-file", "")]),
    "pairs.toml with an unknown key": ({PAIRS: ("100644", declared(("moved", "third"))[1] + b"note = 'x'\n")}, [("pairs-file", "`note`")]),
    "pairs.toml is not UTF-8": ({PAIRS: ("100644", b"# \xff\n")}, [("pairs-file", "")]),
    "pairs.toml is too large": ({PAIRS: ("100644", b"# more\n" * 30_000)}, [("pairs-file", "over 128 KiB")]),
    "a key that a TOML reader needs an hour for": (
        {PAIRS: ("100644", b"a" + b".a" * 50_000 + b" = 1\n")},
        [("pairs-file", "a line of over")],
    ),
    "a pair with a name that leads elsewhere": (
        {PAIRS: declared(("moved", "projected"), ("moved", "third"), ("moved", "../nobody"))},
        [("pairs-file", "")],
    ),
    "words for the budget": ({PAIRS: ("100644", declared(("moved", "third"))[1] + b"budget = 'x'\n")}, [("pairs-file", "`budget`")]),
    "a pair the wrong way round": (
        {PAIRS: declared(("moved", "projected"), ("third", "moved"))},
        [("pair-families", "'third' and 'moved'")],
    ),
    "a pair twice": (
        {PAIRS: declared(("moved", "projected"), ("moved", "third"), ("moved", "third"))},
        [("pair-twice", "'moved' and 'third'")],
    ),
    "a system is deleted": (
        {"submissions/third": None},
        [("folder-deleted", ""), ("pair-unknown-system", "'moved' and 'third': there is no submission 'third' any more")],
    ),
    "a system is renamed": (
        {"submissions/moved": None, **system("moved-2", "model-transfer")},
        [("folder-deleted", ""), ("pair-unknown-system", "'moved' and 'projected'"), ("pair-unknown-system", "'moved' and 'third'")],
    ),
}


@pytest.mark.parametrize("name", BREAKING)
def test_a_request_that_breaks_pairs(name: str, repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changes, expected = BREAKING[name]
    head = commit(repo, changes)
    code, report = check(repo, head, capsys)
    assert (code, report["verdict"]) == (1, "fail")
    found = [(finding["code"], finding["message"]) for finding in report["findings"]]
    assert [code for code, _ in found] == [code for code, _ in expected]
    assert all(part in message for (_, message), (_, part) in zip(found, expected, strict=True))
    assert all(finding["file"] == PAIRS and finding["fix"] for finding in report["findings"] if finding["code"].startswith("pair"))
    main(["ci", "check", "--repo", str(repo), "--base", "main", "--head", head])
    assert "submissions/pairs.toml" in capsys.readouterr().out


PASSING: dict[str, Changes] = {
    "a pair less": {PAIRS: declared(("moved", "projected"))},
    "no pairs any more": {PAIRS: None},
    "a pair with a system that is still to come": {PAIRS: declared(("moved", "projected"), ("moved", "third"), ("moved", "to-come"))},
    "another description": {MOVED: ("100644", MAIN[MOVED][1].replace(b'"description": "', b'"description": "Now: '))},  # type: ignore[index, union-attr, arg-type]
    "a facet that a pair does not ask for": system("projected", "annotation-projection", aligner="invented"),
    "a system without pairs": system("fourth", "hybrid", ensemble_size=7),
    "a comment beside code": {
        PAIRS: ("100644", b"# in order\n" + declared(("moved", "projected"), ("moved", "third"))[1]),
        "code.py": ("100644", b""),
    },
}


@pytest.mark.parametrize("name", PASSING)
def test_a_request_that_breaks_none(name: str, repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, report = check(repo, commit(repo, PASSING[name]), capsys)
    assert (code, report["findings"]) == (0, [])
    withdrawn = [note for note in report["notes"] if "no longer declared" in note]
    assert len(withdrawn) == {"a pair less": 1, "no pairs any more": 2}.get(name, 0)
    waiting = [note for note in report["notes"] if note.startswith("newly declared")]
    assert waiting == (["newly declared: moved and to-come; there is no to-come yet"] if "to come" in name else [])


def test_a_pair_that_was_wrong_before_is_not_the_requests_fault(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(repo, "update-ref", "refs/bases/wrong", commit(repo, system("moved", "model-transfer", encoder="another")))
    changes = {PAIRS: declared(("moved", "projected"), ("moved", "third"), ("projected", "third"))}
    code, report = check(repo, commit(repo, changes, "refs/bases/wrong"), capsys, base="refs/bases/wrong")
    assert code == 1
    assert {finding["message"].split(":")[0] for finding in report["findings"]} == {"'projected' and 'third'"}


def test_pairs_that_main_has_changed_meanwhile(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(repo, "update-ref", "refs/bases/moved-on", commit(repo, {PAIRS: declared(("moved", "third"))}))
    code, report = check(repo, commit(repo, {PAIRS: declared(("moved", "projected"))}), capsys, base="refs/bases/moved-on")
    assert (code, [finding["code"] for finding in report["findings"]]) == (1, ["behind-base"])


def test_a_pair_that_main_declared_meanwhile_is_held_against_the_new_system(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What counts is what the merge leaves: main's pairs with the request's system."""
    before = commit(repo, {PAIRS: declared(("moved", "projected"))})
    head = commit(repo, system("third", "annotation-projection", encoder="another"), before)
    assert check(repo, head, capsys, base=before)[0] == 0
    git(repo, "update-ref", "refs/bases/declared", commit(repo, {PAIRS: MAIN[PAIRS]}, before))
    code, report = check(repo, head, capsys, base="refs/bases/declared")
    assert (code, [finding["code"] for finding in report["findings"]]) == (1, ["pair-differs"])


def test_a_system_that_is_broken_besides_is_named_once(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, report = check(repo, commit(repo, {MOVED: ("100644", b"{")}), capsys)
    assert code == 1
    assert {finding["code"] for finding in report["findings"]} == {"broken-json"}


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The committed pairs.toml and every committed system.json; the names of the prediction files, without the predictions."""
    repo = tmp_path_factory.mktemp("real") / "main"
    repo.mkdir()
    git(repo, "init", "-q", "-b", "main", ".")
    git(repo, "commit", "-q", "--allow-empty", "-m", "begin")
    root = ROOT / "submissions"
    changes: Changes = {PAIRS: ("100644", (root / "pairs.toml").read_bytes())}
    empty = "100644", b""
    for path in root.rglob("*.json*"):
        changes[f"submissions/{path.relative_to(root).as_posix()}"] = ("100644", path.read_bytes()) if path.name == "system.json" else empty
    git(repo, "reset", "-q", "--hard", commit(repo, changes))
    return repo


def real_problems(repo: Path, head: str, base: str = "main") -> list[str]:
    with Repository(repo) as repository:
        passage = examine(repository, repository.commit(base), repository.commit(head))
        return [f"{finding.code} {finding.message}" for finding in check_pairs(repository, passage).findings.shown]


REAL = pairs.read(ROOT / "submissions", Findings())


def test_the_real_pairs_are_right(real: Path) -> None:
    """Declared anew, each of them would be checked."""
    assert len(REAL) >= 5
    assert real_problems(real, "main", base=commit(real, {PAIRS: None})) == []


@pytest.mark.parametrize("name", sorted({name for pair in REAL for name in (pair.a, pair.b)}))
@pytest.mark.parametrize("change", [{"ensemble_size": 2}, {"encoder": "another"}, {"source_languages": ["de"]}], ids=str)
def test_a_change_to_a_real_system_names_all_its_pairs(name: str, change: dict[str, Any], real: Path) -> None:
    stated = json.loads((ROOT / "submissions" / name / "system.json").read_bytes())
    stated["facets"].update(change)
    head = commit(real, {f"submissions/{name}/system.json": ("100644", json.dumps(stated).encode())})
    expected = [f"pair-differs '{pair.a}' and '{pair.b}': {next(iter(change))}" for pair in REAL if name in (pair.a, pair.b)]
    found = real_problems(real, head)
    assert len(found) == len(expected)
    assert all(line.startswith(start) for line, start in zip(found, expected, strict=True))


def breaks_file(folder: Path) -> None:
    (folder / "pairs.toml").write_text("[[pair]\n")


def breaks_facet(folder: Path) -> None:
    path = folder / "moved/system.json"
    path.write_text(path.read_text().replace('"ensemble_size": 1', '"ensemble_size": 4'))


def fills_file(folder: Path) -> None:
    (folder / "pairs.toml").write_bytes(b"# more\n" * 200_000)


@pytest.mark.parametrize("breaks", [breaks_file, breaks_facet, fills_file])
@pytest.mark.parametrize("options", [[], ["--rescore"]], ids=str)
def test_the_board_names_the_comparisons_that_it_drops(
    breaks: Callable[[Path], None],
    options: list[str],
    repo: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    git(tmp_path, "clone", "-q", str(repo), "clone")
    monkeypatch.chdir(tmp_path / "clone")
    assert main(["leaderboard"]) == 0
    assert "not on the board any more" not in capsys.readouterr().err
    breaks(tmp_path / "clone/submissions")
    assert main(["leaderboard", *options]) == 0
    said = capsys.readouterr().err
    assert "warning: not on the board any more: the declared pair of moved and projected" in said
    assert "warning: not on the board any more: the declared pair of moved and third" in said
    assert "error: pair" in said
