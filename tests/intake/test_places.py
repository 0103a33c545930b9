"""How far a submission would stand from other rows: boards made by hand."""

import msgspec
import pytest

from boards import MASAKHANER2, make_board, make_entry
from boundarybench.intake.places import Neighbour, place
from boundarybench.leaderboard.signatures import OVERALL, OVERALL_SUITES
from boundarybench.leaderboard.store import Entry
from boundarybench.protocol import RANK_FIGURE
from boundarybench.suites.pins import ranked


def of_figures(entry: Entry, suite: str, figures: dict[str, float | None]) -> Entry:
    """An entry with other rank figures in some languages of a suite."""
    rows = tuple(
        msgspec.structs.replace(row, figures={**row.figures, RANK_FIGURE: figures[row.lang]})
        if row.suite == suite and row.lang in figures
        else row
        for row in entry.rows
    )
    return msgspec.structs.replace(entry, rows=rows)


def neighbour(own: Entry, other: Entry, suite: str = MASAKHANER2.name) -> Neighbour:
    before = make_board(other)
    (found,) = place(before, make_board(own, other), own.name, suite).neighbours
    return found


def test_a_language_that_one_of_them_lacks_does_not_count() -> None:
    """The means are 20 points apart, because of languages that only one has; where both are, it is 10."""
    langs = ranked(MASAKHANER2)
    own = of_figures(make_entry("own", 0.9), MASAKHANER2.name, dict.fromkeys(langs[:3], 0.6))
    few = make_entry("few", 0.5, without=langs[3:])
    found = neighbour(own, few)
    assert found.languages == tuple(sorted(f"masakhaner2/{lang}" for lang in langs[:3]))
    assert (found.shared, found.difference) == (False, pytest.approx(0.1))


def test_other_gold_and_null_are_not_in_common() -> None:
    langs = ranked(MASAKHANER2)
    own, other = make_entry("own", 0.6), of_figures(make_entry("other", 0.5), MASAKHANER2.name, {langs[0]: None})
    rows = tuple(msgspec.structs.replace(row, fingerprint="f" * 64) if row.lang == langs[1] else row for row in other.rows)
    found = neighbour(own, msgspec.structs.replace(other, rows=rows))
    assert found.languages == tuple(sorted(f"masakhaner2/{lang}" for lang in langs[2:]))
    assert (found.shared, found.difference) == (False, pytest.approx(0.1))


def test_overall_is_the_mean_of_two_suite_means() -> None:
    own, other = make_entry("own", 0.5, OVERALL_SUITES), make_entry("other", 0.5, OVERALL_SUITES)
    better = of_figures(own, MASAKHANER2.name, dict.fromkeys(ranked(MASAKHANER2), 0.7))
    found = neighbour(better, other, OVERALL)
    assert (found.shared, found.difference) == (True, pytest.approx(0.1))


def test_nothing_in_common_has_no_difference() -> None:
    langs = ranked(MASAKHANER2)
    found = neighbour(make_entry("own", without=langs[9:]), make_entry("other", without=langs[:9]))
    assert (found.languages, found.shared, found.difference) == ((), False, None)


def test_the_row_on_main_is_held_against_likewise() -> None:
    old = make_entry("own", 0.4, without=ranked(MASAKHANER2)[1:])
    new = of_figures(make_entry("own", 0.9), MASAKHANER2.name, {ranked(MASAKHANER2)[0]: 0.5})
    found = place(make_board(old), make_board(new), "own", MASAKHANER2.name)
    assert found.neighbours == ()
    assert found.before is not None
    assert (found.before.rank, found.before.languages) == (None, (f"masakhaner2/{ranked(MASAKHANER2)[0]}",))
    assert found.before.difference == pytest.approx(0.1)
