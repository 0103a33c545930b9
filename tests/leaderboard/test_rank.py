"""Order, ranks and reasons, on boards made by hand."""

from itertools import permutations

import pytest

from boards import make_board, make_entry
from boundarybench.leaderboard.rank import standings
from boundarybench.leaderboard.signatures import OVERALL
from boundarybench.suites.manifests import packaged
from boundarybench.suites.pins import ranked

MASAKHANER2 = packaged()["masakhaner2"]
SAMPLE = packaged()["sample"]
XTREME = packaged()["xtreme"]


def test_ranked_rows_stand_first_and_the_others_follow_by_reason() -> None:
    board = make_board(
        make_entry("unpinned", 0.99, unpinned=["swa"]),
        make_entry("unknown", 0.98, tracks=dict.fromkeys(ranked(MASAKHANER2), "exposure-unknown")),
        make_entry("supervised", 0.97, tracks=dict.fromkeys(ranked(MASAKHANER2), "supervised")),
        make_entry("oracle", 0.96, tracks=dict.fromkeys(ranked(MASAKHANER2), "oracle")),
        make_entry("incomplete", 0.95, without=["bam", "ewe", "fon", "hau", "ibo", "kin"]),
        make_entry("second", 0.4),
        make_entry("first", 0.5),
    )
    assert [(row.name, row.rank, row.reason) for row in standings(board, "masakhaner2")] == [
        ("first", 1, ""),
        ("second", 2, ""),
        ("incomplete", None, "incomplete: 12 of 18 languages"),
        ("oracle", None, "oracle"),
        ("supervised", None, "supervised"),
        ("unknown", None, "exposure-unknown"),
        ("unpinned", None, "gold not pinned: swa"),
    ]
    assert standings(board, "xtreme") == []


def test_equal_figures_share_a_rank_and_stand_by_name() -> None:
    entries = [make_entry("d", 0.2), make_entry("c", 0.3), make_entry("a", 0.3), make_entry("b", 0.9), make_entry("e", None)]
    expected = [("b", 1), ("a", 2), ("c", 2), ("d", 4), ("e", 5)]
    for order in permutations(entries):
        assert [(row.name, row.rank) for row in standings(make_board(*order), "masakhaner2")] == expected


def test_a_difference_in_the_last_digit_is_a_difference() -> None:
    rows = standings(make_board(make_entry("a", 0.3), make_entry("b", 0.30000000000000004)), "masakhaner2")
    assert [(row.name, row.rank) for row in rows] == [("b", 1), ("a", 2)]


def test_each_floor_has_a_rank_of_its_own_among_the_ranked() -> None:
    board = make_board(
        make_entry("a", 0.5, bp25=0.1, bp75=0.5, bp100=0.3),
        make_entry("b", 0.4, bp25=0.9, bp75=0.5, bp100=0.2),
        make_entry("c", 0.6, bp25=0.95, bp100=0.95, without=["swa"]),
    )
    a, b, c = standings(board, "masakhaner2")
    assert a.ranks == {"bp50": 1, "bp25": 2, "bp75": 1, "bp100": 1}
    assert b.ranks == {"bp50": 2, "bp25": 1, "bp75": 1, "bp100": 2}
    assert (c.ranks, c.rank) == ({}, None)


@pytest.mark.parametrize(
    ("tracks", "track", "reason"),
    [
        ({}, "zero-shot", ""),
        ({"pcm": "supervised", "bbj": "oracle"}, "zero-shot", ""),  # outside the mean
        ({"swa": "exposure-unknown"}, "exposure-unknown", "exposure-unknown (1 of 18 languages not zero-shot)"),
        ({"swa": "exposure-unknown", "yor": "supervised"}, "supervised", "supervised (2 of 18 languages not zero-shot)"),
        ({"swa": "oracle", "yor": "supervised"}, "oracle", "oracle (2 of 18 languages not zero-shot)"),
    ],
)
def test_a_row_has_the_strongest_exposure_of_its_pairs(tracks: dict[str, str], track: str, reason: str) -> None:
    (row,) = standings(make_board(make_entry("a", tracks=tracks)), "masakhaner2")
    assert (row.track, row.reason, row.rank) == (track, reason, None if reason else 1)


def test_every_reason_is_named_and_the_first_places_the_row() -> None:
    board = make_board(
        make_entry("both", 0.9, tracks=dict.fromkeys(ranked(MASAKHANER2), "oracle"), without=["swa"]),
        make_entry("incomplete", 0.1, without=["swa"]),
        make_entry("sentences", 0.2, missing=1),
    )
    assert [(row.name, row.reason) for row in standings(board, "masakhaner2")] == [
        ("sentences", "incomplete: 18 sentences missing"),
        ("incomplete", "incomplete: 17 of 18 languages"),
        ("both", "oracle; incomplete: 17 of 18 languages"),
    ]


def test_overall_holds_who_is_complete_in_both_suites() -> None:
    both = (XTREME, MASAKHANER2)
    board = make_board(
        make_entry("both", suites=both),
        make_entry("labels", suites=both, tracks={"sw": "supervised"}),
        make_entry("one", suites=(XTREME,)),
        make_entry("lacking", suites=both, without=["bam"]),
    )
    assert [(row.name, row.rank, row.reason) for row in standings(board, OVERALL)] == [
        ("both", 1, ""),
        ("labels", None, "supervised (1 of 56 languages not zero-shot)"),
    ]
    # Labels of one suite's languages leave the other suite's rank alone.
    assert [row.rank for row in standings(board, "masakhaner2") if row.name == "labels"] == [1]


def test_a_mean_over_no_language_is_incomplete() -> None:
    (row,) = standings(make_board(make_entry("a", None, (SAMPLE,), without=ranked(SAMPLE))), "sample")
    assert row.reason == "incomplete: 0 of 10 languages"
