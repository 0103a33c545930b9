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

from boundarybench import atomic
from boundarybench.cli import site as site_verb
from boundarybench.cli.main import main
from boundarybench.errors import NotWritten, UsageError
from boundarybench.site import build
from boundarybench_baselines import runs
from boundarybench_baselines.stages import alone

COLUMNS = "Asha B-PER\nOmondi I-PER\nlives O\nin O\nKisumu B-LOC\n. O\n\nMaru B-ORG\nopens O\n. O\n"
#: What the card of a tagger cannot say of a system that it is put into.
STATED = ["--set", "description=a test", "--set", "open=true"]
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
        told = ["--set", f"source_tagger.model={tagger}", *STATED, "--lang", "de", "--limit", str(limit)]
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
            monkeypatch.setattr(site_verb, name, lambda *_, **__: None)
        monkeypatch.setattr(site_verb.pages, "render", lambda *_: {"index.html": page, "system/one.html": page})
        monkeypatch.setattr(build, "assets", dict)
        return ["site", "--results", f"{folder}/none.json", "--out", f"{folder}/site"]

    return {
        "run": Verb(lambda folder: main(run(folder, 2)), lambda folder: run(folder, 4), predictions),
        "train": Verb(lambda _: None, train, lambda folder: content(folder / "new") if (folder / "new").exists() else {}),
        "leaderboard": Verb(
            boards,
            leaderboard,
            lambda folder: content(folder / "results") | {"leaderboard.md": (folder / "leaderboard.md").read_bytes()},
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


BOARD = {"submissions": "submissions", "results": "results", "output": "leaderboard.md"}


@pytest.fixture(scope="module")
def submissions(tagger: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two systems' submissions of the sample suite's German."""
    folder = tmp_path_factory.mktemp("board")
    for name, changes in (("one", []), ("two", ["--set", "target_tagger.types={LOC = 'O'}"])):
        told = ["--set", f"target_tagger.model={tagger}", *STATED, *changes, "--lang", "de", "--out", f"{folder}/{name}"]
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


def each_step(
    verb: Verb, root: Path, act: Callable[[], object], call: Callable[[list[str]], int] = main, stride: int = 1
) -> Iterator[tuple[Path, int]]:
    """Call the verb on its old files again and again, each time struck `stride` changes of the disk later, until it gets through."""
    folder, old = root / "work", root / "old"
    folder.mkdir()
    verb.before(folder)
    shutil.copytree(folder, old)
    for number in range(0, 200, stride):
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


@pytest.mark.parametrize("name", [name for name in VERBS if name != "gold"])  # imports wait for each other: tests/suites/test_own.py
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


@contextmanager
def no_file_over(size: int) -> Iterator[None]:
    """A real limit of the system: libraries that write by themselves meet it too."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [1, 400, 4_000, 9_000])
def test_a_crf_that_is_cut_off_is_no_model(tmp_path: Path, size: int, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "train.txt").write_text(COLUMNS)
    with no_file_over(size):
        assert main(["train", "--model", "crf", "--train", f"{tmp_path}/train.txt", "-o", f"{tmp_path}/new/model"]) == 2
    last = capsys.readouterr().err.strip().split("\n")[-1]
    assert f"{tmp_path}/new/model: cannot be written (File too large); larger than" in last
    assert [path.name for path in tmp_path.iterdir()] == ["train.txt"]


@pytest.mark.parametrize("what", ["torch", "safetensors", "tokenizers"])
def test_a_disk_that_is_full_under_a_library(what: str, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    safetensors, tokenizers = pytest.importorskip("safetensors.torch"), pytest.importorskip("tokenizers")
    from boundarybench_baselines.checkpoints import saving

    weights = {"a": torch.zeros(10_000)}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel({f"word{number}": number for number in range(5_000)}, unk_token="word0"))

    def write(folder: Path) -> None:
        if what == "torch":
            with (folder / "state.pt").open("wb") as file:
                torch.save(weights, file)
        elif what == "safetensors":
            safetensors.save_file(weights, folder / "model.safetensors")
        else:
            tokenizer.save(str(folder / "tokenizer.json"))

    (tmp_path / "model").mkdir()
    message = r"model: cannot be written \(File too large\); .*ulimit"
    with no_file_over(20_000), pytest.raises(NotWritten, match=message), atomic.adding_to(tmp_path / "model") as new, saving():
        write(new)
    assert not list((tmp_path / "model").iterdir())
    with atomic.adding_to(tmp_path / "model") as new, saving():
        write(new)
    assert len(list((tmp_path / "model").iterdir())) == 1


def test_other_errors_of_a_library_stay_what_they_are(tmp_path: Path) -> None:
    pytest.importorskip("safetensors")
    from boundarybench_baselines.checkpoints import saving

    with pytest.raises(RuntimeError, match="shapes differ"), saving():
        raise RuntimeError("shapes differ")


def scratch(folder: Path) -> list[str]:
    (folder / "train.txt").write_text(COLUMNS)
    told = ["--epochs", "1", "--train", f"{folder}/train.txt", "-o", f"{folder}/new/model"]
    return ["train", "--model", "scratch", *told]


@pytest.fixture
def encoder() -> Verb:
    pytest.importorskip("torch")
    pytest.importorskip("transformers")
    return Verb(lambda _: None, scratch, lambda folder: content(folder / "new") if (folder / "new").exists() else {})


@pytest.mark.slow
def test_a_disk_that_fails_under_an_encoder(encoder: Verb, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was saved before stays, and the same call goes on from there to the same weights."""
    _, new = old_and_new(encoder, tmp_path)
    capsys.readouterr()
    for folder, code in each_step(encoder, tmp_path, fails(errno.ENOSPC), stride=3):
        last = capsys.readouterr().err.strip().split("\n")[-1]
        assert code == 2
        assert f"{folder}/new" in last
        assert "cannot be written (No space left on device); the disk is full" in last
        assert not temporaries(folder)
        assert not empty_folders(folder)
        assert main(encoder.arguments(folder)) == 0
        assert encoder.outputs(folder) == new
        capsys.readouterr()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_kill_9_under_an_encoder(encoder: Verb, tmp_path: Path) -> None:
    _, new = old_and_new(encoder, tmp_path)
    for folder, code in each_step(encoder, tmp_path, dies, in_a_child, stride=3):
        assert code == -signal.SIGKILL
        assert main(encoder.arguments(folder)) == 0
        assert encoder.outputs(folder) == new
        assert not temporaries(folder)


def test_outputs_of_one_name_have_records_of_their_own(verbs: Mapping[str, Verb], tmp_path: Path) -> None:
    for name in ("mine", "yours"):
        (tmp_path / name).mkdir()
    found = {}
    for name, lang in (("mine", "de"), ("yours", "sw"), ("mine", "de")):
        arguments = verbs["run"].arguments(tmp_path)
        arguments[arguments.index("de")] = lang
        arguments[arguments.index(f"{tmp_path}/out")] = f"{tmp_path}/{name}/out"
        assert main(arguments) == 0
        found[name] = runs.records(tmp_path / "stages", tmp_path / name / "out")
    assert found["mine"] != found["yours"]
    assert [path.name for path in found["mine"].rglob("*.jsonl")] == ["de.jsonl"]
    assert [path.name for path in found["yours"].rglob("*.jsonl")] == ["sw.jsonl"]


def test_an_output_by_another_name_is_the_same_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "link").symlink_to("out")
    monkeypatch.chdir(tmp_path)
    names = [tmp_path / "out", Path("out"), Path("link"), tmp_path / "link" / ".." / "out"]
    for one in names:
        for other in names:
            assert runs.records(tmp_path, one) == runs.records(tmp_path, other)
            with alone(one), pytest.raises(UsageError, match="another run is writing to it"), alone(other):
                pass
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "out"]


class TestDeadTemporaries:
    """What a killed writer has left goes with the next write to that folder; what lives, or is another's, stays."""

    def test_dead_files_and_folders_go(self, tmp_path: Path) -> None:
        (tmp_path / ".boundarybench-1.tmp").write_bytes(b"half")
        (tmp_path / ".boundarybench-2.tmp" / "deep").mkdir(parents=True)
        (tmp_path / ".boundarybench-2.tmp" / "deep" / "file").touch()
        atomic.write_bytes(tmp_path / "new", b"new")
        assert content(tmp_path) == {"new": b"new"}
        assert [path.name for path in tmp_path.iterdir()] == ["new"]

    def test_a_living_writer_is_left_in_peace(self, tmp_path: Path) -> None:
        with atomic.replacing(tmp_path / "slow") as file, atomic.replacing_folder(tmp_path / "folder") as new:
            file.write(b"slow")
            (new / "inside").write_bytes(b"inside")
            atomic.write_bytes(tmp_path / "fast", b"fast")
            atomic.remove_dead(tmp_path.glob(atomic.TEMPORARY))
            assert len(temporaries(tmp_path)) == 2
        assert content(tmp_path) == {"slow": b"slow", "fast": b"fast", "folder/inside": b"inside"}

    def test_what_is_not_ours_stays(self, tmp_path: Path) -> None:
        for name in (".results.json.swp", ".x.tmp", "boundarybench-1.tmp", ".boundarybench-site"):
            (tmp_path / name).touch()
        (tmp_path / ".boundarybench-3.tmp").symlink_to(".x.tmp")
        before = sorted(tmp_path.iterdir())
        atomic.write_bytes(tmp_path / "z", b"")
        assert sorted(tmp_path.iterdir()) == [*before, tmp_path / "z"]

    def test_a_cleaner_between_making_and_locking(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The writer sees that its file is gone, and makes another one."""
        touch, seen = Path.touch, []

        def touched(path: Path) -> None:
            touch(path)
            seen.append(path)
            if len(seen) < 3:
                atomic.remove_dead(tmp_path.glob(atomic.TEMPORARY))

        monkeypatch.setattr(Path, "touch", touched)
        atomic.write_bytes(tmp_path / "new", b"new")
        assert len(seen) == 3
        assert content(tmp_path) == {"new": b"new"}

    def test_a_file_system_without_locks(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nobody knows who lives: all is left."""
        fcntl = pytest.importorskip("fcntl")
        (tmp_path / ".boundarybench-1.tmp").touch()
        monkeypatch.setattr(fcntl, "flock", lambda *_: fails(errno.ENOLCK)())
        atomic.write_bytes(tmp_path / "new", b"new")
        assert sorted(path.name for path in tmp_path.iterdir()) == [".boundarybench-1.tmp", "new"]


class TestWithoutExchange:
    """Where the system cannot exchange two folders, a death between two renames is mended by the next writer."""

    @pytest.fixture(autouse=True)
    def _without(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(atomic, "_exchanged", lambda *_: False)

    def test_a_folder_is_replaced(self, tmp_path: Path) -> None:
        for name in ("old", "new", "newer"):
            with atomic.replacing_folder(tmp_path / "old") as folder:
                (folder / name).touch()
            assert [path.name for path in tmp_path.rglob("*")] == ["old", name]

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
    @pytest.mark.parametrize("name", ["site", "old", ".hidden"])
    def test_death_between_two_renames(self, tmp_path: Path, name: str) -> None:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "page").write_bytes(b"old")
        if not (child := os.fork()):
            renames, rename = [], os.rename

            def second_dies(*paths: Any) -> None:
                renames.append(paths)
                if len(renames) == 3:  # the first one finds the old folder in its way
                    dies()
                rename(*paths)

            os.rename = second_dies
            with atomic.replacing_folder(folder) as new:
                (new / "page").write_bytes(b"new")
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        assert not folder.exists()
        atomic.write_bytes(tmp_path / "another", b"")
        assert content(tmp_path) == {f"{name}/page": b"old", "another": b""}
        assert not temporaries(tmp_path)


class TestWhatIsInTheWay:
    """A name that cannot be written is said with the path and what helps."""

    @pytest.mark.parametrize(
        ("path", "said"),
        [
            ("none/x", "No such file or directory); make the folder first"),
            ("file/x", "a file stands where a folder is needed"),
            ("folder", "Is a directory"),
            ("x" * 300, "File name too long); choose a shorter name"),
        ],
    )
    def test_an_output(self, tmp_path: Path, path: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "file").touch()
        (tmp_path / "folder").mkdir()
        before = sorted(tmp_path.rglob("*"))
        with pytest.raises(NotWritten) as error:
            atomic.write_bytes(tmp_path / path, b"")
        assert str(error.value).startswith(f"{tmp_path / path}: cannot be written (")
        assert said in str(error.value)
        assert sorted(tmp_path.rglob("*")) == before

    @pytest.mark.parametrize("name", ["run", "train"])
    @pytest.mark.parametrize(("out", "said"), [("file/deep/x", "a file stands where a folder is needed"), ("x" * 250, "shorter name")])
    def test_a_folder_that_cannot_be_made(
        self, verbs: Mapping[str, Verb], name: str, out: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        arguments = verbs[name].arguments(tmp_path)
        place = next(index for index, word in enumerate(arguments) if word in ("-o", "--out"))
        arguments[place + 1] = f"{tmp_path}/{out}"
        (tmp_path / "file").touch()
        before = sorted(tmp_path.rglob("*"))
        assert main(arguments) == 2
        last = capsys.readouterr().err.strip().split("\n")[-1]
        assert str(tmp_path / out).startswith(last.split(": cannot be written (")[0].removeprefix("boundarybench: "))
        assert said in last
        assert [path for path in sorted(tmp_path.rglob("*")) if "stages" not in path.parts] == before

    def test_stages_that_are_a_file(self, verbs: Mapping[str, Verb], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "stages").touch()
        assert main(verbs["run"].arguments(tmp_path)) == 2
        assert f"{tmp_path}/stages/" in (err := capsys.readouterr().err)
        assert "a file stands where a folder is needed" in err
        assert [path.name for path in tmp_path.iterdir()] == ["stages"]

    def test_a_link_stays_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "real").write_bytes(b"old")
        (tmp_path / "link").symlink_to("real")
        atomic.write_bytes(tmp_path / "link", b"new")
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "real").read_bytes() == b"new"

    def test_a_name_as_long_as_names_may_be(self, tmp_path: Path) -> None:
        atomic.write_bytes(tmp_path / ("x" * 255), b"new")
        assert len(list(tmp_path.iterdir())) == 1

    def test_gold_that_cannot_be_cached_is_decoded_each_time(self, verbs: Mapping[str, Verb], tmp_path: Path, capsys: Any) -> None:
        arguments = verbs["gold"].arguments(tmp_path)
        (tmp_path / "home").touch()
        assert main(arguments) == 2
        assert "BOUNDARYBENCH_HOME names the place" in (err := capsys.readouterr().err)
        assert "a file stands where a folder is needed" in err
