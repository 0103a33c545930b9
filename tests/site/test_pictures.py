"""Pictures of the charts."""

from xml.etree import ElementTree as ET

import pytest

from boards import make_board, make_entry, make_system
from boundarybench.errors import UsageError
from boundarybench.leaderboard.store import Board, Model
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


def test_what_needs_no_model_is_a_line_in_every_picture() -> None:
    """The row is there either way; only whether it has a model differs, which no chart shows otherwise."""
    entries = {
        models: make_entry("rule", 0.5, system=make_system(family="other", models=models, facets={"source_data": (), "encoder": None}))
        for models in ((), (Model("a-model", None, "MIT"),))
    }
    with_line, without = (pictures.draw(make_board(make_entry("a-name", 0.4), entry)) for entry in entries.values())
    assert all(with_line[name] != without[name] for name in NAMES)


def test_many_systems_are_cut() -> None:
    many = pictures.draw(make_board(*(make_entry(f"s{k:02d}", 0.9 - k / 100) for k in range(30))))
    few = pictures.draw(make_board(*(make_entry(f"s{k:02d}", 0.9 - k / 100) for k in range(pictures.MAX_SYSTEMS))))
    assert many["heatmap.svg"] == few["heatmap.svg"]


def test_nothing_to_draw() -> None:
    with pytest.raises(UsageError, match="nothing to draw"):
        pictures.draw(make_board())
