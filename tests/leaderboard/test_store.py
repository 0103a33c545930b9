"""`results/`: the same board in and out, and nothing but a board."""

from pathlib import Path

import pytest

from boards import make_board, make_entry, put, with_tests
from boundarybench.errors import DataError
from boundarybench.leaderboard import store
from boundarybench.leaderboard.store import Board
from boundarybench.protocol import VERSION
from boundarybench.suites.manifests import packaged

MASAKHANER2 = packaged()["masakhaner2"]
XTREME = packaged()["xtreme"]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    board = make_board(make_entry("a", 1 / 3), make_entry("b", None, (XTREME, MASAKHANER2), without=["swa"]))
    path = tmp_path / "results"
    put(path, store.to_files(board))
    assert store.read(path) == board


def test_the_order_of_entries_changes_no_byte() -> None:
    a, b = make_entry("a"), make_entry("b")
    assert store.to_files(make_board(a, b)) == store.to_files(make_board(b, a))


def test_floats_are_written_to_the_last_digit() -> None:
    assert b'"bp50":0.3333333333333333,' in store.to_files(make_board(make_entry("a", 1 / 3)))["systems/a.json"]


def test_every_row_has_a_line_of_its_own() -> None:
    lines = store.to_files(make_board(make_entry("a")))["systems/a.json"].split(b"\n")
    assert sum(b'"lang":"swa"' in line for line in lines) == 1
    assert not any(b'"lang":"swa"' in line and b'"lang":"yor"' in line for line in lines)
    assert lines[-1] == b""


def test_an_empty_board_is_one() -> None:
    assert store.from_files(store.to_files(Board(VERSION, {})), "results") == Board(VERSION, {})


def test_a_new_row_changes_no_other() -> None:
    rows = [make_entry(name, 0.5, (XTREME, MASAKHANER2)) for name in ("a", "c")]
    before = store.to_files(with_tests(make_board(*rows)))
    after = store.to_files(with_tests(make_board(*rows, make_entry("b"))))
    changed = {path for path in after if after[path] != before.get(path)}
    assert changed == {"systems/b.json", "tests/masakhaner2.json", "board.json"}
    assert before.keys() < after.keys()


def test_files_of_two_runs_lose_what_relates_rows() -> None:
    """An entry says of what predictions and gold it is; tests do not."""
    old, new = (with_tests(make_board(make_entry("a", figure), make_entry("b"))) for figure in (0.4, 0.6))
    mixed = {**store.to_files(old), "systems/a.json": store.to_files(new)["systems/a.json"]}
    assert store.from_files(mixed, "results") == Board(VERSION, new.entries)
    with_another = {**store.to_files(old), "systems/c.json": store.to_files(make_board(make_entry("c")))["systems/c.json"]}
    assert store.from_files(with_another, "results").tests == {}


def test_other_files_are_let_be(tmp_path: Path) -> None:
    board = make_board(make_entry("a"))
    put(tmp_path, {**store.to_files(board), "README.md": b"", "systems/deep/a.json": b"", "other.json": b""})
    assert store.read(tmp_path) == board


FILES = store.to_files(make_board(make_entry("a")))
GOOD, SEAL = FILES["systems/a.json"], FILES["board.json"]
LATER = SEAL.replace(b'"protocol": 2', b'"protocol": 3', 1)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        *(("board.json", data) for data in (b"", b"[]", b"{}", b'{"protocol": 2}', SEAL[:-3], LATER)),
        ("board.json", SEAL.replace(b'"files"', b'"extra": 0, "files"')),
        ("systems/b.json", GOOD),
        ("systems/a.json", GOOD[:-10]),
        ("systems/a.json", GOOD.replace(b'"zero-shot"', b'"best"')),
        ("systems/a.json", GOOD.replace(b'"bp50":0.5', b'"bp50":"0.5"')),
        ("systems/a.json", GOOD.replace(b'"missing":0', b'"missing":0,"extra":0')),
        ("systems/a.json", b"\xff" + GOOD),
        ("systems/a.json", b"<<<<<<< ours\n" + GOOD),
        ("systems/a.json", b"[" * 100_000),
    ],
)
def test_whatever_is_no_board_is_refused(path: str, data: bytes) -> None:
    with pytest.raises(DataError, match=r"^results(/[a-z/]+\.json)?: "):
        store.from_files({**FILES, path: data}, "results")
