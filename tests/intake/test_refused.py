"""Pull requests that break one rule each: the code that says so, and nothing written anywhere."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from repos import Changes, blob, commit, commit_tree, git, make_main, raw_tree, state, submission, write_tree

from boundarybench.cli.main import main
from boundarybench.intake.catalogue import CODES

NEW = "submissions/new-system"
OLD = "submissions/example-perfect"
FILE = ("100644", b"x\n")
RUN = f"{NEW}/runs/1/sample/sw.jsonl"


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    repo = make_main(tmp_path_factory.mktemp("refused") / "main")
    (repo / "leaderboard.md").write_text("# Leaderboard\n")
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "board")
    return repo


def with_new(changes: Changes) -> Callable[[Path], str]:
    """A good new submission, with something beside it or instead of a part of it."""
    return lambda repo: commit(repo, {**submission("new-system"), **changes})


def just(changes: Changes) -> Callable[[Path], str]:
    return lambda repo: commit(repo, changes)


def named(name: str) -> Callable[[Path], str]:
    return just(submission(name))


def edited(file: str, old: bytes, new: bytes) -> Callable[[Path], str]:
    """A new submission with the first `old` in one of its files replaced."""

    def make(repo: Path) -> str:
        changes = submission("new-system")
        mode, data = changes[f"{NEW}/{file}"]  # type: ignore[misc]
        assert old in data
        return commit(repo, {**changes, f"{NEW}/{file}": (mode, data.replace(old, new, 1))})

    return make


def without(file: str) -> Callable[[Path], str]:
    return lambda repo: commit(repo, {path: change for path, change in submission("new-system").items() if path != f"{NEW}/{file}"})


def renamed(repo: Path) -> str:
    return commit(repo, {**submission("better-name", "example-perfect"), OLD: None})


def moved_in(repo: Path) -> str:
    """Data and code at once, where the code is a file of the submissions folder itself."""
    return commit(repo, {**submission("new-system"), "submissions/README.md": ("100644", b"other\n")})


def unrelated(repo: Path) -> str:
    return commit_tree(repo, git(repo, "rev-parse", commit(repo, submission("new-system")) + "^{tree}"))


def crossed(repo: Path) -> str:
    """Base and head have each merged the other's first commit: no single merge base."""
    left, right = commit(repo, {"left.txt": FILE}), commit(repo, {"right.txt": FILE})
    both = {"left.txt": FILE, "right.txt": FILE}
    git(repo, "update-ref", "refs/bases/crossed", commit(repo, both, left, right))
    return commit(repo, {**both, **submission("new-system")}, right, left)


def behind(repo: Path) -> str:
    """Main has changed the folder since."""
    git(repo, "update-ref", "refs/bases/behind", commit(repo, {f"{OLD}/sample/sw.jsonl": FILE}))
    return commit(repo, {f"{OLD}/sample/zu.jsonl": FILE})


def overtaken(repo: Path) -> str:
    """Main has got a folder of that name since."""
    git(repo, "update-ref", "refs/bases/overtaken", commit(repo, submission("new-system", "example-perfect")))
    return commit(repo, submission("new-system"))


def large(path: str, size: int) -> Callable[[Path], str]:
    return lambda repo: commit(repo, {**submission("new-system"), f"{NEW}/{path}": ("100644", b"\0" * size)})


def heavy(repo: Path) -> str:
    """Nine files of 60 MiB, each allowed."""
    name = blob(repo, b"\0" * (60 << 20))
    return commit(repo, {**submission("new-system"), **{f"{NEW}/runs/{k}/sample/sw.jsonl": ("100644", name) for k in range(9)}})


def placed(repo: Path, tree: str) -> str:
    """A commit on main whose new submission is this tree."""
    now = dict(line.split("\t")[::-1] for line in git(repo, "ls-tree", "main:submissions").splitlines())
    entries = [(name.encode(), "40000" if " tree " in head else "100644", head.split()[2]) for name, head in now.items()]
    inside = raw_tree(repo, sorted([*entries, (b"new-system", "40000", tree)]))
    root = {line.split("\t")[1]: line.split()[:3] for line in git(repo, "ls-tree", "main").splitlines()}
    top = [(name.encode(), mode.lstrip("0"), inside if name == "submissions" else oid) for name, (mode, _, oid) in root.items()]
    return commit_tree(repo, raw_tree(repo, top), "main")


def many(repo: Path) -> str:
    """10,001 runs of one file."""
    run = write_tree(repo, {b"sample/sw.jsonl": ("100644", blob(repo, b"x\n"))})
    runs = raw_tree(repo, [(b"%05d" % k, "40000", run) for k in range(10_001)])
    return placed(repo, raw_tree(repo, [(b"runs", "40000", runs)]))


def bomb(repo: Path) -> str:
    """A tree of 10^20 files in eleven objects."""
    tree = write_tree(repo, {b"sw.jsonl": ("100644", blob(repo, b"x\n"))})
    for _ in range(10):
        tree = raw_tree(repo, [(b"%03d" % k, "40000", tree) for k in range(100)])
    return placed(repo, raw_tree(repo, [(b"runs", "40000", tree)]))


def listing(repo: Path) -> str:
    """A folder whose list of entries is longer than what is read."""
    name = blob(repo, b"x\n")
    files = raw_tree(repo, [(b"%06d.jsonl" % k, "100644", name) for k in range(110_000)])
    return placed(repo, raw_tree(repo, [(b"sample", "40000", files)]))


def twice(repo: Path) -> str:
    """A tree that holds one name twice: git checks out one of the two, and nobody knows which."""
    one, other = blob(repo, b"x\n"), blob(repo, b"y\n")
    sample = raw_tree(repo, [(b"sw.jsonl", "100644", one), (b"sw.jsonl", "100644", other)])
    return placed(repo, raw_tree(repo, [(b"sample", "40000", sample)]))


def slashed(repo: Path) -> str:
    """An entry whose name is a path: read naively, it looks like a file of the submission."""
    name = blob(repo, b"x\n")
    return placed(repo, raw_tree(repo, [(b"sample/sw.jsonl", "100644", name)]))


def disguised(repo: Path) -> str:
    """A tree that says file where a folder is."""
    sample = raw_tree(repo, [(b"sw.jsonl", "100644", write_tree(repo, {b"x": ("100644", blob(repo, b"x"))}))])
    return placed(repo, raw_tree(repo, [(b"sample", "40000", sample)]))


def cut_off(repo: Path) -> str:
    tree = git(repo, "hash-object", "-t", "tree", "-w", "--literally", "--stdin", data=b"100644 sw.jsonl\0short")
    return placed(repo, tree)


GIT_LINK = "1" * 40

REFUSED: dict[str, tuple[Callable[[Path], str], set[str]]] = {
    # The request as a whole.
    "nothing": (lambda repo: commit(repo, {}), {"nothing-changed"}),
    "code beside data": (with_new({"code.py": ("100644", b"import os\n")}), {"data-and-code"}),
    "a new file beside data": (with_new({"setup.cfg": FILE}), {"data-and-code"}),
    "code deleted beside data": (with_new({"code.py": None}), {"data-and-code"}),
    "a workflow beside data": (with_new({".github/workflows/submission.yml": FILE}), {"data-and-code"}),
    "attributes beside data": (with_new({".gitattributes": ("100644", b"* filter=x\n")}), {"data-and-code"}),
    "submissions/README.md beside data": (moved_in, {"data-and-code"}),
    "pairs beside data": (with_new({"submissions/pairs.toml": FILE}), {"data-and-code", "pairs-file"}),
    "a link in place of the pairs": (just({"submissions/pairs.toml": ("120000", b"/etc/passwd")}), {"link"}),
    "the page beside data": (with_new({"leaderboard.md": FILE}), {"generated-file"}),
    "the results beside data": (with_new({"results/systems/x.json": FILE}), {"generated-file"}),
    "two new folders": (just({**submission("new-system"), **submission("new-system-2")}), {"more-than-one-folder"}),
    "a new one and an old one": (with_new({f"{OLD}/sample/sw.jsonl": FILE}), {"more-than-one-folder"}),
    "a file directly in submissions/": (just({"submissions/system.json": FILE}), {"stray-file"}),
    "a stray file beside data": (with_new({"submissions/.gitattributes": FILE}), {"stray-file"}),
    "a file in the place of submissions/": (just({"submissions": FILE}), {"stray-file"}),
    "a file in the place of a folder": (just({OLD: FILE}), {"stray-file"}),
    "an old file deleted": (just({f"{OLD}/sample/sw.jsonl": None}), {"file-deleted"}),
    "an old file renamed": (just({f"{OLD}/sample/sw.jsonl": None, f"{OLD}/xtreme/sw.jsonl": FILE}), {"file-deleted"}),
    "a folder deleted": (just({OLD: None}), {"folder-deleted"}),
    "a folder renamed": (renamed, {"folder-deleted"}),
    "everything deleted": (just({"submissions": None}), {"folder-deleted", "data-and-code"}),
    "no common history": (unrelated, {"no-common-history"}),
    "two merge bases": (crossed, {"several-merge-bases"}),
    "the folder changed on main": (behind, {"behind-base"}),
    "the folder was added on main": (overtaken, {"behind-base"}),
    # Modes.
    "a link": (with_new({RUN: ("120000", b"../../../../../../etc/passwd")}), {"link"}),
    "a link inside the folder": (with_new({f"{NEW}/sample/sw.jsonl": ("120000", b"zu.jsonl")}), {"link"}),
    "a link for a folder of the submission": (with_new({f"{NEW}/xtreme": ("120000", b"sample")}), {"link"}),
    "a link for the submission": (just({NEW: ("120000", b"example-perfect")}), {"link"}),
    "a link for an old submission": (just({OLD: ("120000", b"example-typical-errors")}), {"link"}),
    "a link for submissions/": (just({"submissions": ("120000", b"/etc")}), {"link"}),
    "a submodule": (with_new({f"{NEW}/xtreme": ("160000", GIT_LINK)}), {"submodule"}),
    "a submodule for the submission": (just({NEW: ("160000", GIT_LINK)}), {"submodule"}),
    "an executable": (with_new({RUN: ("100755", b"x\n")}), {"executable"}),
    "an old file made executable": (
        lambda repo: commit(repo, {f"{OLD}/system.json": ("100755", git(repo, "rev-parse", f"main:{OLD}/system.json"))}),
        {"executable"},
    ),
    "a mode of old": (with_new({RUN: ("100664", b"x\n")}), {"unusual-mode"}),
    # Names.
    "a folder with a capital": (named("New-system"), {"folder-name"}),
    "a folder with an underscore": (named("new_system"), {"folder-name"}),
    "a folder with a dot": (named("new.system"), {"folder-name"}),
    "a folder with a space": (named("new system"), {"folder-name"}),
    "a folder that begins with a hyphen": (named("-rf"), {"folder-name"}),
    "a folder of one letter": (named("a"), {"folder-name"}),
    "a folder with a newline": (named("new-system\n"), {"folder-name"}),
    "a folder with markup": (named("<img src=x>|"), {"folder-name"}),
    "a folder of 65 letters": (named("a" * 65), {"folder-name"}),
    "a folder that is a device": (named("con"), {"folder-name"}),
    "a folder in another script": (named("new-sуstem"), {"folder-name"}),
    "a folder that is ..": (just({"submissions/../system.json": FILE}), {"unsafe-name"}),
    "a folder that is .git": (just({"submissions/.GIT/hooks.jsonl": FILE}), {"unsafe-name", "file-name"}),
    "a path with ..": (with_new({f"{NEW}/runs/../sample/sw.jsonl": FILE}), {"unsafe-name"}),
    "a name that is ..": (with_new({f"{NEW}/..": FILE}), {"unsafe-name"}),
    "a name with a backslash": (with_new({f"{NEW}/sample\\sw.jsonl": FILE}), {"unsafe-name"}),
    "a name with a slash": (slashed, {"unsafe-name"}),
    "an invisible .git": (with_new({f"{NEW}/.g\u200cit": FILE}), {"unsafe-name"}),
    "a folder that is not UTF-8": (just({b"submissions/new\xff/system.json": FILE}), {"name-not-utf-8"}),
    "a name that is not UTF-8": (with_new({NEW.encode() + b"/sample/\xff.jsonl": FILE}), {"name-not-utf-8"}),
    "a readme": (with_new({f"{NEW}/README.md": FILE}), {"file-name"}),
    "attributes": (with_new({f"{NEW}/.gitattributes": FILE}), {"file-name"}),
    "a script": (with_new({f"{NEW}/sample/sw.py": FILE}), {"file-name"}),
    "a language in capitals": (with_new({f"{NEW}/sample/SO.jsonl": FILE}), {"file-name"}),
    "a seed with a dot": (with_new({f"{NEW}/runs/1.0/sample/sw.jsonl": FILE}), {"file-name"}),
    "a seed that is a device": (with_new({f"{NEW}/runs/NUL/sample/sw.jsonl": FILE}), {"file-name"}),
    "a folder too deep": (with_new({f"{NEW}/runs/1/sample/sw/sw.jsonl": FILE}), {"file-name"}),
    "a name with a newline": (with_new({f"{NEW}/sample/sw.jsonl\n": FILE}), {"file-name"}),
    "a name with terminal escapes": (with_new({f"{NEW}/\x1b[2J::error::x": FILE}), {"file-name"}),
    "a long path": (with_new({f"{NEW}/sample/{'s' * 200}.jsonl": FILE}), {"path-too-long"}),
    "a folder in another case": (named("Example-Perfect"), {"folder-name", "case-collision"}),
    "submissions/ in another case": (just({"Submissions/new/system.json": FILE}), {"case-collision"}),
    "an invisible character in submissions/": (just({"submis\u200bsions/new/system.json": FILE}), {"case-collision"}),
    "seeds that differ in case": (
        with_new({f"{NEW}/runs/a/sample/sw.jsonl": FILE, f"{NEW}/runs/A/sample/sw.jsonl": FILE}),
        {"case-collision"},
    ),
    "files that differ in case": (with_new({f"{NEW}/sample/SW.jsonl": FILE}), {"file-name", "case-collision"}),
    "one name twice": (twice, {"broken-tree"}),
    "a folder that is called a file": (disguised, {"broken-tree"}),
    "a tree that is cut off": (cut_off, {"broken-tree"}),
    # Sizes.
    "a large file": (large("runs/1/sample/sw.jsonl", (64 << 20) + 1), {"file-too-large"}),
    "a large system.json": (large("system.json", (1 << 20) + 1), {"file-too-large"}),
    "a large submission": (heavy, {"submission-too-large"}),
    "a long list of files": (listing, {"tree-too-large"}),
    "many files": (many, {"too-many-files"}),
    "a tree without end": (bomb, {"too-many-files", "file-name"}),
    # Content: the validator's codes.
    "no system.json": (without("system.json"), {"system-missing"}),
    "another's system.json": (edited("system.json", b'"new-system"', b'"example-perfect"'), {"system-schema"}),
    "markup that hides": (edited("system.json", b"The sample", "The \u202esample".encode()), {"system-schema"}),
    "other gold": (edited("system.json", b"99fadc69", b"00000000"), {"system-gold"}),
    "broken JSON": (edited("sample/sw.jsonl", b"{", b""), {"broken-json", "missing-id"}),
    "an unknown tag": (edited("sample/sw.jsonl", b'"O"', b'"X"'), {"unknown-tag"}),
    "a sentence missing": (lambda repo: edited("sample/sw.jsonl", b"sw-00000", b"sw-99999")(repo), {"unknown-id", "missing-id"}),
    "an unknown language": (with_new({f"{NEW}/sample/xx.jsonl": FILE}), {"unknown-language"}),
    "an unknown suite": (with_new({f"{NEW}/suite/sw.jsonl": FILE}), {"unexpected-file"}),
    "an empty file": (with_new({f"{NEW}/sample/sw.jsonl": ("100644", b"")}), {"no-predictions"}),
    "a pointer of large file storage": (
        with_new({RUN: ("100644", b"version https://git-lfs.github.com/spec/v1\n")}),
        {"broken-json", "missing-id"},
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_request_that_breaks_a_rule(
    name: str, repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make, expected = REFUSED[name]
    head = make(repo)
    bases = {"two merge bases": "refs/bases/crossed", "the folder changed on main": "refs/bases/behind"}
    base = bases.get(name, "refs/bases/overtaken" if name == "the folder was added on main" else "main")
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    monkeypatch.chdir(repo)
    before = state(repo)
    assert main(["ci", "check", "--base", base, "--head", head, "--format", "json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["verdict"] == "fail"
    assert {finding["code"] for finding in report["findings"]} == expected
    assert all(finding["fix"] for finding in report["findings"])
    assert report["places"] == []
    assert state(repo) == before
    assert list(scratch.iterdir()) == []
    # The same as markdown: it says so, and nothing in it is what a stranger wanted it to be.
    assert main(["ci", "check", "--base", base, "--head", head]) == 1
    text = capsys.readouterr().out
    assert all(f"`{code}`" in text for code in expected)
    assert "does not pass" in text
    assert not any(piece in text for piece in ("<img", "\x1b", "\u202e", "\u200b", "::error::"))


def test_every_code_of_the_gate_is_tried() -> None:
    tried = set().union(*(codes for _, codes in REFUSED.values()))
    assert set(CODES) <= tried
    assert len(REFUSED) >= 40


def test_everything_is_named_in_one_pass(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changes = {"code.py": FILE, "results/board.json": FILE, f"{NEW}/a.sh": ("100755", b""), f"{NEW}/b.md": FILE, OLD: None}
    head = commit(repo, {**submission("new-system"), **changes})
    assert main(["ci", "check", "--repo", str(repo), "--base", "main", "--head", head, "--format", "json"]) == 1
    found = [finding["code"] for finding in json.loads(capsys.readouterr().out)["findings"]]
    assert sorted(found) == ["data-and-code", "executable", "file-name", "folder-deleted", "generated-file"]


def test_twenty_of_a_code_are_shown_and_the_rest_counted(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = commit(repo, {**submission("new-system"), **{f"{NEW}/{k}.md": FILE for k in range(25)}})
    assert main(["ci", "check", "--repo", str(repo), "--base", "main", "--head", head, "--format", "json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert len(report["findings"]) == 20
    assert report["more"] == [{"file": None, "code": "file-name", "count": 5}]
    assert main(["ci", "check", "--repo", str(repo), "--base", "main", "--head", head]) == 1
    assert "and 5 more" in capsys.readouterr().out
