"""Bootstrap intervals: the collapsed draw is the plain one, and Wilson's where it must be."""

import numpy as np
import pytest
from scipy.stats import binomtest, norm, t

from boundarybench.scoring.figures import figures_of
from boundarybench.uncertainty.intervals import drawn, intervals, percentiles, replicates, tail, wider, wilson


def toy(sentences: int = 400, seed: int = 0) -> np.ndarray:
    """Count vectors (predicted, gold, exact, typed) of a middling system."""
    random = np.random.RandomState(seed)
    exact = random.binomial(2, 0.4, sentences)
    return np.stack(
        [exact + random.binomial(1, 0.3, sentences), exact + random.binomial(1, 0.5, sentences), exact, random.binomial(exact, 0.9)], 1
    )


def plain_bootstrap(counts: np.ndarray, units: np.ndarray, draws: int) -> np.ndarray:
    """One unit at a time, as a textbook has it, but for the last (Rao and Wu 1988)."""
    random = np.random.RandomState(1)
    groups = np.array([counts[units == unit].sum(axis=0) for unit in np.unique(units)])
    return np.array([groups[random.randint(0, len(groups), len(groups) - 1)].sum(axis=0) for _ in range(draws)])


@pytest.mark.parametrize("group", [1, 4])
def test_the_collapsed_draw_has_the_distribution_of_the_plain_one(group: int) -> None:
    counts = toy()
    units = (np.arange(len(counts)) // group).astype(np.int32)
    ours, plain = (figures_of(totals) for totals in (replicates(counts, units, "x"), plain_bootstrap(counts, units, 1000)))
    for name in ours:
        assert ours[name].mean() == pytest.approx(plain[name].mean(), abs=0.004)
        assert ours[name].std() == pytest.approx(plain[name].std(), rel=0.15)


def test_identical_sentences_drawn_together_widen_the_interval() -> None:
    counts = np.repeat(toy(50), 8, axis=0)
    apart = np.arange(400, dtype=np.int32)
    together = (apart // 8 * 8).astype(np.int32)
    spread = [figures_of(replicates(counts, units, "x"))["bp50"].std() for units in (apart, together)]
    assert spread[1] > 2 * spread[0]


def test_replicates_are_fixed_by_the_name() -> None:
    counts, units = toy(), np.arange(400, dtype=np.int32)
    assert (replicates(counts, units, "a") == replicates(counts, units, "a")).all()
    assert (replicates(counts, units, "a") != replicates(counts, units, "b")).any()


def test_the_stream_is_the_one_that_results_were_published_with() -> None:
    """Another numpy must not move anybody's interval."""
    counts = np.array([[1, 1, 1, 1], [2, 1, 0, 0], [0, 1, 0, 0], [1, 1, 1, 0]] * 25)
    totals = replicates(counts, np.arange(100, dtype=np.int32), "sample/xx")
    assert totals[:3].tolist() == [[108, 99, 52, 29], [103, 99, 49, 27], [105, 99, 49, 21]]


def test_intervals_hold_the_figure() -> None:
    counts = toy()
    totals = counts.sum(axis=0)
    found = intervals(totals, figures_of(replicates(counts, np.arange(400, dtype=np.int32), "x")), 399)
    for name, value in figures_of(totals).items():
        low, high = found[name]
        assert low <= value <= high
        assert high - low < 0.2


@pytest.mark.parametrize(("correct", "trials"), [(0, 20), (3, 40), (9, 9), (1, 1000)])
def test_wilson_is_scipys(correct: int, trials: int) -> None:
    expected = binomtest(correct, trials).proportion_ci(method="wilson")
    assert wilson(correct, trials) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_where_exact_spans_are_nearly_absent() -> None:
    counts = np.zeros((200, 4), np.int64)
    counts[:, 0] = counts[:, 1] = 1
    totals = counts.sum(axis=0)
    found = intervals(totals, figures_of(replicates(counts, np.arange(200, dtype=np.int32), "x")), 199)
    assert found["boundary.precision"] == pytest.approx(wilson(0, 200))
    assert found["bp50"][1] > 0  # the percentile bootstrap would say [0, 0]


def test_the_wider_side_of_each_interval_counts_and_no_number_does_not() -> None:
    assert wider((0.1, 0.3), (0.2, 0.4)) == (0.1, 0.4)
    assert wider((np.nan, np.nan), (0.2, 0.4)) == (0.2, 0.4)


@pytest.mark.parametrize("freedom", [1, 2, 5, 24, 55, 1000])
def test_the_tail_is_scipys(freedom: int) -> None:
    """Hesterberg's expanded percentiles; his factor sqrt(n / (n - 1)) is in the number of units that are drawn."""
    assert tail(freedom) == pytest.approx(norm.cdf(-t.ppf(0.975, freedom)), abs=1e-5)


@pytest.mark.parametrize("units", [5, 25, 60])
def test_intervals_of_few_normal_values_are_students(units: int) -> None:
    """The mean of a sample of a bell: percentiles of its replicates must lie where the t interval ends, not 4 to 30 % nearer."""
    values = norm.ppf((np.arange(units) + 0.5) / units)
    random = np.random.RandomState(0)
    means = values[random.randint(0, units, (100_000, drawn(units)))].mean(axis=1)
    half = t.ppf(0.975, units - 1) * values.std(ddof=1) / np.sqrt(units)
    ((low, high),) = percentiles(means[np.newaxis], drawn(units))
    assert (low, high) == pytest.approx((-half, half), rel=0.03 if units > 5 else 0.15)


def test_one_unit_alone_is_what_it_is() -> None:
    counts, units = toy(30), np.zeros(30, np.int32)
    resampled = figures_of(replicates(counts, units, "x"))
    for name, (low, high) in intervals(counts.sum(axis=0), resampled, drawn(1)).items():
        assert (low, high) == pytest.approx((float(figures_of(counts.sum(axis=0))[name]),) * 2)


def test_null_figures_have_no_interval() -> None:
    counts = np.array([[1, 0, 0, 0]] * 20)
    found = intervals(counts.sum(axis=0), figures_of(replicates(counts, np.arange(20, dtype=np.int32), "x")), 19)
    assert "boundary.recall" not in found
    assert "boundary.precision" in found
