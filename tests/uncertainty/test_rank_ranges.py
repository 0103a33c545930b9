"""Ranks, ranges of ranks, and claims in words."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundarybench.uncertainty.claims import both_claims, in_languages_like_these, on_these
from boundarybench.uncertainty.differences import winner
from boundarybench.uncertainty.over_languages import OverLanguages, over_languages, p_over_languages
from boundarybench.uncertainty.rank_ranges import rank_ranges, ranks

VALUES = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from([0.1, 0.2, 0.3, 0.4]), min_size=1)


@given(VALUES, st.data())
def test_a_rank_lies_in_its_range(values: dict[str, float], data: st.DataObject) -> None:
    pairs = list(combinations(values, 2))
    significant = data.draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    found, ranges = ranks(values), rank_ranges(values, significant)
    for name, (first, last) in ranges.items():
        assert 1 <= first <= found[name] <= last <= len(values)
    assert rank_ranges(values, [pair[::-1] for pair in significant]) == ranges
    assert rank_ranges(values, []) == dict.fromkeys(values, (1, len(values)))


@given(VALUES)
def test_where_every_difference_is_shown_a_range_is_the_ranks_of_equals(values: dict[str, float]) -> None:
    equals = {name: sum(other == value for other in values.values()) for name, value in values.items()}
    found = ranks(values)
    expected = {name: (rank, rank + equals[name] - 1) for name, rank in found.items()}
    assert rank_ranges(values, combinations(values, 2)) == expected


def test_a_difference_of_zero_ranks_nobody() -> None:
    assert rank_ranges({"a": 0.5, "b": 0.5}, [("a", "b")]) == {"a": (1, 2), "b": (1, 2)}


@pytest.mark.parametrize(
    ("winner", "like_these", "languages", "expected"),
    [
        ("B", "B", 18, "B is better on these 18 languages, and in languages like these"),
        ("B", "", 18, "B is better on these 18 languages; not shown for languages like these"),
        ("A", "", 18, "A is better on these 18 languages; not shown for languages like these"),
        ("", "", 3, "no difference shown on these 3 languages; not shown for languages like these"),
        ("", "B", 3, "no difference shown on these 3 languages; B is better in languages like these"),
        ("AB", None, 2, "AB is better on these 2 languages; too few to speak of languages like these"),
        ("B", None, 1, "B is better on this language; too few to speak of languages like these"),
    ],
)
def test_claims(winner: str, like_these: str | None, languages: int, expected: str) -> None:
    assert both_claims(on_these(winner, languages), winner, like_these) == expected
    assert like_these is None or in_languages_like_these(like_these) in (
        "not shown for languages like these",
        f"{like_these} is better in languages like these",
    )


def test_a_claim_may_be_about_test_sets() -> None:
    assert on_these("B", 57, "test set") == "B is better on these 57 test sets"
    assert on_these("", 1, "test set") == "no difference shown on this test set"


def test_who_is_better() -> None:
    assert [winner(*each) for each in ((0.1, 0.04), (-0.1, 0.04), (0.1, 0.05), (0.0, 0.01))] == ["B", "A", "", ""]
    assert winner(0.1, 0.01, "F") == "F"


DIFFERENCES = st.lists(st.tuples(st.floats(-1, 1), st.floats(1e-6, 0.1)), min_size=3, max_size=12)


@given(DIFFERENCES)
def test_p_over_languages_says_what_its_interval_says(parts: list[tuple[float, float]]) -> None:
    found = over_languages(*zip(*parts, strict=True))
    assert found is not None
    low, high = found.interval
    assert (p_over_languages(found) < 0.05) == (not low <= 0 <= high) or min(abs(low), abs(high)) < 1e-9


def test_p_of_what_is_certain() -> None:
    assert p_over_languages(OverLanguages(3, 0.2, 0.0, 2.0, (0.2, 0.2), 0.0)) == 0
    assert p_over_languages(OverLanguages(3, 0.0, 0.0, 2.0, (0.0, 0.0), 0.0)) == 1
