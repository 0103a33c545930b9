"""Declared before the first figures, or after them: histories of git made for it."""

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from boundarybench.leaderboard.families.declared import when_declared
from boundarybench.leaderboard.families.pairs import DeclaredPair

PAIR = DeclaredPair("moved", "projected")
OTHER = DeclaredPair("moved", "third")
IDENTITY = {f"GIT_{who}_{what}": f"{who}@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
FIGURES = ("submissions/moved/sample/sw.jsonl", "submissions/projected/runs/1/sample/sw.jsonl.gz", "results/systems/projected.json")


def git(folder: Path, *arguments: str) -> str:
    environment = {**{name: value for name, value in os.environ.items() if not name.startswith("GIT_")}, **IDENTITY}
    command = ["git", "-C", str(folder), "-c", "protocol.file.allow=always", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = tmp_path / "main"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    commit(folder, "README.md")
    return folder


def commit(repo: Path, *paths: str, pairs: Iterable[DeclaredPair] | None = None) -> str:
    """Commit files of some bytes that no other commit has, and pairs.toml where there are `pairs`."""
    for path in paths:
        (repo / path).parent.mkdir(parents=True, exist_ok=True)
        with (repo / path).open("a") as file:
            file.write("more\n")
    if pairs is not None:
        declare(repo, pairs)
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "--allow-empty", "-m", "a change")
    return git(repo, "rev-parse", "HEAD")


def declare(repo: Path, pairs: Iterable[DeclaredPair]) -> None:
    (repo / "submissions").mkdir(exist_ok=True)
    (repo / "submissions" / "pairs.toml").write_text("".join(f'[[pair]]\na = "{pair.a}"\nb = "{pair.b}"\n' for pair in pairs))


def said(repo: Path, pair: DeclaredPair = PAIR) -> str | None:
    found = when_declared(repo / "submissions", [pair])
    return found and found[pair.a, pair.b]


@pytest.mark.parametrize("figures", FIGURES)
def test_before_and_after_the_first_figures(repo: Path, figures: str) -> None:
    commit(repo, "submissions/moved/system.json", pairs=[PAIR])  # a system.json alone shows nothing
    commit(repo, figures)
    assert said(repo) == "beforehand"
    commit(repo, pairs=[PAIR, OTHER])
    assert said(repo, OTHER) == ("afterwards" if "moved" in figures else "beforehand")
    assert said(repo) == "beforehand"


@pytest.mark.parametrize("figures", FIGURES)
def test_at_the_same_time_is_afterwards(repo: Path, figures: str) -> None:
    commit(repo, figures, pairs=[PAIR])
    assert said(repo) == "afterwards"


def test_figures_that_were_removed_have_been_seen(repo: Path) -> None:
    commit(repo, FIGURES[0])
    git(repo, "rm", "-q", FIGURES[0])
    commit(repo, "README.md")
    commit(repo, pairs=[PAIR])
    commit(repo, *FIGURES)
    assert said(repo) == "afterwards"


def test_figures_of_others_are_none_of_its_own(repo: Path) -> None:
    commit(
        repo, "submissions/moved-2/sample/sw.jsonl", "submissions/x/moved/sw.jsonl", "results/systems/moved-2.json", "results/board.json"
    )
    commit(repo, pairs=[PAIR])
    commit(repo, *FIGURES)
    assert said(repo) == "beforehand"


def test_a_pair_that_was_withdrawn_counts_from_its_return(repo: Path) -> None:
    """Else one could declare many, look, and keep those that please."""
    commit(repo, pairs=[PAIR, OTHER])
    commit(repo, pairs=[OTHER])
    commit(repo, *FIGURES)
    commit(repo, pairs=[PAIR, OTHER])
    assert (said(repo), said(repo, OTHER)) == ("afterwards", "beforehand")


UNREADABLE = {"no TOML": b"[[pair]\n", "no UTF-8": b"\xff", "a long line": b"a" + b".a" * 50_000 + b" = 1\n", "large": b"# more\n" * 30_000}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_version_that_cannot_be_read_declares_nothing(repo: Path, content: bytes) -> None:
    commit(repo, pairs=[PAIR])
    (repo / "submissions" / "pairs.toml").write_bytes(content)
    commit(repo, *FIGURES)
    commit(repo, pairs=[PAIR])
    assert said(repo) == "afterwards"


def test_an_older_version_may_have_said_more(repo: Path) -> None:
    (repo / "submissions").mkdir()
    (repo / "submissions" / "pairs.toml").write_text('[[pair]]\na = "moved"\nb = "projected"\nbudget = "the same hours"\n')
    commit(repo)
    commit(repo, *FIGURES)
    commit(repo, pairs=[PAIR])
    assert said(repo) == "beforehand"


@pytest.mark.parametrize(("first", "second", "expected"), [("pair", "system", "beforehand"), ("system", "pair", "afterwards")])
@pytest.mark.parametrize("squash", [False, True])
def test_requests_count_from_their_merge(repo: Path, first: str, second: str, expected: str, squash: bool) -> None:
    """Both branches begin before either is merged, and commit in the wrong order."""
    for branch in (second, first):
        git(repo, "switch", "-q", "-c", branch, "main")
        commit(repo, *([] if branch == "pair" else FIGURES[:2]), pairs=[PAIR] if branch == "pair" else None)
    git(repo, "switch", "-q", "main")
    for branch in (first, second):
        git(repo, "merge", "-q", *(["--squash"] if squash else ["--no-ff", "-m", branch]), branch)
        commit(repo) if squash else None
    assert said(repo) == expected


def test_one_merge_with_both_is_afterwards(repo: Path) -> None:
    git(repo, "switch", "-q", "-c", "both")
    commit(repo, pairs=[PAIR])
    commit(repo, *FIGURES)
    git(repo, "switch", "-q", "main")
    git(repo, "merge", "-q", "--no-ff", "-m", "both", "both")
    assert said(repo) == "afterwards"


def test_what_is_not_committed(repo: Path) -> None:
    declare(repo, [PAIR])
    assert said(repo) == "not known"
    git(repo, "stash", "-q", "-u")
    commit(repo, FIGURES[0])
    declare(repo, [PAIR])
    assert said(repo) == "afterwards"


def test_figures_to_come_of_a_committed_pair(repo: Path) -> None:
    """The board is written before it is committed; it says what it will say after that."""
    commit(repo, pairs=[PAIR])
    (repo / "submissions" / "moved" / "sample").mkdir(parents=True)
    (repo / FIGURES[0]).write_text("{}\n")
    assert said(repo) == "beforehand"
    commit(repo)
    assert said(repo) == "beforehand"


def test_a_history_that_is_not_at_hand(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(repo, pairs=[PAIR])
    commit(repo, *FIGURES)
    commit(repo, pairs=[PAIR, OTHER])
    assert said(repo) == "beforehand"
    git(repo, "config", "uploadpack.allowFilter", "true")
    for name, options in {"shallow": ["--depth=1"], "blobless": ["--filter=blob:none"], "whole": []}.items():
        git(tmp_path, "clone", "-q", *options, f"file://{repo}", name)
        assert said(tmp_path / name) == ("beforehand" if name == "whole" else None), name
    (tmp_path / "plain" / "submissions").mkdir(parents=True)
    assert said(tmp_path / "plain") is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert said(repo) is None
