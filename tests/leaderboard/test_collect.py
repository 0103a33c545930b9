"""What is scored and what is kept; content ids."""

import json
import os
import random
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from boards import EXAMPLES, spoil, submission
from boundarybench import gzipped
from boundarybench.gold.load import load
from boundarybench.leaderboard import collect as collect_module
from boundarybench.leaderboard import store
from boundarybench.leaderboard.collect import collect, score_submission
from boundarybench.leaderboard.contents import blob_id, contents
from boundarybench.leaderboard.markdown import render
from boundarybench.leaderboard.rank import standings
from boundarybench.leaderboard.signatures import OVERALL, table_signature
from boundarybench.leaderboard.store import Board
from boundarybench.protocol import TYPES, VERSION
from boundarybench.report import as_json, evaluate
from boundarybench.submission.findings import Findings, FindingsError
from boundarybench.submission.predictions import read
from boundarybench.suites.manifests import packaged
from boundarybench.suites.pins import ranked

MASAKHANER2 = packaged()["masakhaner2"]
XTREME = packaged()["xtreme"]


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def checkout(root: Path) -> Path:
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "all")
    return root


def checkout_ids(root: Path) -> dict[str, str]:
    checkout(root.parent)
    return contents(root)


def scored(root: Path, before: Board | None) -> tuple[Board, list[str]]:
    """The board, and the submissions that were scored for it."""
    names: list[str] = []

    def watch(found: Sequence[str]) -> Iterable[str]:
        names.extend(found)
        return found

    return collect(root, before, watch), names


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Three submissions and a file."""
    folder = tmp_path / "submissions"
    folder.mkdir()
    (folder / "README.md").write_text("no submission")
    submission(folder, "sys-b", langs=["de", "en", "zu"])
    submission(folder, "sys-a", like="example-perfect", langs=["de"])
    submission(folder, "sys-c", langs=["zh"])
    return folder


# Figures.


def test_an_entry_holds_the_figures_of_score() -> None:
    folder = EXAMPLES / "example-typical-errors"
    entry = score_submission(folder, "content")
    findings = Findings()
    results = []
    for row in entry.rows:
        gold = load("sample", row.lang)
        prediction = read((folder / "sample" / f"{row.lang}.jsonl").read_bytes(), "file", gold, findings)
        assert prediction is not None
        results.append(evaluate(gold, prediction, TYPES))
    report = as_json(results)
    for row, expected in zip(entry.rows, report["results"], strict=True):
        assert row.figures["bp75"] == expected["bp75"]
        assert row.interval == tuple(expected["intervals"]["bp75"])
        assert row.figures["typed.f1"] == expected["typed"]["f1"]
        assert row.figures["start.precision"] == expected["start"]["precision"]
        assert (row.gold, row.predicted, row.exact, row.errors) == tuple(
            expected[name] for name in ("gold", "predicted", "exact", "errors")
        )
        assert row.typed_correct == round(expected["typed"]["recall"] * row.gold)
        assert row.track == "oracle"
    mean, expected = entry.mean("sample"), report["means"]["sample"]
    assert mean is not None
    assert mean.figures["boundary.f1"] == expected["boundary"]["f1"]
    assert mean.interval == tuple(expected["intervals"]["bp75"])
    assert (mean.signature, mean.complete, len(mean.languages)) == (expected["signature"], True, 10)


def test_tracks_hold_per_pair(tmp_path: Path) -> None:
    folder = submission(tmp_path, "system", langs=["de", "zu"], tracks={"default": "zero-shot", "sample/de": "supervised"})
    assert {row.lang: row.track for row in score_submission(folder, "").rows} == {"de": "supervised", "zu": "zero-shot"}


@pytest.mark.slow
def test_overall_is_the_mean_of_the_two_suite_means(tmp_path: Path, data: Path) -> None:
    """A system that calls every first word a person, in every language with pinned gold."""
    pairs = [(suite.name, lang) for suite in (XTREME, MASAKHANER2) for lang in ranked(suite)]
    folder = submission(tmp_path, "system", langs=[])
    fields = json.loads((folder / "system.json").read_text())
    for suite, lang in pairs:
        gold = load(suite, lang)
        fields["gold"][f"{suite}/{lang}"] = gold.structure
        lines = zip(gold.ids(), gold.lengths.tolist(), strict=True)
        (folder / suite).mkdir(exist_ok=True)
        (folder / suite / f"{lang}.jsonl").write_text(
            "".join(json.dumps({"id": name, "tags": ["B-PER"] + ["O"] * (length - 1)}) + "\n" for name, length in lines)
        )
    (folder / "system.json").write_text(json.dumps({**fields, "tracks": {"default": "zero-shot"}}))
    entry = score_submission(folder, "content")
    overall, *suites = (entry.mean(suite) for suite in (OVERALL, "xtreme", "masakhaner2"))
    assert overall is not None
    assert [f"{row.suite}/{row.lang}" for row in entry.rows] == ["/".join(pair) for pair in pairs] == list(overall.languages)
    for figure in ("bp75", "boundary.f1", "typed.recall"):
        assert overall.figures[figure] == pytest.approx(sum(mean.figures[figure] for mean in suites) / 2)
    low, high = overall.interval
    # Narrower than the mean of the suites' intervals: the two vary independently.
    assert low < overall.figures["bp75"] < high
    assert high - low < sum(mean.interval[1] - mean.interval[0] for mean in suites) / 2
    for mean in (overall, *suites):
        assert mean.signature == table_signature(mean.suite)
    board = Board(VERSION, {entry.name: entry})
    assert [row.rank for suite in (OVERALL, "xtreme", "masakhaner2") for row in standings(board, suite)] == [1, 1, 1]
    assert collect_module.is_fresh(entry, "content")


def test_only_english_is_a_row_and_no_mean(tmp_path: Path) -> None:
    entry = score_submission(submission(tmp_path, "system", langs=["en"]), "")
    assert [row.lang for row in entry.rows] == ["en"]
    assert entry.means[0].figures["bp75"] is None


# What is scored.


def test_the_first_time_all_are_scored_and_then_none(root: Path) -> None:
    board, names = scored(root, None)
    assert names == ["sys-a", "sys-b", "sys-c"] == list(board.entries)
    again, names = scored(root, store.from_files(store.to_files(board), "results"))
    assert names == []
    assert again == board


def test_one_changed_submission_scores_only_itself(root: Path) -> None:
    board, _ = scored(root, None)
    spoil(root / "sys-b")
    changed, names = scored(root, board)
    assert names == ["sys-b"]
    assert changed.entries["sys-b"] != board.entries["sys-b"]
    assert changed.entries["sys-a"] is board.entries["sys-a"]


@pytest.mark.parametrize("change", ["system.json", "new file", "gone file", "gone folder", "new folder", "renamed"])
def test_every_change_is_noticed(root: Path, change: str) -> None:
    board, _ = scored(root, None)
    expected = ["sys-b"]
    if change == "system.json":
        path = root / "sys-b" / "system.json"
        path.write_text(path.read_text().replace('"any"', '"other"'))
    elif change == "new file":
        shutil.copy(EXAMPLES / "example-typical-errors" / "sample" / "am.jsonl", root / "sys-b" / "sample" / "am.jsonl")
    elif change == "gone file":
        (root / "sys-b" / "sample" / "de.jsonl").unlink()
    elif change == "gone folder":
        shutil.rmtree(root / "sys-b")
        expected = []
    elif change == "new folder":
        submission(root, "sys-d", langs=["de"])
        expected = ["sys-d"]
    elif change == "renamed":
        shutil.rmtree(root / "sys-b")
        submission(root, "sys-d", langs=["de", "en", "zu"])
        expected = ["sys-d"]
    after, names = scored(root, board)
    assert names == expected
    assert list(after.entries) == sorted(path.name for path in root.iterdir() if path.is_dir())


def test_other_gold_is_noticed(root: Path) -> None:
    """Gold that is pinned anew changes the score of predictions that did not change."""
    board, _ = scored(root, None)
    data = store.to_files(board)
    fingerprint = board.entries["sys-c"].rows[0].fingerprint.encode()
    path = "systems/sys-c.json"
    old = store.from_files({**data, path: data[path].replace(fingerprint, b"0" * 64)}, "results")
    after, names = scored(root, old)
    assert (names, after) == (["sys-c"], board)


@pytest.mark.parametrize("block", [b'"block":20', b'"block":null'])
def test_another_length_of_blocks_is_noticed(root: Path, block: bytes) -> None:
    """A manifest that cuts a test set otherwise changes its intervals and tests; older files do not say how it was cut."""
    board, _ = scored(root, None)
    data, path = store.to_files(board), "systems/sys-c.json"
    assert b'"block":1' in data[path]
    after, names = scored(root, store.from_files({**data, path: data[path].replace(b'"block":1', block)}, "results"))
    assert (names, after) == (["sys-c"], board)


def test_what_did_not_change_needs_no_gold(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    board, _ = scored(root, None)

    def no_gold(*arguments: object) -> None:
        raise AssertionError("gold was asked for")

    monkeypatch.setattr(collect_module, "load", no_gold)
    spoil(root / "sys-b")
    with pytest.raises(AssertionError, match="gold was asked for"):  # the change is what asks for it
        scored(root, board)
    shutil.rmtree(root / "sys-b")
    assert scored(root, board)[1] == []


def test_two_merges_in_either_order_give_the_same_files(root: Path, tmp_path: Path) -> None:
    before, _ = scored(root, None)
    pages = []
    for first, second in (("sys-x", "sys-y"), ("sys-y", "sys-x")):
        folder = tmp_path / f"{first}-first" / "submissions"
        shutil.copytree(root, folder)
        board = before
        for name in (first, second):
            submission(folder, name, like="example-perfect" if name == "sys-x" else "example-typical-errors", langs=["de", "yo"])
            board, names = scored(folder, store.from_files(store.to_files(board), "results"))
            assert names == [name]
        pages.append((store.to_files(board), render(board, ())))
    assert pages[0] == pages[1]
    assert store.to_files(scored(folder, None)[0]) == pages[0][0]


def test_unpinned_test_sets_are_named_and_not_scored(tmp_path: Path, data: Path) -> None:
    folder = submission(tmp_path, "system", langs=["de"])
    (folder / "xtreme").mkdir()
    (folder / "xtreme" / "th.jsonl").write_text('{"id": "th-00000", "tags": ["O"]}\n')
    entry = score_submission(folder, "")
    assert entry.unscored == ("xtreme/th",)
    assert [row.suite for row in entry.rows] == ["sample"]


# What is refused.


def test_all_findings_of_all_submissions_come_at_once(root: Path) -> None:
    (root / "sys-a" / "sample" / "de.jsonl").write_text("{}\n")
    (root / "sys-b" / "system.json").unlink()
    (root / "sys-c" / "run.py").write_text("")
    with pytest.raises(FindingsError) as error:
        collect(root, None)
    found = {(Path(finding.file).relative_to(root).parts[0], finding.code) for finding in error.value.findings.shown}
    assert {("sys-a", "missing-key"), ("sys-b", "system-missing"), ("sys-c", "unexpected-file")} <= found


def test_links_are_refused_wherever_they_stand(root: Path) -> None:
    (root / "sys-l").symlink_to(root / "sys-a")
    (root / "sys-c" / "sample" / "de.jsonl").symlink_to(root / "sys-a" / "sample" / "de.jsonl")
    with pytest.raises(FindingsError) as error:
        collect(root, None)
    assert [finding.code for finding in error.value.findings.shown] == ["not-a-regular-file"] * 2


def test_runs_alone_give_no_row(tmp_path: Path) -> None:
    folder = submission(tmp_path, "system", langs=["de"])
    (folder / "runs" / "0").mkdir(parents=True)
    (folder / "sample").rename(folder / "runs" / "0" / "sample")
    with pytest.raises(FindingsError, match="there are only runs"):
        score_submission(folder, "")


def test_a_broken_run_makes_the_submission_invalid(tmp_path: Path) -> None:
    folder = submission(tmp_path, "system", langs=["de"])
    (folder / "runs" / "0" / "sample").mkdir(parents=True)
    (folder / "runs" / "0" / "sample" / "de.jsonl").write_text("{}\n")
    with pytest.raises(FindingsError):
        score_submission(folder, "")


# Content ids.


def test_a_checkout_and_a_plain_copy_have_the_same_ids(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    copy = tmp_path_factory.mktemp("plain") / "copy"
    shutil.copytree(root, copy)
    plain = contents(copy)
    assert list(plain) == ["sys-a", "sys-b", "sys-c"]
    checkout(root.parent)
    assert contents(root) == plain
    (root / "sys-a" / "sample" / "zu.jsonl").write_text("untracked")
    spoil(root / "sys-b")
    (root / "sys-c" / "sample" / "zh.jsonl").unlink()
    git(root, "add", "--intent-to-add", "--all")
    changed = contents(root)
    shutil.rmtree(copy)
    shutil.copytree(root, copy)
    assert contents(copy) == changed
    assert all(changed[name] != plain[name] for name in plain)


@pytest.mark.parametrize("in_git", [False, True])
def test_a_packed_submission_has_the_same_id_and_the_same_row(root: Path, *, in_git: bool) -> None:
    plain, _ = scored(root, None)
    for path in (root / "sys-a").rglob("*.jsonl"):
        path.with_name(f"{path.name}.gz").write_bytes(gzipped.pack(path.read_bytes()))
        path.unlink()
    if in_git:
        checkout(root.parent)
    board, names = scored(root, plain)
    assert (board, names) == (plain, [])
    again, names = scored(root, None)
    assert (again, len(names)) == (plain, 3)


def test_what_cannot_be_unpacked_has_an_id_of_its_own(root: Path) -> None:
    before = contents(root)["sys-a"]
    path = next((root / "sys-a").rglob("*.jsonl"))
    path.rename(packed := path.with_name(f"{path.name}.gz"))
    assert contents(root)["sys-a"] != before
    with pytest.raises(FindingsError, match="bad-gzip"):
        score_submission(root / "sys-a", "")
    packed.write_bytes(gzipped.pack(packed.read_bytes()))
    assert contents(root)["sys-a"] == before


def test_a_checkout_above_gives_the_ids_too(root: Path, tmp_path: Path) -> None:
    plain = contents(root)
    (tmp_path / ".gitignore").write_text("sys-b\n")
    checkout(tmp_path)
    assert contents(root) == plain


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_files_that_git_was_told_not_to_look_at_are_read(root: Path, flag: str) -> None:
    checkout(root.parent)
    git(root, "update-index", flag, "sys-b/sample/de.jsonl")
    before = contents(root)["sys-b"]
    spoil(root / "sys-b")
    assert contents(root)["sys-b"] != before


def test_a_hook_s_environment_does_not_matter(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = checkout_ids(root)
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert contents(root) == before


def test_without_git_the_ids_are_the_same(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = checkout_ids(root)
    monkeypatch.setenv("PATH", "")
    assert contents(root) == before


def test_a_blob_id_is_git_s(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for data in (b"", b"a\r\nb", random.Random(0).randbytes(3 << 20)):
        path.write_bytes(data)
        assert blob_id(path) == git(tmp_path, "hash-object", "--no-filters", str(path)).strip()


def test_folders_without_files_are_no_submissions(root: Path) -> None:
    (root / "empty" / "sample").mkdir(parents=True)
    assert list(contents(root)) == ["sys-a", "sys-b", "sys-c"]


def test_the_order_in_which_a_folder_lists_its_files_does_not_matter(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(root)
    board = store.to_files(collect(root, None))
    scandir, shuffle = os.scandir, random.Random(1).shuffle

    class Shuffled:
        def __init__(self, path: os.PathLike[str]) -> None:
            with scandir(path) as entries:
                self.entries = list(entries)
            shuffle(self.entries)

        def __enter__(self) -> list[os.DirEntry[str]]:
            return self.entries

        def __exit__(self, *error: object) -> None:
            pass

    monkeypatch.setattr(os, "scandir", Shuffled)
    for _ in range(5):
        assert contents(root) == before
        assert store.to_files(collect(root, None)) == board
