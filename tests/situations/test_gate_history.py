"""Histories that are cut off or tampered with, and trees that are too large: no verdict, or the right one, never a traceback."""

import subprocess
from pathlib import Path

import pytest
from repos import ENVIRONMENT, commit, commit_tree, git, make_main, raw_tree, submission

from boundarybench.cli.main import main
from boundarybench.intake import objects

FILE = ("100644", b"x\n")


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    repo = make_main(tmp_path / "main")
    git(repo, "update-ref", "refs/heads/request", commit(repo, submission("new-system")))
    return repo


def check(repo: Path, head: str, base: str = "main") -> int:
    return main(["ci", "check", "--repo", str(repo), "--base", base, "--head", head])


@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize("bare", [[], ["--bare"]], ids=str)
def test_a_shallow_clone_is_a_wrong_call(
    depth: int, bare: list[str], repo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for k in range(3):
        git(repo, "update-ref", "refs/heads/main", commit(repo, {f"{k}.txt": FILE}))
    git(tmp_path, "clone", "-q", *bare, "--no-single-branch", f"--depth={depth}", f"file://{repo}", "shallow")
    base, head = git(repo, "rev-parse", "main"), git(repo, "rev-parse", "request")
    assert check(tmp_path / "shallow", head, base) == 2
    said = capsys.readouterr()
    assert "git fetch --unshallow" in said.err
    assert said.out == ""
    git(tmp_path / "shallow", "fetch", "-q", "--unshallow")
    assert check(tmp_path / "shallow", head, base) == 0


def test_a_shallow_clone_that_lacks_the_commit_says_why(repo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = git(repo, "rev-parse", "main")
    git(repo, "update-ref", "refs/heads/main", commit(repo, {"1.txt": FILE}))
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{repo}", "shallow")
    assert check(tmp_path / "shallow", "main", first) == 2
    assert "git fetch --unshallow" in capsys.readouterr().err


def graft(repo: Path, child: str, *parents: str) -> None:
    (repo / ".git/info").mkdir(exist_ok=True)
    (repo / ".git/info/grafts").write_text(" ".join([child, *parents]) + "\n")


def test_a_graft_gives_no_common_history(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    orphan = commit_tree(repo, git(repo, "rev-parse", "request^{tree}"))
    graft(repo, orphan, git(repo, "rev-parse", "main"))
    assert check(repo, orphan) == 1
    assert "`no-common-history`" in capsys.readouterr().out


def test_a_graft_takes_no_history_away(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = git(repo, "rev-parse", "request")
    graft(repo, head)
    assert check(repo, head) == 0


def test_a_graft_hides_no_change(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the graft, the merge base would be the commit that has changed the code already."""
    code = commit(repo, {"code.py": FILE})
    head = commit(repo, {"code.py": FILE, **submission("new-system")}, code)
    git(repo, "update-ref", "refs/bases/grafted", main_now := git(repo, "rev-parse", "main"))
    graft(repo, main_now, code)
    assert check(repo, head, "refs/bases/grafted") == 1
    assert "`data-and-code`" in capsys.readouterr().out


def test_a_replaced_parent_gives_no_common_history(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    orphan = commit_tree(repo, git(repo, "rev-parse", "request^{tree}"))
    git(repo, "replace", orphan, git(repo, "rev-parse", "request"))
    assert check(repo, orphan) == 1
    assert "`no-common-history`" in capsys.readouterr().out


def test_the_callers_graft_file_does_not_count(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    orphan = commit_tree(repo, git(repo, "rev-parse", "request^{tree}"))
    (tmp_path / "grafts").write_text(f"{orphan} {git(repo, 'rev-parse', 'main')}\n")
    monkeypatch.setenv("GIT_GRAFT_FILE", str(tmp_path / "grafts"))
    assert check(repo, orphan) == 1
    assert "`no-common-history`" in capsys.readouterr().out


def with_tree(repo: Path, name: bytes, tree: str) -> str:
    """Main with one more folder at the top, or another submissions/, without a listing of it."""
    lines = [line.split("\t") for line in git(repo, "ls-tree", "main").splitlines()]
    entries = {name.encode(): (head.split()[0].lstrip("0"), head.split()[2]) for head, name in lines} | {name: ("40000", tree)}
    return commit_tree(repo, raw_tree(repo, sorted((name, mode, oid) for name, (mode, oid) in entries.items())), "main")


def large_tree(repo: Path, blob: str, name: bytes = b"%06d.jsonl", entries: int = 110_000) -> str:
    data = b"".join(b"100644 " + name % k + b"\0" + bytes.fromhex(blob) for k in range(entries))
    assert len(data) > objects.MAX_TREE_BYTES
    done = subprocess.run(
        ["git", "-C", str(repo), "hash-object", "-t", "tree", "-w", "--literally", "--stdin"],
        input=data, capture_output=True, check=True, env=ENVIRONMENT,
    )  # fmt: skip
    return done.stdout.decode().strip()


def test_a_tree_over_the_limit_is_not_called_broken(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    large = large_tree(repo, git(repo, "rev-parse", "main:code.py"))
    outer = raw_tree(repo, [(b"sample", "40000", large)])
    for tree in (large, outer):
        folders = {line.split("\t")[1]: line.split()[2] for line in git(repo, "ls-tree", "main:submissions").splitlines()}
        entries = [(name.encode(), "40000" if "." not in name else "100644", oid) for name, oid in folders.items()]
        inside = raw_tree(repo, sorted([*entries, (b"new-system", "40000", tree)]))
        assert check(repo, with_tree(repo, b"submissions", inside)) == 1
        said = capsys.readouterr().out
        assert "`tree-too-large`" in said
        assert "broken-tree" not in said
    assert check(repo, with_tree(repo, b"submissions", large)) == 1
    assert "`tree-too-large`" in capsys.readouterr().out


def test_a_large_tree_elsewhere_is_not_read(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    large = large_tree(repo, git(repo, "rev-parse", "main:code.py"))
    assert check(repo, with_tree(repo, b"data", large)) == 0
    assert "no submission here" in capsys.readouterr().out


def test_a_main_that_cannot_be_read_is_no_fault_of_the_request(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    large = large_tree(repo, git(repo, "rev-parse", "main:code.py"))
    base = with_tree(repo, b"submissions", large)
    head = commit_tree(repo, git(repo, "rev-parse", "request^{tree}"), base)
    assert check(repo, head, base) == 2
    assert "cannot be read" in capsys.readouterr().err
