"""Links from similarities of sub-tokens."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from boundarybench_baselines.alignment.extraction import argmax, awesome, itermax, match, of_words
from boundarybench_baselines.alignment.links import Link

SIMILARITIES = st.tuples(st.integers(1, 6), st.integers(1, 6)).flatmap(
    lambda shape: arrays(np.float32, shape, elements=st.floats(0, 1, width=32), unique=True)
)


def places(mask):
    return {(int(row), int(column)) for row, column in zip(*np.nonzero(mask), strict=True)}


def test_argmax_links_what_is_mutually_most_similar():
    similarity = np.array([[0.9, 0.1, 0.2], [0.8, 0.3, 0.1], [0.1, 0.2, 0.7]], np.float32)
    assert places(argmax(similarity)) == {(0, 0), (2, 2)}


def test_itermax_links_a_left_over_pair_in_the_second_round():
    similarity = np.array([[0.9, 0.1, 0.2], [0.8, 0.3, 0.1], [0.1, 0.2, 0.7]], np.float32)
    # Row 1 is most like column 0, which is linked: 0.8 * 0.9 is still its greatest, and column 0's among free rows.
    assert places(itermax(similarity)) == {(0, 0), (2, 2), (1, 0)}


def test_itermax_discounts_words_that_are_linked():
    similarity = np.array([[0.9, 0.1, 0.2], [0.80, 0.75, 0.1], [0.1, 0.2, 0.7]], np.float32)
    # 0.80 * 0.9 = 0.72 is less than 0.75 between two free ones.
    assert places(itermax(similarity)) == {(0, 0), (2, 2), (1, 1)}


def test_itermax_has_one_round_where_a_side_is_short():
    assert places(itermax(np.array([[0.9, 0.8, 0.7], [0.1, 0.2, 0.3]], np.float32))) == {(0, 0)}


def test_match_takes_the_greatest_sum():
    assert places(match(np.array([[0.9, 0.8], [0.85, 0.1]], np.float32))) == {(0, 1), (1, 0)}


def test_awesome_needs_both_directions():
    products = np.array([[10.0, 0.0], [10.0, 12.0]], np.float32)
    assert places(awesome(products, 0.001)) == {(0, 0), (1, 0), (1, 1)}
    assert places(awesome(products, 0.2)) == {(0, 0), (1, 1)}


def test_a_word_is_linked_if_any_sub_token_is():
    mask = np.array([[0, 1], [0, 0], [1, 0]], bool)
    assert of_words(mask, [0, 0, 1], [0, 1]) == {Link(0, 1), Link(1, 0)}


@given(SIMILARITIES)
def test_argmax_is_the_same_from_both_sides(similarity):
    assert places(argmax(similarity)) == {(row, column) for column, row in places(argmax(similarity.T))}


@given(SIMILARITIES)
def test_itermax_adds_to_argmax(similarity):
    assert places(argmax(similarity)) <= places(itermax(similarity))


@given(SIMILARITIES)
def test_match_links_the_whole_shorter_side_once(similarity):
    found = places(match(similarity))
    assert len(found) == min(similarity.shape)
    assert len({row for row, _ in found}) == len({column for _, column in found}) == len(found)


@pytest.mark.parametrize("method", [argmax, itermax])
def test_equal_similarities_go_to_the_first(method):
    assert (0, 0) in places(method(np.ones((3, 3), np.float32)))
