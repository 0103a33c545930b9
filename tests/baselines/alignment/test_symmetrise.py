"""Symmetrisation: examples by hand, the published procedure word by word as an oracle, and what holds of any links."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundarybench_baselines.alignment.links import Link, Links
from boundarybench_baselines.alignment.symmetrise import HEURISTICS, Heuristic, symmetrise

WORDS = 7


def links(text: str) -> Links:
    return frozenset(Link(int(item[0]), int(item[1])) for item in text.split())


@st.composite
def directions(draw: st.DrawFn) -> tuple[Links, Links]:
    """What two directed aligners give: forward, at most one source word for a target word; reverse, the other way round."""
    sources = draw(st.lists(st.none() | st.integers(0, WORDS - 1), max_size=WORDS))
    targets = draw(st.lists(st.none() | st.integers(0, WORDS - 1), max_size=WORDS))
    forward = frozenset(Link(source, target) for target, source in enumerate(sources) if source is not None)
    return forward, frozenset(Link(source, target) for source, target in enumerate(targets) if target is not None)


ANY = st.frozensets(st.builds(Link, st.integers(0, WORDS - 1), st.integers(0, WORDS - 1)))


@pytest.mark.parametrize(
    ("forward", "reverse", "intersection", "grow", "final_and", "final"),
    [
        ("", "", "", "", "", ""),
        ("00 11", "00 11", "00 11", "00 11", "00 11", "00 11"),
        ("00 01", "00", "00", "00 01", "00 01", "00 01"),  # beside a link taken
        ("00 11", "00", "00", "00 11", "00 11", "00 11"),  # diagonally beside
        ("55 44 33 22", "55", "55", "55 44 33 22", "55 44 33 22", "55 44 33 22"),  # beside a link that was itself added, backwards
        ("00 33", "00", "00", "00", "00 33", "00 33"),  # apart, both words free
        ("00 05", "00", "00", "00", "00", "00 05"),  # apart, one word free
        ("00 11 01", "00 11", "00 11", "00 11", "00 11", "00 11"),  # beside, but both words taken
        ("12", "34", "", "", "12 34", "12 34"),  # nothing to grow from
        ("12", "32", "", "", "12", "12 32"),  # final-and: the forward direction first
        # Order matters, as in Moses: links by target word, then by source word, also those added in the same round,
        ("01 02 20", "02 11 20", "02 20", "02 11 20", "02 11 20", "02 11 20"),
        ("00 12 21", "01 10 21", "21", "01 10 12 21", "01 10 12 21", "01 10 12 21"),
        # and beside a link first the four that share a word with it, then the diagonals from the upper left.
        ("00 01", "01 10", "01", "00 01 10", "00 01 10", "00 01 10"),
        ("01 10", "00 10 21", "10", "00 01 10 21", "00 01 10 21", "00 01 10 21"),
        # What final adds first takes the words that final-and leaves to a later link.
        ("00 22 24 31", "04 22 30", "22", "22 30 31", "04 22 30 31", "00 22 24 30 31"),
    ],
)
def test_by_hand(forward: str, reverse: str, intersection: str, grow: str, final_and: str, final: str) -> None:
    one, other = links(forward), links(reverse)
    expected: dict[Heuristic, Links] = {
        "intersection": links(intersection),
        "grow-diag": links(grow),
        "grow-diag-final-and": links(final_and),
        "grow-diag-final": links(final),
        "union": one | other,
    }
    assert {heuristic: symmetrise(one, other, heuristic) for heuristic in HEURISTICS} == expected


GRID = [Link(source, target) for target in range(WORDS) for source in range(WORDS)]


def free(link: Link, taken: set[Link]) -> list[bool]:
    return [all(link[side] != other[side] for other in taken) for side in (0, 1)]


def grow_diag(taken: set[Link], union: Links) -> None:
    """GROW-DIAG over the grid of all word pairs, as Koehn et al. 2005 print it."""
    size = -1
    while size != len(taken):
        size = len(taken)
        for link in GRID:
            for down, right in ((-1, 0), (0, -1), (1, 0), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1)) if link in taken else ():
                beside = Link(link.source + right, link.target + down)
                if any(free(beside, taken)) and beside in union:
                    taken.add(beside)


def published(forward: Links, reverse: Links, last: Callable[[list[bool]], bool] | None) -> Links:
    """GROW-DIAG and FINAL, where `last` (`any`, or `all` for FINAL-AND) says which of the two words must be free."""
    taken = set(forward & reverse)
    grow_diag(taken, forward | reverse)
    for direction in (forward, reverse):
        for link in GRID:
            if link in direction and last and last(free(link, taken)):
                taken.add(link)
    return frozenset(taken)


@given(directions() | st.tuples(ANY, ANY))
def test_the_published_procedure(both: tuple[Links, Links]) -> None:
    assert symmetrise(*both, "grow-diag") == published(*both, None)
    assert symmetrise(*both, "grow-diag-final") == published(*both, any)
    assert symmetrise(*both, "grow-diag-final-and") == published(*both, all)


@given(directions() | st.tuples(ANY, ANY))
def test_what_contains_what(both: tuple[Links, Links]) -> None:
    intersection, grown, final_and, final, union = (symmetrise(*both, heuristic) for heuristic in HEURISTICS)
    assert intersection <= grown <= final_and <= union
    assert grown <= final <= union
    for side in (0, 1):
        assert {link[side] for link in final} == {link[side] for link in union}
    sources, targets = {link.source for link in final_and}, {link.target for link in final_and}
    assert all(link.source in sources or link.target in targets for link in union)


@given(ANY)
def test_directions_that_agree_stay_as_they_are(both: Links) -> None:
    assert {symmetrise(both, both, heuristic) for heuristic in HEURISTICS} == {both}
