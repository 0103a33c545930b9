"""Pull requests that pass, those without a submission, and calls that are off."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from repos import Changes, commit, git, make_main, state, submission

from boundarybench import gzipped
from boundarybench.cli.main import main
from boundarybench.protocol import RANK_FIGURE
from boundarybench.scoring.figures import named

NAME = "new-system"
NEW = f"submissions/{NAME}"
OLD = "submissions/example-typical-errors"
FILE = ("100644", b"x\n")


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Main, with its board."""
    repo = make_main(tmp_path / "main")
    monkeypatch.chdir(repo)
    assert main(["leaderboard"]) == 0
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "board")
    return repo


def check(head: str, capsys: pytest.CaptureFixture[str], base: str = "main") -> tuple[Any, str]:
    """The report of a request that passes, as JSON and as markdown."""
    assert main(["ci", "check", "--base", base, "--head", head, "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert main(["ci", "check", "--base", base, "--head", head]) == 0
    return report, capsys.readouterr().out


def zero_shot(changes: Changes) -> Changes:
    return {
        path: ("100644", change[1].replace(b'"oracle"', b'"zero-shot"')) if change and isinstance(change[1], bytes) else change
        for path, change in changes.items()
    }


def test_a_new_submission_passes_and_its_row_is_the_one_that_the_board_gets(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = commit(repo, submission("new-system"))
    before = state(repo)
    report, text = check(head, capsys)
    assert state(repo) == before
    assert (report["verdict"], report["submission"], report["new"], report["changed_files"]) == ("pass", "new-system", True, 12)
    assert report["findings"] == []
    (place,) = report["places"]
    assert (place["suite"], place["rank"], place["reason"], place["position"], place["rows"]) == ("sample", None, "oracle", 3, 3)
    languages = [f"sample/{lang}" for lang in sorted(place["languages"])]
    near = {"name": "example-typical-errors", "rank": None, "languages": languages, "shared": True, "difference": 0.0}
    assert place["neighbours"] == [near]
    assert place["before"] is None
    assert "passes" in text
    assert "| new-system |" in text
    assert "is the author one of those who may change it" not in text
    # Nobody else has the same spans, but this is the copy of a row.
    assert [(remark["row"], remark["share"]) for remark in report["remarks"]] == [("example-typical-errors", 1.0)]
    # After the merge, the board has the very same figures.
    git(repo, "merge", "-q", "--ff-only", head)
    assert main(["leaderboard"]) == 0
    row = next(row for row in json.loads((repo / "results/systems/new-system.json").read_text())["means"] if row["suite"] == "sample")
    assert (row["figures"], row["interval"]) == (place["figures"], place["interval"])
    assert "new-system" in (repo / "leaderboard.md").read_text()


def packed(changes: Changes) -> Changes:
    """The same request with its prediction files packed."""
    return {
        f"{path}.gz": (change[0], gzipped.pack(change[1]))
        for path, change in changes.items()
        if change and isinstance(path, str) and path.endswith(".jsonl") and isinstance(change[1], bytes)
    } | {path: change for path, change in changes.items() if not str(path).endswith(".jsonl")}


def test_a_packed_submission_is_the_same(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain, _ = check(commit(repo, submission("new-system", "example-perfect")), capsys)
    report, _ = check(commit(repo, packed(submission("new-system", "example-perfect"))), capsys)
    assert report["remarks"]  # a copy of gold, which is read from packed objects here
    assert [report[key] for key in ("submission", "places", "remarks")] == [plain[key] for key in ("submission", "places", "remarks")]


def test_a_row_may_be_packed_later_and_is_still_looked_at(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changes = packed(submission("example-typical-errors"))
    changes |= {path: None for path in submission("example-typical-errors") if str(path).endswith(".jsonl")}
    report, _ = check(commit(repo, changes), capsys)
    assert (report["new"], report["findings"]) == (False, [])
    git(repo, "merge", "-q", "--ff-only", commit(repo, changes))
    report, _ = check(commit(repo, submission("new-system")), capsys)
    assert {remark["row"] for remark in report["remarks"]} >= {"example-typical-errors"}


def test_a_ranked_row_shows_its_rank_and_the_distance_to_its_neighbours(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(repo, "merge", "-q", "--ff-only", commit(repo, zero_shot(submission("best", "example-perfect"))))
    assert main(["leaderboard"]) == 0
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "board")
    capsys.readouterr()
    report, text = check(commit(repo, zero_shot(submission("new-system"))), capsys)
    (place,) = report["places"]
    assert (place["rank"], place["position"], place["rows"]) == (2, 2, 4)
    best, oracle = place["neighbours"]
    assert (best["name"], best["rank"], oracle["name"], oracle["rank"]) == ("best", 1, "example-perfect", None)
    assert best["difference"] == pytest.approx(place["figures"][RANK_FIGURE] - 1)
    assert f"against best (rank 1): {100 * best['difference']:+.1f} {named(RANK_FIGURE).title} over 10 languages\n" in text
    assert "| 2      | new-system |" in text


def test_a_change_to_a_submission_asks_the_reviewer_and_shows_the_old_figure(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    better = (repo / "submissions/example-perfect/sample/sw.jsonl").read_bytes()
    report, text = check(commit(repo, {f"{OLD}/sample/sw.jsonl": ("100644", better)}), capsys)
    assert (report["new"], report["changed_files"]) == (False, 1)
    (place,) = report["places"]
    before = place["before"]
    assert (before["name"], before["shared"]) == ("example-typical-errors", True)
    assert before["difference"] > 0
    assert "is the author one of those who may change it" in text
    assert f"against its row on main's board now (not ranked): {100 * before['difference']:+.1f}" in text


def test_differences_are_over_common_languages_only(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a system in three languages the mean says nothing beside one over ten."""
    few = ("de", "sw", "tr")
    keep = {path: change for path, change in submission(NAME, "example-perfect").items() if Path(str(path)).stem in (*few, "system")}
    report, text = check(commit(repo, zero_shot(keep)), capsys)
    (place,) = report["places"]
    (near,) = (near for near in place["neighbours"] if near["name"] == "example-perfect")
    assert (near["languages"], near["shared"], near["difference"]) == ([f"sample/{lang}" for lang in few], False, 0.0)
    assert "+0.0 " in text
    assert f"over the 3 languages that both have: {' '.join(f'sample/{lang}' for lang in few)}" in text


def test_a_row_that_grows_is_held_against_itself_over_what_it_had(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = submission(NAME, "example-perfect")
    typical = submission(NAME)
    first = {path: change for path, change in files.items() if Path(str(path)).stem in ("sw", "system")}
    git(repo, "merge", "-q", "--ff-only", commit(repo, first))
    assert main(["leaderboard"]) == 0
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "board")
    capsys.readouterr()
    more = {path: change for path, change in typical.items() if Path(str(path)).stem not in ("sw", "system")}
    report, text = check(commit(repo, more), capsys)
    before = report["places"][0]["before"]
    assert (before["languages"], before["shared"], before["difference"]) == (["sample/sw"], False, 0.0)
    assert "over the 1 language that both have: sample/sw" in text


def test_the_whole_folder_is_scored_not_only_what_changed(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(repo, "merge", "-q", "--ff-only", commit(repo, {f"{OLD}/sample/zu.jsonl": FILE}))  # main is broken
    assert main(["ci", "check", "--base", "main", "--head", commit(repo, {f"{OLD}/sample/sw.jsonl": FILE}), "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)["findings"]
    assert {finding["file"] for finding in found} == {f"{OLD}/sample/sw.jsonl", f"{OLD}/sample/zu.jsonl"}


def test_main_may_have_moved_on_elsewhere(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = commit(repo, submission("new-system"))
    git(repo, "merge", "-q", "--ff-only", commit(repo, {"code.py": FILE, **submission("other-system")}))
    report, text = check(head, capsys)
    assert report["submission"] == "new-system"
    assert report["notes"] == ["not on main's board yet: other-system"]
    assert "not on main" in text


@pytest.mark.parametrize(
    "changes",
    [
        {"code.py": FILE},
        {"submissions/README.md": FILE},
        {"submissions/README.md": None},
        {"submissions/pairs.toml": ("100644", b"# none yet\n")},
        {"leaderboard.md": FILE, "results/board.json": FILE, "code.py": None},
        {"run.sh": ("100755", b""), "link": ("120000", b"/etc")},
        {"<img src=x>": FILE},
    ],
    ids=str,
)
def test_a_request_without_a_submission_is_none_of_the_gates_business(
    changes: Changes, repo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report, text = check(commit(repo, changes), capsys)
    assert report["verdict"] == "no-submission"
    assert len(report["outside"]) == len(changes)
    assert "no submission here" in text
    assert "<img" not in text


@pytest.mark.parametrize("board", [None, b"{", b'{"protocol": 99, "files": {}}'], ids=["none", "broken", "newer"])
def test_a_board_that_cannot_be_compared_with_is_no_fault_of_the_submission(
    board: bytes | None, repo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git(repo, "merge", "-q", "--ff-only", commit(repo, {"results/board.json": board and ("100644", board)}))
    report, _ = check(commit(repo, submission("new-system")), capsys)
    assert report["places"][0]["rows"] == 1
    assert len(report["notes"]) == 1


@pytest.mark.parametrize("revision", ["nosuch", "", "--help", "--all", "^main", "main..main", "main:code.py", "\0", ":/x", "main --"])
def test_a_revision_that_names_no_commit(revision: str, repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ci", "check", f"--base={revision}", "--head", "main"]) == 2
    assert main(["ci", "check", "--base", "main", f"--head={revision}"]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_folder_that_is_no_repository(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ci", "check", "--base", "main", "--head", "main", "--repo", str(tmp_path)]) == 2
    assert main(["ci", "check", "--base", "main", "--head", "main", "--repo", str(tmp_path / "none")]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_an_object_that_is_not_there_says_nothing_of_the_submission(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As in a partial clone."""
    head = commit(repo, {**submission("new-system"), f"{NEW}/system.json": FILE})
    missing = git(repo, "rev-parse", f"{head}:{NEW}/system.json")
    (repo / ".git/objects" / missing[:2] / missing[2:]).unlink()
    assert main(["ci", "check", "--base", "main", "--head", head]) == 2
    assert "fetch the whole history" in capsys.readouterr().err


def test_gold_that_is_not_at_hand_is_the_environments_fault(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = commit(repo, {**submission("new-system"), f"{NEW}/masakhaner2/ewe.jsonl": FILE})
    assert main(["ci", "check", "--base", "main", "--head", head]) == 2
    assert "masakhaner2/ewe" in capsys.readouterr().err


def test_the_report_is_written_to_a_file(repo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "report.json"
    head = commit(repo, submission("new-system"))
    assert main(["ci", "check", "--base", "main", "--head", head, "--format", "json", "-o", str(out)]) == 0
    assert json.loads(out.read_text())["verdict"] == "pass"
    assert capsys.readouterr().out == ""


class TestTheHeadIsNeverCheckedOut:
    """Whatever git would run or follow on a checkout stays untouched."""

    @pytest.fixture
    def marker(self, repo: Path, tmp_path: Path) -> Path:
        marker = tmp_path / "ran"
        for name in ("smudge", "clean", "process"):
            git(repo, "config", f"filter.evil.{name}", f"touch {marker}; cat")
        git(repo, "config", "diff.evil.textconv", f"touch {marker}; cat")
        git(repo, "config", "diff.evil.command", f"touch {marker}")
        git(repo, "config", "diff.external", f"touch {marker}")
        git(repo, "config", "core.fsmonitor", f"touch {marker}")
        for hook in ("post-checkout", "reference-transaction", "post-index-change"):
            path = repo / ".git" / "hooks" / hook
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"#!/bin/sh\ntouch {marker}\n")
            path.chmod(0o755)
        return marker

    def test_filters_and_hooks_do_not_run(self, repo: Path, marker: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (repo / ".git/info").mkdir(exist_ok=True)
        (repo / ".git/info/attributes").write_text("* filter=evil diff=evil\n")
        head = commit(repo, submission("new-system"))
        marker.unlink(missing_ok=True)
        report, _ = check(head, capsys)
        assert report["verdict"] == "pass"
        assert not marker.exists()

    def test_attributes_of_the_head_do_not_count(self, repo: Path, marker: Path, capsys: pytest.CaptureFixture[str]) -> None:
        head = commit(repo, {**submission("new-system"), ".gitattributes": ("100644", b"* filter=evil diff=evil\n")})
        marker.unlink(missing_ok=True)
        assert main(["ci", "check", "--base", "main", "--head", head]) == 1
        assert "`data-and-code`" in capsys.readouterr().out
        assert not marker.exists()

    def test_ignored_submodules_are_seen(self, repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
        git(repo, "config", "diff.ignoreSubmodules", "all")
        git(repo, "config", "submodule.x.ignore", "all")
        head = commit(repo, {**submission("new-system"), f"{NEW}/xtreme": ("160000", "1" * 40)})
        assert main(["ci", "check", "--base", "main", "--head", head]) == 1
        assert "`submodule`" in capsys.readouterr().out

    def test_replaced_objects_are_read_as_they_are(self, repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
        bad, good = commit(repo, {**submission("new-system"), "code.py": FILE}), commit(repo, submission("new-system"))
        git(repo, "replace", bad, good)
        assert main(["ci", "check", "--base", "main", "--head", bad]) == 1
        assert "`data-and-code`" in capsys.readouterr().out

    def test_the_callers_git_variables_do_not_count(
        self, repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        head = commit(repo, submission("new-system"))
        monkeypatch.setenv("GIT_DIR", str(tmp_path))
        monkeypatch.setenv("GIT_OBJECT_DIRECTORY", os.devnull)
        monkeypatch.setenv("GIT_EXEC_PATH", str(tmp_path))
        assert check(head, capsys)[0]["verdict"] == "pass"

    def test_a_bare_repository_will_do(self, repo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        head = commit(repo, submission("new-system"))
        git(repo, "update-ref", "refs/heads/request", head)
        git(tmp_path, "clone", "-q", "--bare", str(repo), "bare.git")
        assert main(["ci", "check", "--repo", str(tmp_path / "bare.git"), "--base", "main", "--head", "request"]) == 0
        assert "passes" in capsys.readouterr().out
