"""`results.json`: the same board in and out, and nothing but a board."""

from pathlib import Path

import pytest
from boards import make_board, make_entry

from boundarybench.errors import DataError
from boundarybench.leaderboard import store
from boundarybench.leaderboard.store import Board
from boundarybench.suites.manifests import packaged

MASAKHANER2 = packaged()["masakhaner2"]
XTREME = packaged()["xtreme"]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    board = make_board(make_entry("a", 1 / 3), make_entry("b", None, (XTREME, MASAKHANER2), without=["swa"]))
    path = tmp_path / "results.json"
    path.write_bytes(store.to_bytes(board))
    assert store.read(path) == board


def test_the_order_of_entries_changes_no_byte() -> None:
    a, b = make_entry("a"), make_entry("b")
    assert store.to_bytes(make_board(a, b)) == store.to_bytes(make_board(b, a))


def test_floats_are_written_to_the_last_digit() -> None:
    assert b'"bp50":0.3333333333333333,' in store.to_bytes(make_board(make_entry("a", 1 / 3)))


def test_every_row_has_a_line_of_its_own() -> None:
    lines = store.to_bytes(make_board(make_entry("a"), make_entry("b"))).split(b"\n")
    assert sum(b'"lang":"swa"' in line for line in lines) == 2
    assert not any(b'"lang":"swa"' in line and b'"lang":"yor"' in line for line in lines)
    assert lines[-1] == b""


def test_an_empty_board_is_one() -> None:
    assert store.from_bytes(store.to_bytes(Board(1, {})), "results.json") == Board(1, {})


GOOD = store.to_bytes(make_board(make_entry("a")))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"protocol": 1}',
        GOOD[:-10],
        GOOD.replace(b'"a": {', b'"b": {'),
        GOOD.replace(b'"zero-shot"', b'"best"'),
        GOOD.replace(b'"bp50":0.5', b'"bp50":"0.5"'),
        GOOD.replace(b'"missing":0', b'"missing":0,"extra":0'),
        b"\xff" + GOOD,
        b"<<<<<<< ours\n" + GOOD,
        b"[" * 100_000,
        GOOD.replace(b'"protocol": 1', b'"protocol": 2'),
    ],
)
def test_whatever_is_no_board_is_refused(data: bytes) -> None:
    with pytest.raises(DataError, match=r"^results.json: "):
        store.from_bytes(data, "results.json")
