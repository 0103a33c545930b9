"""`boundarybench run` and `train` as processes: what they say, what a kill leaves, two at once."""

import json
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

pytest.importorskip("pycrfsuite")

from boundarybench.cli.main import main
from boundarybench_baselines import runs
from boundarybench_baselines.stages import alone

#: A system whose tagger has to be made first.
NEEDS_MORE = str(Path(__file__).resolve().parents[2] / "experiments" / "systems" / "scratch-transfer-conll.toml")
RUN = "from boundarybench.cli.main import main; raise SystemExit(main())"
#: Dies as by SIGKILL at the n-th of the calls that change the disk.
DYING = """
import os, signal, sys
left = int(sys.argv.pop(1))
def dying(call):
    def wrapped(*arguments, **options):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments, **options)
    return wrapped
for name in ("fsync", "replace", "mkdir", "rename"):
    setattr(os, name, dying(getattr(os, name)))
from boundarybench_baselines import stages
stages.SHARD = 20
from boundarybench.cli.main import main
raise SystemExit(main())
"""

#: Dies as by SIGKILL at a step of the first write to a file whose path fits a pattern.
DYING_WITHIN = """
import os, signal, sys
from fnmatch import fnmatch
from pathlib import Path
pattern, step = sys.argv.pop(1), sys.argv.pop(1)
from boundarybench import atomic
replacing, writing = atomic.replacing, [""]
def noted(path):
    writing.append(str(path))
    return replacing(path)
def at(name):
    if name == step and fnmatch(writing[-1], pattern):
        os.kill(os.getpid(), signal.SIGKILL)
def between(before, call, after):
    def wrapped(*arguments, **options):
        at(before)
        found = call(*arguments, **options)
        at(after)
        return found
    return wrapped
atomic.replacing = noted
Path.touch = between("", Path.touch, "made")
os.fsync = between("filled", os.fsync, "")
Path.replace = between("replacing", Path.replace, "replaced")
from boundarybench.cli.main import main
raise SystemExit(main())
"""


@pytest.fixture(scope="module")
def tagger(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model") / "tagger"
    assert main(["train", "--model", "crf", "--train", "sample/en", "-o", str(folder)]) == 0
    return folder


def call(tagger, folder, out, *more):
    """The projection of all ten languages of the sample suite into a folder."""
    changes = [f"source_tagger.model={tagger}", "description=a test", "open=true"]  # the card says the rest
    stages, told = folder / f"stages-{out}", [word for change in changes for word in ("--set", change)]
    return ["run", "sample-projection", "--suite", "sample", *told, "--out", folder / out, "--stages", stages, *more]


@pytest.fixture
def arguments(tagger, tmp_path):
    return partial(call, tagger, tmp_path)


def process(arguments, program=RUN, first=()):
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, first), *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def finished(arguments, **options):
    started = process(arguments, **options)
    _, err = started.communicate()
    return started.returncode, err


def predictions(folder):
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.suffix == ".jsonl"}


def results(folder, out):
    """Predictions and records of a run into `out`."""
    return predictions(folder / out), predictions(runs.records(folder / f"stages-{out}", folder / out))


def leftovers(folder):
    return list(folder.rglob(".*.tmp"))


@pytest.fixture(scope="module")
def undisturbed(tagger, tmp_path_factory):
    """Predictions and records of a run that nothing disturbs."""
    folder = tmp_path_factory.mktemp("undisturbed")
    assert finished(call(tagger, folder, "out"))[0] == 0
    return results(folder, "out")


@pytest.mark.slow
@pytest.mark.parametrize(
    "written",
    ["*/stage.json", "*/sample.de/*.jsonl", "*/records/*/sample/de.jsonl", "*/out/sample/de.jsonl", "*/out/system.json"],
    ids=["settings", "shard", "record", "predictions", "system.json"],
)
def test_killed_at_any_moment_it_goes_on_to_the_same_bytes(arguments, undisturbed, tmp_path, written):
    """Killed at each step of writing a file of each kind, one after the other; the program itself says when, no clock."""
    for step in ("made", "filled", "replacing", "replaced"):
        assert finished(arguments("out"), program=DYING_WITHIN, first=[written, step])[0] == -signal.SIGKILL
        assert len(leftovers(tmp_path)) == (step != "replaced")
    assert finished(arguments("out"))[0] == 0
    assert results(tmp_path, "out") == undisturbed
    assert not leftovers(tmp_path)


@pytest.mark.slow
def test_killed_at_every_change_of_the_disk(arguments, tmp_path):
    assert finished(arguments("undisturbed"))[0] == 0
    expected = predictions(tmp_path / "undisturbed")
    deaths = 0
    for number in (*range(12), *range(15, 400, 35)):
        code, _ = finished(arguments("killed"), program=DYING, first=[number])
        deaths += code == -signal.SIGKILL
        for path in (tmp_path / "killed").rglob("*.jsonl") if (tmp_path / "killed").exists() else ():
            assert path.read_bytes() == expected[path.relative_to(tmp_path / "killed")]
    assert deaths > 12
    assert finished(arguments("killed"))[0] == 0
    assert predictions(tmp_path / "killed") == expected
    assert not leftovers(tmp_path)


def test_two_runs_on_one_folder(arguments, tmp_path, capsys):
    with alone(tmp_path / "both"):
        assert main([str(each) for each in arguments("both")]) == 2
    assert "another run is writing to it" in capsys.readouterr().err
    assert not (tmp_path / "both").exists()
    assert main([str(each) for each in arguments("both", "--lang", "de")]) == 0


def test_two_runs_side_by_side_share_stages(arguments, tmp_path):
    both = [process([*arguments("shared")[:-1], tmp_path / "stages", "--out", tmp_path / name]) for name in ("one", "two")]
    assert [started.wait() for started in both] == [0, 0], [started.stderr.read() for started in both]
    assert predictions(tmp_path / "one") == predictions(tmp_path / "two")


def test_ctrl_c_says_so_and_leaves_nothing_half(arguments, tmp_path):
    """A real signal, sent by the program to itself in the midst of its first shard."""
    program = DYING_WITHIN.replace("SIGKILL", "SIGINT").replace(
        "import os,", "import os, signal; signal.signal(signal.SIGINT, signal.default_int_handler)\nimport os,"
    )
    code, err = finished(arguments("stopped"), program=program, first=["*/sample.de/*.jsonl", "filled"])
    assert code == 130
    assert err.endswith("boundarybench: interrupted\n")
    assert "Traceback" not in err
    assert not leftovers(tmp_path)


def test_it_says_what_it_did_and_what_comes_next(arguments, tmp_path, capsys):
    assert main([str(each) for each in arguments("out", "--lang", "de", "sw")]) == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "source tagging: 120 of 120 sentences" in captured.err
    assert "120 sentences of 2 sets" in captured.err
    assert f"boundarybench score {tmp_path}/out" in captured.err
    said = json.loads((tmp_path / "out" / "system.json").read_text())
    assert said["reproduce"].startswith("boundarybench run sample-projection --suite sample --lang de sw --set source_tagger.model=")


def test_list_and_help(capsys):
    assert main(["run", "--list"]) == 0
    assert "transfer-xlmr" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["run", "--help"])
    assert "examples:" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run"], "give a system and --suite"),
        (["run", "sample-transfer"], "give a system and --suite"),
        (["run", "nothing", "--suite", "sample"], "no system 'nothing'"),
        (["run", "sample-transfer", "--suite", "nothing"], "unknown suite 'nothing'"),
        (["run", "sample-transfer", "--suite", "sample", "--lang", "nothing"], "unknown language"),
        (["run", "sample-transfer", "--suite", "sample", "--set", "x"], "--set"),
        (["run", "sample-transfer", "--suite", "sample", "--set", "target_tagger.model=/no/such"], "State description, open, "),
        (["run", NEEDS_MORE, "--suite", "sample"], "is made by: python -m experiments.reference_rows --prepare)"),
    ],
)
def test_usage(words, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    err = capsys.readouterr().err
    assert message in err
    assert "Traceback" not in err
    assert not list(tmp_path.rglob("*.jsonl"))


@pytest.mark.parametrize("limit", ["0", "-1", "x"])
def test_a_limit_is_a_positive_number(limit):
    with pytest.raises(SystemExit) as stopped:
        main(["run", "sample-transfer", "--suite", "sample", "--limit", limit])
    assert stopped.value.code == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_to(arguments, tmp_path, capsys):
    tmp_path.chmod(0o500)
    assert main([str(each) for each in arguments("out")]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_an_output_that_is_a_file(arguments, tmp_path, capsys):
    (tmp_path / "out").write_text("")
    assert main([str(each) for each in arguments("out")]) == 2
    assert "Traceback" not in capsys.readouterr().err
