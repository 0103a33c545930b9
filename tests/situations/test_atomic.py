"""Whatever happens while a verb writes (full disk, read-only folder, Ctrl-C, kill -9, two at once): old files or new ones, nothing left."""

import errno
import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pycrfsuite")

from baselines import runs
from benchmark import atomic
from benchmark.cli import site as site_verb
from benchmark.cli.main import main
from benchmark.site import build

COLUMNS = "Asha B-PER\nOmondi I-PER\nlives O\nin O\nKisumu B-LOC\n. O\n\nMaru B-ORG\nopens O\n. O\n"
#: What changes the disk; `renameat2` stands behind `_exchanged`.
CHANGES = [(os, "fsync"), (os, "replace"), (os, "rename"), (os, "mkdir"), (Path, "touch"), (Path, "write_bytes"), (atomic, "_exchanged")]


@dataclass(frozen=True)
class Verb:
    """A call that writes, in a folder of its own.

    Attributes:
        before: makes the old files.
        arguments: of the call.
        outputs: the files that it writes, by name; those whose content hangs on the clock without it.
    """

    before: Callable[[Path], object]
    arguments: Callable[[Path], list[str]]
    outputs: Callable[[Path], dict[str, bytes]]


def content(folder: Path) -> dict[str, bytes]:
    """All files below a folder, but for locks and what is being written."""
    found = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"}
    return {name.as_posix(): path.read_bytes() for name, path in found.items() if not any(part.endswith(".tmp") for part in name.parts)}


def predictions(folder: Path) -> dict[str, bytes]:
    for path in folder.rglob("system.json"):
        json.loads(path.read_bytes())  # whole; its hours are the clock's
    records = runs.records(folder / "stages", folder / "out")
    return {str(path): path.read_bytes() for place in (folder / "out", records) for path in sorted(place.rglob("*.jsonl"))}


@pytest.fixture(scope="module")
def tagger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    assert main(["train", "--model", "crf", "--train", "sample/en", "-o", str(folder / "tagger")]) == 0
    return folder / "tagger"


@pytest.fixture
def verbs(tagger: Path, submissions: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Verb]:
    """The verbs that write, on the smallest inputs that let them."""

    def run(folder: Path, limit: int) -> list[str]:
        told = ["--set", f"source_tagger.model={tagger}", "--lang", "de", "--limit", str(limit)]
        return ["run", "sample-projection", "--suite", "sample", *told, "--out", f"{folder}/out", "--stages", f"{folder}/stages"]

    def train(folder: Path) -> list[str]:
        (folder / "train.txt").write_text(COLUMNS)
        return ["train", "--model", "crf", "--train", f"{folder}/train.txt", "-o", f"{folder}/new/model"]

    def leaderboard(folder: Path) -> list[str]:
        return ["leaderboard", *(f"--{name}={folder / path}" for name, path in BOARD.items())]

    def boards(folder: Path) -> None:
        (folder / "submissions").mkdir()
        shutil.copytree(submissions / "one", folder / "submissions" / "one")
        assert main(leaderboard(folder)) == 0
        shutil.copytree(submissions / "two", folder / "submissions" / "two")

    def gold(folder: Path, text: str) -> list[str]:
        monkeypatch.setenv("BOUNDARYBENCH_HOME", str(folder / "home"))
        (folder / "gold.txt").write_text(text)
        return ["gold", "import", f"{folder}/gold.txt", "--as", "mine", "--lang", "swa"]

    def site(folder: Path, page: bytes) -> list[str]:
        for name in ("collect", "survey", "for_readers"):
            monkeypatch.setattr(site_verb, name, lambda *_: None)
        monkeypatch.setattr(site_verb.pages, "render", lambda *_: {"index.html": page, "system/one.html": page})
        monkeypatch.setattr(build, "assets", dict)
        return ["site", "--results", f"{folder}/none.json", "--out", f"{folder}/site"]

    return {
        "run": Verb(lambda folder: main(run(folder, 2)), lambda folder: run(folder, 4), predictions),
        "train": Verb(lambda _: None, train, lambda folder: content(folder / "new") if (folder / "new").exists() else {}),
        "leaderboard": Verb(
            boards, leaderboard, lambda folder: {name: (folder / path).read_bytes() for name, path in list(BOARD.items())[1:]}
        ),
        "site": Verb(
            lambda folder: main(site(folder, b"old")), lambda folder: site(folder, b"new"), lambda folder: content(folder / "site")
        ),
        "gold": Verb(
            lambda folder: main(gold(folder, COLUMNS)),
            lambda folder: gold(folder, COLUMNS.replace("Maru", "Zuri Maru").replace("Zuri Maru", "Zuri")),
            lambda folder: content(folder / "home"),
        ),
    }


BOARD = {"submissions": "submissions", "results": "results.json", "output": "leaderboard.md"}


@pytest.fixture(scope="module")
def submissions(tagger: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two systems' submissions of the sample suite's German."""
    folder = tmp_path_factory.mktemp("board")
    for name, changes in (("one", []), ("two", ["--set", "target_tagger.types={LOC = 'O'}"])):
        told = ["--set", f"target_tagger.model={tagger}", *changes, "--lang", "de", "--out", f"{folder}/{name}"]
        assert main(["run", "sample-transfer", "--suite", "sample", *told, "--stages", f"{folder}/stages"]) == 0
    return folder


class Struck:
    """Counts changes of the disk, and acts instead of one of them."""

    def __init__(self, at: int, act: Callable[[], object]) -> None:
        self.left, self.act, self.acted = at, act, False

    @contextmanager
    def patched(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            for place, name in CHANGES:
                patch.setattr(place, name, self._before(getattr(place, name)))
            yield

    def _before(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def changing(*arguments: Any, **options: Any) -> Any:
            self.left -= 1
            if self.left == -1:
                self.acted = True
                self.act()
            return call(*arguments, **options)

        return changing


def fails(number: int) -> Callable[[], object]:
    def act() -> None:
        raise OSError(number, os.strerror(number))

    return act


def interrupts() -> None:
    raise KeyboardInterrupt


def dies() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def temporaries(folder: Path) -> list[Path]:
    return list(folder.rglob(".*.tmp"))


def each_step(verb: Verb, root: Path, act: Callable[[], object], call: Callable[[list[str]], int] = main) -> Iterator[tuple[Path, int]]:
    """Call the verb on its old files again and again, each time struck one change of the disk later, until it gets through."""
    folder, old = root / "work", root / "old"
    folder.mkdir()
    verb.before(folder)
    shutil.copytree(folder, old)
    for number in range(200):
        shutil.rmtree(folder)
        shutil.copytree(old, folder)
        struck = Struck(number, act)
        arguments = verb.arguments(folder)
        with struck.patched():
            code = call(arguments)
        if code != 0:
            yield folder, code
        elif not struck.acted:
            assert number > 3
            return
    raise AssertionError("it never got through")


def in_a_child(arguments: list[str]) -> int:
    """The call in a process of its own, which may die of it."""
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        os._exit(main(arguments))
    finally:
        os._exit(99)


def ages(verb: Verb, folder: Path, old: Mapping[str, bytes], new: Mapping[str, bytes]) -> None:
    """Every file is the old one or the new one."""
    found = verb.outputs(folder)
    for name in old.keys() | new.keys():
        assert found.get(name) in (old.get(name), new.get(name)), name
    assert found.keys() <= old.keys() | new.keys()


def old_and_new(verb: Verb, root: Path) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The outputs before and after an undisturbed call, made in the folder that `each_step` works in."""
    folder = root / "work"
    folder.mkdir()
    verb.before(folder)
    old = verb.outputs(folder)
    assert main(verb.arguments(folder)) == 0
    new = verb.outputs(folder)
    assert old != new
    assert not temporaries(root)
    shutil.rmtree(folder)
    return old, new


def empty_folders(folder: Path) -> set[str]:
    return {str(path) for path in folder.rglob("*") if path.is_dir() and not any(path.iterdir()) and "stages" not in path.parts}


VERBS = ["run", "train", "leaderboard", "site", "gold"]


@pytest.mark.parametrize("name", VERBS)
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EDQUOT], ids=["full", "read-only", "quota"])
def test_a_disk_that_fails(verbs: Mapping[str, Verb], name: str, number: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    verb = verbs[name]
    old, new = old_and_new(verb, tmp_path)
    capsys.readouterr()
    for folder, code in each_step(verb, tmp_path, fails(number)):
        last = capsys.readouterr().err.strip().split("\n")[-1]
        assert code == 2
        assert last.startswith("boundarybench: ")
        assert f"cannot be written ({os.strerror(number)}); " in last
        assert str(folder) in last
        assert "choose another place" in last
        assert "boundarybench-" not in last
        ages(verb, folder, old, new)
        assert not temporaries(folder)
        assert empty_folders(folder) <= empty_folders(tmp_path / "old")
        assert not (folder / "new").exists()


@pytest.mark.parametrize("name", VERBS)
def test_ctrl_c(verbs: Mapping[str, Verb], name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    verb = verbs[name]
    old, new = old_and_new(verb, tmp_path)
    for folder, code in each_step(verb, tmp_path, interrupts):
        assert code == 130
        assert capsys.readouterr().err.endswith("boundarybench: interrupted\n")
        ages(verb, folder, old, new)
        assert not temporaries(folder)
        assert not (folder / "new").exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
@pytest.mark.parametrize("name", VERBS)
def test_kill_9(verbs: Mapping[str, Verb], name: str, tmp_path: Path) -> None:
    verb, left = verbs[name], 0
    old, new = old_and_new(verb, tmp_path)
    for folder, code in each_step(verb, tmp_path, dies, in_a_child):
        assert code == -signal.SIGKILL
        ages(verb, folder, old, new)
        left += bool(temporaries(folder))
        assert main(verb.arguments(folder)) == 0
        assert verb.outputs(folder) == new
        assert not temporaries(folder)
    assert left > 0


@pytest.mark.parametrize("name", VERBS)
def test_two_at_once(verbs: Mapping[str, Verb], name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second call comes in the midst of each write of the first one: it goes through, or is refused with a plain word."""
    verb, codes = verbs[name], []
    _, new = old_and_new(verb, tmp_path)
    for number in range(40):
        folder = tmp_path / "work"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        verb.before(folder)
        arguments = verb.arguments(folder)
        struck = Struck(number, lambda arguments=arguments: codes.append(main(arguments)))
        with struck.patched():
            assert main(arguments) == 0
        assert verb.outputs(folder) == new
        assert not temporaries(folder)
        if not struck.acted:
            break
    err = capsys.readouterr().err
    assert "Traceback" not in err
    assert set(codes) <= ({0, 2} if name in ("run", "train") else {0})
    assert len(codes) > 3
    assert ("another run is writing to it" in err) == (2 in codes)


def limited(arguments: list[str], size: int, said: Path) -> int:
    """The call in a process that cannot write files of more than `size` bytes: what the libraries do then is theirs, not a patch's."""
    import resource

    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        error = os.open(said, os.O_CREAT | os.O_WRONLY)
        for handle in (1, 2):
            os.dup2(error, handle)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        os._exit(main(arguments))
    finally:
        os._exit(99)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
@pytest.mark.parametrize("size", [400, 4_000])
def test_a_crf_that_is_cut_off_is_no_model(tmp_path: Path, size: int) -> None:
    (tmp_path / "train.txt").write_text(COLUMNS)
    arguments = ["train", "--model", "crf", "--train", f"{tmp_path}/train.txt", "-o", f"{tmp_path}/new/model"]
    assert limited(arguments, size, tmp_path / "said") == 2
    last = (tmp_path / "said").read_text().strip().split("\n")[-1]
    assert f"{tmp_path}/new/model: cannot be written (CRFsuite wrote only a part of the model); the disk is full" in last
    assert sorted(path.name for path in tmp_path.iterdir()) == ["said", "train.txt"]


SCRATCH = ["train", "--model", "scratch", "--epochs", "1"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
@pytest.mark.parametrize(("what", "share"), [("state.pt", 0.5), ("model.safetensors", 0.5), ("tokenizer.json", 0.9), ("README.md", 0.9)])
def test_a_disk_that_is_full_under_torch_and_its_friends(tmp_path: Path, what: str, share: float, monkeypatch: pytest.MonkeyPatch) -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("transformers")
