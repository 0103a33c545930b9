"""Precision, recall and AER: by hand, where nothing is counted, and published figures."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundarybench_baselines.alignment import pharaoh
from boundarybench_baselines.alignment.error_rate import Agreement, compare
from boundarybench_baselines.alignment.links import Link, Links
from boundarybench_baselines.alignment.pharaoh import Alignment

LINKS = st.frozensets(st.builds(Link, st.integers(0, 4), st.integers(0, 4)))
NONE: Links = frozenset()


def test_by_hand() -> None:
    gold = [pharaoh.parse("0-0 1-1 2p1 2p2"), pharaoh.parse("0-0")]
    found = compare([pharaoh.parse("0-0 2-1 3-3").sure, NONE], gold)
    assert found == Agreement(links=3, sure=3, links_in_sure=1, links_in_possible=2)
    assert found.precision == 2 / 3
    assert found.recall == 1 / 3
    assert found.error_rate == 1 - 3 / 6


def test_counts_are_summed_before_they_are_divided() -> None:
    short, long = pharaoh.parse("0-0"), pharaoh.parse("0-0 1-1 2-2")
    assert compare([NONE, long.sure], [short, long]).recall == 3 / 4


@pytest.mark.parametrize(
    ("links", "gold", "rates"),
    [("", "", (0, 0, 0)), ("0-0", "", (0, 0, 1)), ("", "0-0", (0, 0, 1)), ("0-0", "0p0", (1, 0, 0)), ("", "0p0", (0, 0, 0))],
)
def test_where_there_is_nothing_to_divide_by(links: str, gold: str, rates: tuple[float, float, float]) -> None:
    found = compare([pharaoh.parse(links).sure], [pharaoh.parse(gold)])
    assert (found.precision, found.recall, found.error_rate) == rates


@given(LINKS, LINKS, LINKS)
def test_links_between_sure_and_possible_have_no_error(sure: Links, possible: Links, some: Links) -> None:
    links = sure | (possible & some)
    assert compare([links], [Alignment(sure, sure | possible)]).error_rate == 0


@given(LINKS, LINKS)
def test_without_possible_links_it_is_one_minus_f1(links: Links, sure: Links) -> None:
    found = compare([links], [Alignment(sure, sure)])
    if links & sure:
        f1 = 2 * found.precision * found.recall / (found.precision + found.recall)
        assert found.error_rate == pytest.approx(1 - f1)
    else:
        assert found.error_rate == (1 if links or sure else 0)


@pytest.mark.parametrize("more", [0, 2])
def test_links_and_gold_must_correspond(more: int) -> None:
    with pytest.raises(ValueError, match="argument"):
        compare([NONE] * more, [Alignment(NONE, NONE)])


@pytest.mark.parametrize(("pair", "published"), [("enfr", "4.07"), ("jaen", "37.4"), ("roen", "20.75"), ("zhen", "13.3")])
def test_published_figures_of_awesome_align(data: Path, pair: str, published: str) -> None:
    gold = pharaoh.read(data / "word-alignments" / f"{pair}.gold", base=1)
    found = pharaoh.read(data / "word-alignments" / f"{pair}.awesome-align.out")
    rate = 100 * compare([each.sure for each in found], gold).error_rate
    assert f"{rate:.{len(published.partition('.')[2])}f}" == published
