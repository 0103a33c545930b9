"""The board, the site and the generated pages are the same bytes on two machines' worth of settings, from two places."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from boards import submission

ROOT = Path(__file__).resolve().parents[1]

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
#: An old server whose text is ASCII, and a laptop far to the east whose capital i has a dot (C stands in where that locale is missing).
SERVER = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TZ": "UTC", "PYTHONHASHSEED": "0", **dict.fromkeys(_THREADS, "1")}
LAPTOP = {"LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1", **dict.fromkeys(_THREADS, "2")}

_SAMPLE = """\
import sys
from boundarybench.cli.main import main
submissions, out = sys.argv[1:]
board = ["--submissions", submissions, "--results", f"{out}/results"]
for call in (
    ["leaderboard", *board, "--output", f"{out}/leaderboard.md"],
    ["families", *board, "--format", "json", "-o", f"{out}/families.json"],
    ["site", *board, "--out", f"{out}/site"],
    ["site", *board, "--pictures", f"{out}/img"],
):
    assert main(call) == 0, call
"""

_EVERYTHING = """\
import os, sys
from boundarybench.cli.main import main
from experiments import deletion_gains, findings_tables, transfer_anatomy
for made in (deletion_gains, findings_tables, transfer_anatomy):
    assert made.main() == 0, made
os.chdir(sys.argv[1])
for call in (["leaderboard", "--rescore"], ["site", "--pictures", "docs/img"], ["site"]):
    assert main(call) == 0, call
"""


def run(code: str, *arguments: Path | str, settings: dict[str, str], where: Path, source: Path = ROOT) -> None:
    """Run code with the packages of `source`, in the working directory `where`."""
    path = os.pathsep.join(str(source / part) for part in ("benchmark", "baselines", "."))
    environment = {**os.environ, **settings, "PYTHONPATH": path}
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], cwd=where, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_the_sample_suite(tmp_path: Path) -> None:
    """Two ranked rows and an incomplete one, with names and words that a careless reading would take for something else."""
    submissions = tmp_path / "submissions"
    submissions.mkdir()
    tracks = {"default": "zero-shot"}
    submission(
        submissions, "sys-i", tracks=tracks, description="İstanbul'un ıssız kıyısı, Straße, 東京", authors=["Ipek Işık", "ipek ışık"]
    )
    submission(submissions, "sys-j", like="example-perfect", tracks=tracks)
    submission(submissions, "sys-few", tracks=tracks, langs=["de", "tr", "zh"])
    one, other, elsewhere = (tmp_path / name for name in ("one", "other", "some where else"))
    for folder in (one, other, elsewhere):
        folder.mkdir()
    run(_SAMPLE, "submissions", "one", settings=SERVER, where=tmp_path)
    run(_SAMPLE, submissions, other, settings=LAPTOP, where=elsewhere)
    made = files(one)
    assert {path.split("/")[0] for path in made} == {"results", "leaderboard.md", "families.json", "site", "img"}
    assert b"sys-j" in made["results/tests/sample.json"]
    assert files(other) == made


def clone(to: Path) -> Path:
    """This repository with what is changed in its tree."""
    subprocess.run(["git", "clone", "-q", "--shared", str(ROOT), str(to)], check=True)
    changed = subprocess.run(
        ["git", "ls-files", "-z", "--modified", "--others", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    for name in filter(None, changed.stdout.split("\0")):
        if (ROOT / name).exists():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, to / name)
        else:
            (to / name).unlink()
    return to


@pytest.mark.slow
def test_everything(data: Path, tmp_path: Path) -> None:
    """All that is made in minutes, in two clones; and it is what the repository holds."""
    committed = clone(tmp_path / "committed")
    one, other = clone(tmp_path / "one"), clone(tmp_path / "on another disk" / "ötekı")
    run(_EVERYTHING, ".", settings=SERVER, where=one, source=one)
    run(_EVERYTHING, other, settings=LAPTOP, where=tmp_path, source=other)
    assert files(one / "build") == files(other / "build")
    for part in ("results", "docs"):
        assert files(one / part) == files(other / part)
        assert files(one / part) == files(committed / part)
    pages = {(folder / "leaderboard.md").read_bytes() for folder in (committed, one, other)}
    assert len(pages) == 1
