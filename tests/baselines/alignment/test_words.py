"""Which words aligners take for the same."""

import pytest

from boundarybench_baselines.alignment.links import comparable


@pytest.mark.parametrize(("one", "other"), [("Kampala", "KAMPALA"), ("Yorùbá", "Yoru\u0300ba\u0301"), ("Ẹ", "e\u0323")])
def test_words_that_compare_as_one(one: str, other: str) -> None:
    assert comparable(one) == comparable(other)


@pytest.mark.parametrize(("one", "other"), [("e", "ẹ"), ("", "\u200d"), ("a", "a "), ("o\u2019", "o'")])
def test_words_that_stay_apart(one: str, other: str) -> None:
    assert comparable(one) != comparable(other)
