"""Windows over sentences that are longer than a model takes."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundarybench_baselines.windows import Window, windows

CAPACITY = st.integers(1, 24)
SIZES = st.lists(st.integers(1, 30), max_size=60)


def test_a_sentence_that_fits_is_one_window():
    assert windows([2, 1, 1], 4) == [Window(0, 3, 0, 3)]
    assert windows([], 4) == [Window(0, 0, 0, 0)]


def test_each_window_begins_half_a_window_on_and_the_overlap_is_divided_in_its_middle():
    assert windows([1] * 12, 8) == [Window(0, 8, 0, 6), Window(4, 12, 6, 12)]


@given(SIZES, CAPACITY)
def test_every_word_is_kept_once_by_a_window_that_holds_it_whole(sizes, capacity):
    found = windows(sizes, capacity)
    assert [word for window in found for word in range(window.kept_start, window.kept_end)] == list(range(len(sizes)))
    for window in found:
        assert window.start <= window.kept_start <= window.kept_end <= window.end
        assert window.kept_start < window.kept_end or not sizes  # none goes through the model for nothing
        assert sum(min(size, capacity) for size in sizes[window.start : window.end]) <= capacity


@given(SIZES, CAPACITY)
def test_windows_go_on_and_no_more_could_be_put_into_one(sizes, capacity):
    found = windows(sizes, capacity)
    for one, other in pairwise(found):
        assert one.start < other.start <= one.end < other.end
        assert sum(min(size, capacity) for size in sizes[one.start : one.end + 1]) > capacity


@given(st.lists(st.integers(1, 3), min_size=1, max_size=80), st.integers(12, 24))
def test_about_half_a_window_is_seen_again(sizes, capacity):
    """With words that are short beside the window: half of it, give or take a word at each border."""
    found = windows(sizes, capacity)
    for one, other in pairwise(found):
        assert capacity / 2 - 6 <= sum(sizes[other.start : one.end]) <= capacity / 2


@given(st.lists(st.integers(1, 3), min_size=1, max_size=80), st.integers(12, 24))
def test_a_word_that_two_windows_hold_comes_from_the_one_in_which_it_is_farther_from_a_cut(sizes, capacity):
    found = windows(sizes, capacity)
    for window in found:
        for word in range(window.kept_start, window.kept_end):
            from_cut = [
                min(
                    sum(sizes[each.start : word]) if each.start else 1000,
                    sum(sizes[word + 1 : each.end]) if each.end < len(sizes) else 1000,
                )
                for each in found
                if each.start <= word < each.end
            ]
            kept = min(
                sum(sizes[window.start : word]) if window.start else 1000,
                sum(sizes[word + 1 : window.end]) if window.end < len(sizes) else 1000,
            )
            assert kept >= max(from_cut) - 3  # a word on the middle itself may go to either


@pytest.mark.parametrize("capacity", [1, 5])
def test_a_word_that_is_longer_than_a_window_has_one_for_its_beginning(capacity):
    found = windows([9, 1, 9], capacity)
    assert [(window.start, window.end) for window in found if window.kept_start < window.kept_end] == [(0, 1), (1, 2), (2, 3)]
