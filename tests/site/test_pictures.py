"""Pictures of the charts."""

from xml.etree import ElementTree as ET

import pytest

from boards import make_board, make_entry
from boundarybench.errors import UsageError
from boundarybench.leaderboard.store import Board
from boundarybench.site import pictures

NAMES = ["board.svg", "errors.svg", "heatmap.svg", "precision-recall.svg"]


@pytest.fixture(scope="module")
def drawn(board: Board) -> dict[str, bytes]:
    return pictures.draw(board)


def test_they_are_svg_without_a_date(drawn: dict[str, bytes]) -> None:
    assert sorted(drawn) == NAMES
    for data in drawn.values():
        root = ET.fromstring(data)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert b"<dc:date>" not in data


def test_the_same_bytes_every_time_whatever_the_user_has_set(board: Board, drawn: dict[str, bytes]) -> None:
    import matplotlib as mpl

    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red"}):
        assert pictures.draw(board) == drawn


def test_figures_change_them(board: Board) -> None:
    one, other = (pictures.draw(make_board(make_entry("a-name", value))) for value in (0.4, 0.6))
    assert all(one[name] != other[name] for name in ("board.svg", "heatmap.svg", "precision-recall.svg"))


def test_many_systems_are_cut() -> None:
    many = pictures.draw(make_board(*(make_entry(f"s{k:02d}", 0.9 - k / 100) for k in range(30))))
    few = pictures.draw(make_board(*(make_entry(f"s{k:02d}", 0.9 - k / 100) for k in range(pictures.MAX_SYSTEMS))))
    assert many["heatmap.svg"] == few["heatmap.svg"]


def test_nothing_to_draw() -> None:
    with pytest.raises(UsageError, match="nothing to draw"):
        pictures.draw(make_board())
