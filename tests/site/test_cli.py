"""`boundarybench site`."""

import subprocess
import sys
from pathlib import Path

import pytest

from boards import spoil
from boundarybench.cli.main import main
from boundarybench.leaderboard import store
from boundarybench.leaderboard.store import Board


def run(*arguments: object) -> int:
    return main(["site", *map(str, arguments)])


def test_a_site_and_then_the_same_again(submissions: Path, site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "site"
    for _ in range(2):
        assert run("--submissions", submissions, "--results", tmp_path / "none", "--out", out) == 0
        assert {path.relative_to(out): path.read_bytes() for path in out.rglob("*.html")} == {
            path.relative_to(site): path.read_bytes() for path in site.rglob("*.html")
        }
    assert "index.html" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_a_board_at_hand_is_taken_and_kept(submissions: Path, board: Board, tmp_path: Path) -> None:
    results, files = tmp_path / "results", store.to_files(board)
    for path, data in files.items():
        (results / path).parent.mkdir(parents=True, exist_ok=True)
        (results / path).write_bytes(data)
    assert run("--submissions", submissions, "--results", results, "--out", tmp_path / "site") == 0
    assert store.files(results) == files


def test_pictures_and_no_site(submissions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("--submissions", submissions, "--pictures", "img") == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["img"]
    assert len(list((tmp_path / "img").glob("*.svg"))) == 4


def test_a_broken_submission_leaves_the_old_site(submissions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import shutil

    root, out = tmp_path / "submissions", tmp_path / "site"
    shutil.copytree(submissions, root)
    arguments = ("--submissions", root, "--results", tmp_path / "none", "--out", out)
    assert run(*arguments) == 0
    before = (out / "index.html").read_bytes()
    spoil(root / "loud")
    (root / "loud" / "sample" / "sw.jsonl").write_text("no json\n")
    assert run(*arguments) == 1
    assert "loud" in capsys.readouterr().err
    assert (out / "index.html").read_bytes() == before


def test_a_folder_that_is_no_site_is_refused_before_any_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert run("--submissions", tmp_path / "nowhere", "--out", tmp_path) == 2
    assert "not a site's" in capsys.readouterr().err


@pytest.mark.parametrize(("package", "arguments"), [("jinja2", ["--out", "site"]), ("matplotlib", ["--pictures", "img"])])
def test_without_the_extra_a_message_names_it(submissions: Path, tmp_path: Path, package: str, arguments: list[str]) -> None:
    code = f"import sys; sys.modules[{package!r}] = None; from boundarybench.cli.main import main; raise SystemExit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "site", "--submissions", str(submissions), *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert "boundarybench[site]" in done.stderr
    assert "Traceback" not in done.stderr
    assert not any(tmp_path.iterdir())


def test_other_verbs_import_neither(tmp_path: Path) -> None:
    code = "import sys; import boundarybench.cli.site; sys.exit(bool({'jinja2', 'matplotlib', 'playwright'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
