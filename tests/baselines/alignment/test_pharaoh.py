"""Pharaoh files: what is written is read back, and what is not a link is named with its line."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundarybench.errors import DataError, UsageError
from boundarybench_baselines.alignment import pharaoh
from boundarybench_baselines.alignment.links import Link, Links
from boundarybench_baselines.alignment.pharaoh import Alignment

LINKS = st.frozensets(st.builds(Link, st.integers(0, 999_998), st.integers(0, 999_998)), max_size=6)


def test_a_line_with_sure_and_possible_links() -> None:
    found = pharaoh.parse("2-2 0p1 1-2")
    assert found.sure == {Link(2, 2), Link(1, 2)}
    assert found.possible == {Link(2, 2), Link(1, 2), Link(0, 1)}


@pytest.mark.parametrize("line", ["", "  ", "\r", "\t \r\n"])
def test_an_empty_line_has_no_links(line: str) -> None:
    assert pharaoh.parse(line) == Alignment(frozenset(), frozenset())


def test_base_and_order_of_the_sides() -> None:
    assert pharaoh.parse("1-3", base=1).sure == {Link(0, 2)}
    assert pharaoh.parse("1-3", swap=True).sure == {Link(3, 1)}
    assert pharaoh.parse("1-3", base=1, swap=True).sure == {Link(2, 0)}


def test_a_link_given_twice_is_one_and_sure_if_either_is() -> None:
    assert pharaoh.parse("0-1 0-1 0p1") == pharaoh.parse("0p1 0-1") == pharaoh.parse("0-1")


@pytest.mark.parametrize(
    "item",
    ["0-", "-0", "0", "-1-0", "0--1", "+1-0", "1.0-2", "0-0-0", "0:0", "0 - 1", "0P1", "1234567-0", "0-1234567", "٣-1", "²-1", "1_0-1"]
    + [f"0-0{blank}1-1" for blank in "\u2028\u0085\u00a0\x0b\x0c\x1c\x00"],
)
def test_what_is_not_a_link_is_named(item: str) -> None:
    with pytest.raises(ValueError, match="is not a link: write 0-1, or 0p1") as caught:
        pharaoh.parse(f"0-0 {item} 1-1")
    assert repr(item.split(" ")[0])[1:-1] in str(caught.value)


def test_position_0_where_positions_count_from_1() -> None:
    with pytest.raises(ValueError, match="'3-0' has position 0, and positions count from 1"):
        pharaoh.parse("1-1 3-0", base=1)


@given(st.text(st.sampled_from("0123456789-p \t\r\u2028\u0085\u00a0٣x"), max_size=12))
def test_any_line_is_links_or_a_value_error(line: str) -> None:
    items = line.replace("\t", " ").replace("\r", " ").split(" ")
    if all(re.fullmatch("([0-9]{1,6}[p-][0-9]{1,6})?", item) for item in items):
        found = pharaoh.parse(line)
        assert pharaoh.parse(pharaoh.show(found)) == found
    else:
        with pytest.raises(ValueError, match="is not a link"):
            pharaoh.parse(line)


@given(sure=LINKS, possible=LINKS, base=st.integers(0, 1), swap=st.booleans())
def test_parse_is_the_inverse_of_show(sure: Links, possible: Links, base: int, swap: bool) -> None:
    alignment = Alignment(sure, sure | possible)
    assert pharaoh.parse(pharaoh.show(alignment, base=base, swap=swap), base=base, swap=swap) == alignment


def test_links_are_shown_in_order() -> None:
    links = frozenset({Link(10, 0), Link(2, 1), Link(2, 0)})
    assert pharaoh.show(Alignment(links, links | {Link(0, 5)})) == "0p5 2-0 2-1 10-0"


@given(st.lists(LINKS, max_size=5), st.integers(0, 1), st.booleans())
def test_read_is_the_inverse_of_write(tmp_path: Path, links: list[Links], base: int, swap: bool) -> None:
    pharaoh.write(tmp_path / "links.txt", links, base=base, swap=swap)
    assert pharaoh.read(tmp_path / "links.txt", base=base, swap=swap) == [Alignment(each, each) for each in links]


@pytest.mark.parametrize(
    ("content", "counts"),
    [(b"", []), (b"\n", [0]), (b"0-0", [1]), (b"0-0\n\n1-1 2-2\n", [1, 0, 2]), (b"0-0\r\n\r\n1-1\r\n", [1, 0, 1]), (b"0-0\n\n", [1, 0])],
)
def test_lines_of_a_file(tmp_path: Path, content: bytes, counts: list[int]) -> None:
    (tmp_path / "links.txt").write_bytes(content)
    assert [len(each.sure) for each in pharaoh.read(tmp_path / "links.txt")] == counts


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"0-0\n\n0-0 1-x\n", r":3: '1-x' is not a link"),
        (b"0-0\n\xff\n", r":2: not-utf-8"),
        (b"\xef\xbb\xbf0-0\n", r":1: byte-order-mark"),
        (b"0-0\r1-1\n", r":1: carriage-return"),
        ("0-0\u20281-1\n".encode(), r":1: '0-0\\u20281-1' is not a link"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "links.txt").write_bytes(content)
    with pytest.raises(DataError, match=message):
        pharaoh.read(tmp_path / "links.txt")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        pharaoh.read(tmp_path / "links.txt")
