"""What is made from the predictions: the board's own errors, and replicates around its own figures."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from boards import make_board, make_entry, spoil
from boundarybench.leaderboard.store import Board
from boundarybench.protocol import REPLICATES
from boundarybench.site.survey import EXAMPLES, Survey, survey
from boundarybench.submission.findings import FindingsError
from boundarybench.suites.manifests import packaged
from boundarybench.uncertainty.intervals import percentiles

MASAKHANER2 = packaged()["masakhaner2"]


def test_errors_are_the_boards(board: Board, surveyed: Survey) -> None:
    assert surveyed.examined.keys() == board.entries.keys()
    for name, entry in board.entries.items():
        found = {row.lang: row.counts.errors for row in surveyed.examined[name]}
        assert found == {row.lang: row.errors for row in entry.rows}


def test_examples_are_few_of_each_class(surveyed: Survey) -> None:
    for row in surveyed.examined["loud"]:
        classes = [example.category for example in row.examples]
        assert classes
        assert all(classes.count(name) <= EXAMPLES for name in classes)


def test_replicates_lie_around_the_boards_figures(board: Board, surveyed: Survey) -> None:
    for name, values in surveyed.resampled["sample"].items():
        mean = board.entries[name].mean("sample")
        assert mean is not None
        assert values.shape == (REPLICATES,)
        assert np.mean(values) == pytest.approx(mean.figures["bp75"], abs=0.005)
        assert percentiles(values[np.newaxis], np.inf)[0] == pytest.approx(mean.interval, abs=0.01)


def test_systems_are_resampled_together(submissions: Path, board: Board, tmp_path: Path) -> None:
    # The same predictions under another name: every replicate is the same, which no independent draw would give.
    shutil.copytree(submissions / "loud", tmp_path / "loud")
    shutil.copytree(submissions / "loud", tmp_path / "twin")
    twins = make_board(board.entries["loud"], type(board.entries["loud"])(**{**_fields(board.entries["loud"]), "name": "twin"}))
    values = survey(tmp_path, twins).resampled["sample"]
    assert np.array_equal(values["loud"], values["twin"])


def _fields(entry: object) -> dict[str, object]:
    return {name: getattr(entry, name) for name in entry.__struct_fields__}  # type: ignore[attr-defined]


def test_gold_that_is_not_at_hand_leaves_its_suite_out(submissions: Path, board: Board, caplog: pytest.LogCaptureFixture) -> None:
    both = make_board(*board.entries.values(), make_entry("elsewhere", suites=(MASAKHANER2,)))
    found = survey(submissions, both)
    assert list(found.without) == ["masakhaner2"]
    assert "elsewhere" not in found.examined
    assert list(found.resampled) == ["sample"]
    assert caplog.text.count("masakhaner2") >= 1


def test_predictions_that_broke_since_they_were_scored(submissions: Path, board: Board, tmp_path: Path) -> None:
    root = tmp_path / "submissions"
    shutil.copytree(submissions, root)
    spoil(root / "loud")
    (root / "loud" / "sample" / "de.jsonl").write_text("{}\n")
    with pytest.raises(FindingsError):
        survey(root, board)
