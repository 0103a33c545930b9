"""`boundarybench leaderboard`: what is written, when, and what becomes of it when something goes wrong."""

import io
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from boards import REPOSITORY, make_board, make_entry, put, spoil, submission, with_tests
from boundarybench import atomic
from boundarybench.cli import leaderboard
from boundarybench.cli.main import main
from boundarybench.leaderboard import collect as collect_module
from boundarybench.leaderboard import paired_tests, store
from boundarybench.leaderboard.contents import contents
from boundarybench.leaderboard.markdown import render
from boundarybench.leaderboard.published import published
from boundarybench.leaderboard.store import Board
from boundarybench.protocol import VERSION
from boundarybench.suites.manifests import packaged

MASAKHANER2 = packaged()["masakhaner2"]
XTREME = packaged()["xtreme"]

SEAL = "results/board.json"
FILES = ("results/board.json", "results/systems/sys-a.json", "results/systems/sys-b.json", "leaderboard.md")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two submissions; the working directory."""
    (tmp_path / "submissions").mkdir()
    submission(tmp_path / "submissions", "sys-a", langs=["de", "zu"])
    submission(tmp_path / "submissions", "sys-b", like="example-perfect", langs=["de"])
    monkeypatch.chdir(tmp_path)
    return tmp_path


def state(folder: Path) -> dict[str, bytes]:
    """Everything outside submissions/."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_relative_to(folder / "submissions")
    }


def run(*options: str) -> int:
    return main(["leaderboard", *options])


@pytest.mark.skipif(os.environ.get("GITHUB_EVENT_NAME") == "pull_request", reason="a request may not touch the board: main makes it anew")
def test_the_committed_board_is_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    assert run("--check") == 0


@pytest.mark.slow
@pytest.mark.usefixtures("data")
def test_the_committed_board_is_what_the_submissions_give_from_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(REPOSITORY)
    assert run("--results", str(tmp_path / "results"), "--output", str(tmp_path / "leaderboard.md")) == 0
    assert store.files(tmp_path / "results") == store.files(REPOSITORY / "results")
    assert (tmp_path / "leaderboard.md").read_bytes() == (REPOSITORY / "leaderboard.md").read_bytes()


def test_a_board_is_written_and_then_fresh(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--check") == 1
    assert set(state(repository)) == set()
    assert run() == 0
    assert set(state(repository)) == set(FILES)
    before = {path: path.stat() for path in map(repository.joinpath, FILES)}
    capsys.readouterr()
    assert run() == 0
    assert run("--check") == 0
    assert {path: path.stat() for path in map(repository.joinpath, FILES)} == before  # not even touched
    assert capsys.readouterr().out == ""


def test_the_page_is_a_function_of_the_results(repository: Path) -> None:
    run()
    board = store.read(repository / "results")
    assert render(board, published()).encode() == (repository / "leaderboard.md").read_bytes()


def test_a_changed_submission_is_stale_with_a_diff(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run()
    before = state(repository)
    spoil(repository / "submissions" / "sys-a")
    capsys.readouterr()
    assert run("--check") == 1
    out, err = capsys.readouterr()
    assert "--- leaderboard.md (committed)\n+++ leaderboard.md (from submissions)\n@@" in out
    assert "--- results/systems/sys-a.json (committed)" in out
    assert any(line.startswith("-| [sys-a](submissions/sys-a)") for line in out.split("\n"))
    assert "stale: results/systems/sys-a.json, results/board.json, leaderboard.md" in err
    assert state(repository) == before
    assert run() == 0
    assert run("--check") == 0
    assert state(repository) != before


@pytest.mark.parametrize("name", FILES)
def test_an_edited_file_is_stale_and_mended(repository: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    run()
    before = state(repository)
    path = repository / name
    path.write_bytes(path.read_bytes().replace(b"\x22: ", b"\x22:  ").replace(b"# Leaderboard", b"# Leaderboard\x1b[2J"))
    capsys.readouterr()
    assert run("--check") == 1
    out = capsys.readouterr().out
    assert f"--- {name} (committed)" in out
    assert "\x1b" not in out
    assert run() == 0
    assert state(repository) == before


def test_nothing_depends_on_where_the_folder_stands(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    run()
    other = tmp_path_factory.mktemp("quite") / "another place"
    shutil.copytree(repository / "submissions", other / "subs")
    paths = [str(other / name) for name in ("subs", "results", "leaderboard.md")]
    assert run("--submissions", paths[0], "--results", paths[1], "--output", paths[2]) == 0
    assert {name: (other / name).read_bytes() for name in FILES} == state(repository)
    for command in (["init", "--quiet"], ["add", "--all"]):
        subprocess.run(["git", *command], cwd=repository, check=True)
    assert run("--check") == 0


def test_unchanged_submissions_need_no_gold(repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Rows of suites whose gold is not at hand: no mirror, an empty cache, no network."""
    submissions = repository / "submissions"
    for name in ("sys-a", "sys-b"):
        shutil.rmtree(submissions / name)
    folder = submissions / "remote"
    (folder / "masakhaner2").mkdir(parents=True)
    (folder / "masakhaner2" / "swa.jsonl").write_text('{"id": "swa-00000", "tags": ["O"]}\n')
    entry = make_entry("remote", content=contents(submissions)["remote"])
    put(repository / "results", store.to_files(make_board(entry)))
    monkeypatch.setenv("BOUNDARYBENCH_HOME", str(tmp_path / "empty"))
    assert run() == 0
    assert "[remote](submissions/remote)" in (repository / "leaderboard.md").read_text()
    before = state(repository)
    assert run("--check") == 0
    (folder / "masakhaner2" / "swa.jsonl").write_text('{"id": "swa-00000", "tags": ["B-PER"]}\n')
    assert run() == 2  # now it does
    assert state(repository) == before


def test_an_invalid_submission_writes_nothing(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run()
    before = state(repository)
    (repository / "submissions" / "sys-a" / "sample" / "de.jsonl").write_text("{}\n")
    spoil(repository / "submissions" / "sys-b")
    for options in ([], ["--check"], ["--rescore"]):
        capsys.readouterr()
        assert run(*options) == 1
        out, err = capsys.readouterr()
        assert "submissions/sys-a/sample/de.jsonl:1: error: missing-key" in err
        assert out == ""
        assert state(repository) == before


def test_rescore_scores_all(repository: Path) -> None:
    run()
    before = state(repository)
    path = repository / "results/systems/sys-a.json"
    path.write_bytes(path.read_bytes().replace(b'"typed_correct":', b'"typed_correct":1'))
    run()
    assert state(repository) != before  # what did not change is trusted
    assert run("--rescore") == 0
    assert state(repository) == before


def test_a_system_that_was_run_again_is_marked_until_it_changes(repository: Path) -> None:
    assert run("--reran", "sys-a") == 0
    for _ in range(2):
        assert {name: entry.reran for name, entry in store.read(repository / "results").entries.items()} == {
            "sys-a": True,
            "sys-b": False,
        }
        assert run("--rescore") == 0
    assert run("--check") == 0
    spoil(repository / "submissions" / "sys-a")
    assert run() == 0
    assert not store.read(repository / "results").entries["sys-a"].reran
    assert run("--reran", "nobody") == 2


@pytest.mark.parametrize("data", [b"", b"{", b'{"protocol": 2}', b"\xff"])
def test_results_that_are_broken_are_named_and_kept(repository: Path, data: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    put(repository, {SEAL: data})
    assert run() == 1
    assert "results/board.json: not of a board" in capsys.readouterr().err
    assert state(repository) == {SEAL: data}


def test_a_call_that_is_off(repository: Path) -> None:
    assert run("--submissions", "nowhere") == 2
    assert run("--submissions", "submissions/sys-a/system.json") == 2
    assert run("--output", "nowhere/leaderboard.md") == 2


# Protocol versions.


def test_the_board_of_an_older_protocol_is_kept_as_it_was(repository: Path) -> None:
    old = {"results/systems/x.json": b"as it was", SEAL: b'{"files": "as they were", "protocol": 0}\n', "leaderboard.md": b"as it was\n"}
    put(repository, old)
    assert run("--check") == 1
    assert state(repository) == old
    assert run() == 0
    found = state(repository)
    assert {name: found.pop(name.replace("results", "boards/v0").replace("leaderboard", "boards/v0")) for name in old} == old
    assert set(found) == set(FILES)
    assert store.read(repository / "results").protocol == VERSION
    assert run("--check") == 0


def test_a_kept_board_is_never_replaced(repository: Path) -> None:
    put(repository, {SEAL: b'{"protocol": 0}', "boards/v0/board.json": b"another"})
    before = state(repository)
    assert run() == 1
    assert state(repository) == before


def test_a_newer_board_is_left_alone(repository: Path) -> None:
    put(repository, {SEAL: b'{"protocol": %d}' % (VERSION + 1)})
    assert run() == 1
    assert state(repository) == {SEAL: b'{"protocol": %d}' % (VERSION + 1)}


# Kills.


@pytest.fixture
def two_boards(repository: Path) -> tuple[Path, dict[str, bytes], dict[str, bytes]]:
    """A repository whose board is that of an older state, and the board before and after a regeneration."""
    run()
    old = state(repository)
    submission(repository / "submissions", "sys-c", langs=["ha"])
    run()
    new = state(repository)
    assert {name for name in new if old.get(name) != new[name]} == {SEAL, "results/systems/sys-c.json", "leaderboard.md"}
    return repository, old, new


def check_after_kill(folder: Path, old: dict[str, bytes], new: dict[str, bytes]) -> str:
    """The files are old or new, the page never ahead of the results, and the next run mends it; returns what was found."""
    found = {name: (folder / name).read_bytes() for name in new if (folder / name).exists()}
    assert all(data in (old.get(name), new[name]) for name, data in found.items())  # none is half
    ages = ["old" if found[name] == old[name] else "new" for name in (SEAL, "leaderboard.md")]
    assert ages in (["old", "old"], ["new", "old"], ["new", "new"])
    assert "results/systems/sys-c.json" in found or ages[0] == "old"
    assert (run("--check") == 0) == (ages == ["new", "new"])
    assert run() == 0
    assert {name: (folder / name).read_bytes() for name in new} == new
    if ages != ["new", "new"]:
        assert not list(folder.glob(".*.tmp"))  # a run that writes removes what the dead one has left
    return "/".join(ages)


def forked(steps: int | None) -> int:
    """The id of a child process that runs the command; it dies, as if by kill -9, at that number of steps of writing, if any."""
    child = os.fork()
    if child:
        return child
    try:
        if steps is not None:
            make_mortal(steps)
        os._exit(run())
    finally:
        os._exit(1)


def make_mortal(steps: int) -> None:
    """Let this process end when the functions that write a file have been called `steps` times; every write is many small ones."""
    left = steps

    def mortal(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                os._exit(9)
            return function(*arguments, **named)

        return call

    class SmallWrites(io.FileIO):
        def write(self, data: bytes) -> int:
            step = max(1, len(data) // 24)
            return sum(mortal(super(SmallWrites, self).write)(data[start : start + step]) for start in range(0, len(data), step))

    opened = Path.open
    Path.open = lambda path, mode="r", **named: mortal(SmallWrites)(path, mode) if mode == "wb" else opened(path, mode, **named)
    os.fsync = mortal(os.fsync)
    Path.touch = mortal(Path.touch)
    Path.replace = mortal(Path.replace)


def restore(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).write_bytes(data)


@pytest.mark.slow
def test_death_at_any_step_of_writing_leaves_old_or_new_files(two_boards: tuple[Path, dict[str, bytes], dict[str, bytes]]) -> None:
    folder, old, new = two_boards
    seen: list[str] = []
    code = 9
    while code == 9 and len(seen) < 200:
        restore(folder, old)
        code = os.waitstatus_to_exitcode(os.waitpid(forked(len(seen)), 0)[1])
        seen.append(check_after_kill(folder, old, new))
    assert code == 0  # the last step of all was reached
    assert len(seen) > 50
    assert [age for age, before in zip(seen, ["", *seen], strict=False) if age != before] == ["old/old", "new/old", "new/new"]


@pytest.mark.slow
def test_kill_9_at_random_times_leaves_old_or_new_files(two_boards: tuple[Path, dict[str, bytes], dict[str, bytes]]) -> None:
    folder, old, new = two_boards
    restore(folder, old)
    began = time.perf_counter()
    os.waitpid(forked(None), 0)
    usual = time.perf_counter() - began
    generator = random.Random(0)
    for _ in range(50):
        restore(folder, old)
        child = forked(None)
        time.sleep(generator.uniform(0, 1.2) * usual)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        check_after_kill(folder, old, new)


@pytest.mark.parametrize("at", [1, 2])
def test_a_disk_that_fails_leaves_old_or_new_files(
    two_boards: tuple[Path, dict[str, bytes], dict[str, bytes]], at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, old, new = two_boards
    restore(folder, old)
    real, calls = os.fsync, []

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) == at:
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr(atomic.os, "fsync", full)
    assert run() == 2
    monkeypatch.setattr(atomic.os, "fsync", real)
    assert not list(folder.glob(".*.tmp"))
    check_after_kill(folder, old, new)


# Scale.


def scale(folder: Path, count: int) -> Board:
    """`count` submissions of 57 languages, and the board of which they are."""
    root = folder / "submissions"
    shutil.rmtree(root)
    for index in range(count):
        for suite in (XTREME, MASAKHANER2):
            (root / f"system-{index:03}" / suite.name).mkdir(parents=True)
            for lang in suite.headline:
                (root / f"system-{index:03}" / suite.name / f"{lang}.jsonl").write_text(f"{index} {lang}\n")
    ids = contents(root)
    entries = (make_entry(name, (index % 97) / 97, (XTREME, MASAKHANER2), content=ids[name]) for index, name in enumerate(ids))
    return with_tests(make_board(*entries))


def test_two_hundred_systems_that_did_not_change_are_not_scored(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    board = scale(repository, 200)
    put(repository / "results", store.to_files(board))
    asked: list[Sequence[str]] = []
    monkeypatch.setattr(leaderboard, "report_progress", lambda names: asked.append(names) or names)
    monkeypatch.setattr(collect_module, "load", None)
    monkeypatch.setattr(paired_tests, "load", None)
    assert run() == 0
    assert run("--check") == 0
    assert asked == [[], []]
    page = (repository / "leaderboard.md").read_text()
    assert page.count("@misc{") == 200
    assert max(line.count("|") for line in page.split("\n")) <= 20


def test_board_among_the_submissions_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The next run would take it for a submission."""
    assert main(["leaderboard", "--submissions", str(tmp_path), "--results", str(tmp_path / "results")]) == 2
    assert "choose another place" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
