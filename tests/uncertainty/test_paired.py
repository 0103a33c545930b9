"""Joint draws: the collapsed ones are the plain ones, and scipy's."""

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from toy import systems

from boundarybench.scoring.figures import figures_of
from boundarybench.uncertainty.differences import SystemCounts, conclude, sample
from boundarybench.uncertainty.paired_resampling import _heads, bootstrap, by_unit, randomise, stream

FIGURES = ("bp50", "boundary.precision", "boundary.recall", "boundary.f1", "typed.f1")


def pair(sentences: int = 300, seed: int = 0, skill: tuple[float, float] = (0.0, 0.3)) -> tuple[np.ndarray, np.ndarray]:
    a, b = systems(np.random.RandomState(seed), sentences, skill)
    return a[0], b[0]


def difference(a: np.ndarray, b: np.ndarray, figure: str) -> float:
    return float(figures_of(b.sum(axis=0))[figure] - figures_of(a.sum(axis=0))[figure])


@pytest.mark.parametrize("figure", ["bp50", "typed.f1"])
def test_the_interval_is_scipys_paired_bootstrap(figure: str) -> None:
    a, b = pair()
    found, _ = sample(SystemCounts(("",), a[None]), SystemCounts(("",), b[None]), np.arange(300, dtype=np.int32), "x", [figure], 10_000)
    expected = scipy.stats.bootstrap(
        (np.arange(300), np.arange(300)),
        lambda i, j: difference(a[i], b[j], figure),
        paired=True,
        vectorized=False,
        n_resamples=4000,
        method="percentile",
        random_state=np.random.RandomState(0),
    )
    ours, interval = conclude(found[figure]), expected.confidence_interval
    assert ours.interval == pytest.approx((interval.low, interval.high), abs=0.003)  # with 300 units the correction is small
    assert found[figure].resampled.std() == pytest.approx(expected.standard_error, rel=0.03)


@pytest.mark.parametrize(("sentences", "resamples"), [(9, np.inf), (150, 4000)])
def test_p_is_scipys_permutation_test(sentences: int, resamples: float) -> None:
    a, b = pair(sentences, seed=2, skill=(0.0, 0.5))
    both = np.concatenate([a, b])  # scipy permutes numbers: each sentence's counts are one

    def statistic(i: np.ndarray, j: np.ndarray) -> float:
        return difference(both[i.astype(int)], both[j.astype(int)], "bp50")

    samples = (np.arange(sentences), np.arange(sentences, 2 * sentences))
    expected = scipy.stats.permutation_test(
        samples, statistic, permutation_type="samples", vectorized=False, n_resamples=resamples, random_state=np.random.RandomState(0)
    )
    found, _ = sample(
        SystemCounts(("",), a[None]), SystemCounts(("",), b[None]), np.arange(sentences, dtype=np.int32), "x", ["bp50"], 20_000
    )
    assert 0.01 < expected.pvalue < 0.9
    assert conclude(found["bp50"]).p == pytest.approx(expected.pvalue, abs=0.015)


def test_bootstrap_totals_have_the_moments_of_a_plain_draw() -> None:
    a, b = pair(400)
    joint = np.concatenate([a, b], axis=1)
    totals = bootstrap(joint, "x", 5000)
    assert totals.shape == (5000, 8)
    assert totals.mean(axis=0) == pytest.approx(joint.sum(axis=0) * 399 / 400, rel=0.005)
    assert np.cov(totals.T) == pytest.approx(399 * np.cov(joint.T, bias=True), rel=0.15, abs=8)
    assert (totals[:, 1] == totals[:, 5]).all()  # one gold


def test_common_and_rare_vectors_are_drawn_as_often_as_they_stand_there() -> None:
    joint = np.eye(4, dtype=np.int64)[np.repeat(np.arange(4), [100, 7, 2, 1])]
    totals = bootstrap(joint, "x", 20_000)
    assert (totals.sum(axis=1) == 109).all()  # of 110
    assert totals.mean(axis=0) == pytest.approx([100, 7, 2, 1], rel=0.03)
    assert totals.var(axis=0) == pytest.approx([100 * 10 / 110, 7 * 103 / 110, 2 * 108 / 110, 109 / 110], rel=0.05)


@pytest.mark.parametrize("coins", [1, 5, 63, 64, 65, 128, 500, 512, 513, 3000])
def test_heads_are_binomial(coins: int) -> None:
    heads = _heads(coins, stream(f"coins {coins}"), 40_000)
    assert 0 <= heads.min() <= heads.max() <= coins
    assert heads.mean() == pytest.approx(coins / 2, abs=5 * np.sqrt(coins / 4 / 40_000))
    assert heads.var() == pytest.approx(coins / 4, rel=0.04)
    assert np.corrcoef(heads[1:], heads[:-1])[0, 1] == pytest.approx(0, abs=0.03)


def test_swapping_keeps_the_sum_and_moves_only_what_differs() -> None:
    a, b = pair()
    left, right = randomise(a, b, "x", 500)
    assert (left + right == (a + b).sum(axis=0)).all()
    assert len(np.unique(left[:, 2])) > 10
    same = randomise(a, a, "x", 500)
    assert (same[0] == a.sum(axis=0)).all()
    assert (same[0] == same[1]).all()


def test_every_swap_of_few_sentences_is_as_likely() -> None:
    a, b = np.array([[1, 1, 1, 1], [3, 3, 2, 2], [9, 9, 4, 4]]), np.array([[2, 1, 0, 0], [3, 3, 3, 2], [9, 9, 4, 4]])
    left, _ = randomise(a, b, "x", 8000)
    found, count = np.unique(left[:, [0, 2]], axis=0, return_counts=True)
    expected = sorted([[13, 7], [13, 8], [14, 6], [14, 7]])  # the third sentence is the same in both
    assert found.tolist() == expected
    assert count == pytest.approx([2000] * 4, rel=0.1)


def test_identical_sentences_are_swapped_and_drawn_together() -> None:
    a, b = (np.repeat(counts, 6, axis=0) for counts in pair(60))
    apart = np.arange(360, dtype=np.int32)
    together = apart // 6 * 6
    for spread in (lambda s: s.resampled.std(), lambda s: s.randomised.std()):
        one, six = (
            spread(sample(SystemCounts(("",), a[None]), SystemCounts(("",), b[None]), units, "x", ["bp50"], 2000)[0]["bp50"])
            for units in (apart, together)
        )
        assert six == pytest.approx(np.sqrt(6) * one, rel=0.12)


def test_by_unit_adds_up() -> None:
    counts = np.array([[1, 2], [3, 4], [5, 6]])
    assert by_unit(counts, np.array([0, 1, 0], np.int32)).tolist() == [[6, 8], [3, 4]]


@given(st.integers(0, 10_000), st.integers(3, 40))
def test_changing_places_changes_the_sign_and_nothing_else(seed: int, sentences: int) -> None:
    a, b = (SystemCounts(("",), counts) for counts in systems(np.random.RandomState(seed), sentences, (0.0, 0.4)))
    units = np.arange(sentences, dtype=np.int32)
    (one, differing), (other, again) = sample(a, b, units, "x", FIGURES, 200), sample(b, a, units, "x", FIGURES, 200)
    assert differing == again
    assert one.keys() == other.keys()
    for name in one:
        left, right = conclude(one[name]), conclude(other[name])
        assert (left.p, left.p_bootstrap, left.method) == (right.p, right.p_bootstrap, right.method)
        assert (left.difference, *left.interval) == pytest.approx((-right.difference, -right.interval[1], -right.interval[0]), abs=1e-12)


def test_the_streams_are_the_ones_that_results_were_published_with() -> None:
    """Another numpy must not move anybody's interval or p value."""
    a = np.array([[1, 1, 1, 1], [2, 1, 0, 0], [0, 1, 0, 0], [1, 1, 1, 0]] * 25)
    b = np.roll(a, 1, axis=0)
    joint = np.concatenate([a, b, np.repeat(np.arange(50), 2)[:, None]], axis=1)  # the last column makes vectors rare
    assert bootstrap(np.concatenate([a, b], axis=1), "sample/xx", 2)[:, :4].tolist() == [[104, 99, 50, 26], [111, 99, 49, 26]]
    assert bootstrap(joint, "sample/xx", 2)[:, :4].tolist() == [[97, 99, 51, 18], [99, 99, 49, 29]]
    assert randomise(a, b, "sample/xx", 3)[0].tolist() == [
        [104.0, 100.0, 48.0, 23.0],
        [107.0, 100.0, 47.0, 22.0],
        [97.0, 100.0, 51.0, 21.0],
    ]
