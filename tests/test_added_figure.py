"""A figure is stated in one place: added to the table there, it is everywhere."""

import json
import shutil
from pathlib import Path

import pytest

from boundarybench.cli.main import main
from boundarybench.leaderboard import store
from boundarybench.leaderboard.collect import collect
from boundarybench.leaderboard.families.families_report import for_readers
from boundarybench.leaderboard.store import LanguageRow
from boundarybench.scoring import figures
from boundarybench.scoring.figures import Figure
from boundarybench.site import pages
from boundarybench.site.survey import Survey

EXAMPLE = Path(__file__).resolve().parents[1] / "submissions" / "example-typical-errors"
LANGS = ("de", "sw")

#: The share of gold spans that are found with the right type, whatever else is predicted.
MADE_UP = Figure("made.up", "made-up share", lambda t: t.typed / t.gold, lambda t: (t.typed, t.gold), short="MUS", board=True)


#: Predictions that overlap gold: counts per sentence do not determine it, so that it has no interval.
LOOSE = Figure("loose", "loose precision", lambda t: t.overlapping / t.predicted, short="LP")


def add(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "FIGURES", (*figures.FIGURES, MADE_UP, LOOSE))


@pytest.fixture
def submissions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two systems; its parent is the working directory."""
    for name in ("sys-a", "sys-b"):
        folder = tmp_path / "submissions" / name
        shutil.copytree(EXAMPLE, folder)
        data = json.loads((folder / "system.json").read_text())
        (folder / "system.json").write_text(json.dumps({**data, "name": name}))
        for path in (folder / "sample").iterdir():
            if path.stem not in LANGS:
                path.unlink()
    (tmp_path / "submissions" / "sys-a" / "sample" / "sw.jsonl").unlink()
    monkeypatch.chdir(tmp_path)
    return tmp_path / "submissions"


def expected(row: LanguageRow) -> float:
    return row.typed_correct / row.gold


@pytest.mark.usefixtures("submissions")
def test_score_and_compare(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    add(monkeypatch)
    assert main(["score", "submissions/sys-b"]) == 0
    table = capsys.readouterr().out
    assert " MUS " in table
    assert "made-up share" in table
    assert " LP " in table
    assert main(["score", "submissions/sys-b", "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    values = []
    for row in report["results"]:
        assert row["made"]["up"] == row["typed"]["recall"]
        assert row["intervals"]["made.up"] == row["intervals"]["typed.recall"]
        assert row["embedded"]["made"]["up"] == row["embedded"]["typed"]["recall"]
        values.append(row["made"]["up"])
        # What overlaps no gold is spurious.
        assert row["loose"] == pytest.approx(1 - row["errors"]["spurious"] / row["predicted"])
        assert "loose" not in row["intervals"]
    mean = report["means"]["sample"]
    assert mean["made"]["up"] == sum(values) / len(values)
    assert mean["intervals"]["made.up"] == mean["intervals"]["typed.recall"]
    assert mean["micro"]["made"]["up"] == mean["micro"]["typed"]["recall"]

    assert main(["compare", "submissions/sys-a", "submissions/sys-b", "--figure", "made.up", "--replicates", "200"]) == 0
    assert "made-up share" in capsys.readouterr().out


def test_rows_of_before_get_it_computed(submissions: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["leaderboard"]) == 0
    before = store.read(Path("results"))
    assert main(["leaderboard", "--check"]) == 0
    add(monkeypatch)
    capsys.readouterr()
    assert main(["leaderboard", "--check"]) == 1
    assert "MUS" in capsys.readouterr().out
    assert store.read(Path("results")) == before  # a check writes nothing

    assert main(["leaderboard"]) == 0
    after = store.read(Path("results"))
    for name, entry in after.entries.items():
        for row, old in zip(entry.rows, before.entries[name].rows, strict=True):
            loose = 1 - row.errors["spurious"] / row.predicted
            assert row.figures == old.figures | {"made.up": expected(row), "loose": pytest.approx(loose)}
        for mean in entry.means:
            assert mean.figures["made.up"] == sum(map(expected, entry.rows)) / len(entry.rows)
    page = Path("leaderboard.md").read_text()
    shown = f"{100 * expected(after.entries['sys-a'].rows[0]):.1f}"
    assert any("sys-a" in line and f" {shown} " in line for line in page.splitlines() if line.startswith("|"))
    assert "MUS" in page

    assert main(["leaderboard", "--check"]) == 0
    monkeypatch.undo()  # the figure is gone again, and what is stored of it, too
    monkeypatch.chdir(submissions.parent)
    assert main(["leaderboard", "--check"]) == 1
    assert store.to_files(collect(submissions, after)) == store.to_files(before)


def test_the_site(submissions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("jinja2")
    add(monkeypatch)
    board = collect(submissions, None)
    made = pages.render(board, Survey({}, {}, {}), (), for_readers(board))
    value = board.entries["sys-b"].rows[0].figures["made.up"]
    assert value is not None
    cell = f'data-value="{value:.6g}">{100 * value:.1f}</td>'
    for path in ("system/sys-b.html", f"language/sample-{board.entries['sys-b'].rows[0].lang}.html"):
        assert "MUS" in made[path].decode()
        assert cell in made[path].decode()
    assert 'data-key="made-up"' in made["sample.html"].decode()
