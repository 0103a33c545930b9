"""The interval over languages against published examples, statsmodels, and what must hold of it."""

import warnings
from random import Random

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from boundarybench.uncertainty.over_languages import hartung_knapp, over_languages, paule_mandel

#: Selenium in milk powder by nine laboratories: Kacker 2004, Metrologia 41: 132-136, table 1.
KACKER = np.array([61.00, 61.40, 62.21, 62.30, 62.34, 62.60, 62.70, 62.84, 65.90])
KACKER_VARIANCES = np.array([0.2025, 1.2100, 0.0900, 0.2025, 0.3844, 0.5625, 0.0676, 0.0225, 1.8225])

#: BCG against tuberculosis (Colditz et al. 1994): cases and others with and without the vaccine, as every handbook has them.
BCG = np.array(
    [
        [4, 119, 11, 128],
        [6, 300, 29, 274],
        [3, 228, 11, 209],
        [62, 13536, 248, 12619],
        [33, 5036, 47, 5761],
        [180, 1361, 372, 1079],
        [8, 2537, 10, 619],
        [505, 87886, 499, 87892],
        [29, 7470, 45, 7232],
        [17, 1699, 65, 1600],
        [186, 50448, 141, 27197],
        [5, 2493, 3, 2338],
        [27, 16886, 29, 17825],
    ],
    float,
)

numbers = st.floats(-1, 1, allow_nan=False).map(lambda value: round(value, 4))
variances = st.floats(1e-6, 0.1)
samples = st.lists(st.tuples(numbers, variances), min_size=3, max_size=40)


def test_between_variance_is_the_published_one() -> None:
    assert np.sqrt(paule_mandel(KACKER, KACKER_VARIANCES)) == pytest.approx(0.8399, abs=5e-5)  # Kacker 2004, table 1, "PM"
    found = over_languages(KACKER, KACKER_VARIANCES)
    assert found is not None
    assert found.estimate == pytest.approx(62.4076199113286, abs=1e-8)  # R, metafor 2.4, method="PM"


def test_interval_is_the_published_one() -> None:
    """R's metafor on the BCG trials, `rma(yi, vi, test="knha")`: tau² 0.3132, -0.7145 (0.1808), -1.1084 to -0.3206."""
    cases, others, control_cases, control_others = BCG.T
    n, m = cases + others, control_cases + control_others
    risk = np.log(cases / n) - np.log(control_cases / m)
    variance = 1 / cases - 1 / n + 1 / control_cases - 1 / m
    estimate, error = hartung_knapp(risk, variance, 0.3132)
    assert (estimate, error) == (pytest.approx(-0.7145, abs=1e-4), pytest.approx(0.1808, abs=1e-4))
    half = 2.178813 * error  # Student's t with 12 degrees of freedom, from a table
    assert (estimate - half, estimate + half) == (pytest.approx(-1.1084, abs=2e-4), pytest.approx(-0.3206, abs=2e-4))


@given(samples)
def test_equal_to_statsmodels(sample: list[tuple[float, float]]) -> None:
    meta = pytest.importorskip("statsmodels.stats.meta_analysis")
    y, v = np.array(sample).T
    found = over_languages(y, v)
    assert found is not None
    assume(found.deviation > 1e-3)  # at a variance of zero ours has its floor
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that single languages' intervals are normal, which are not looked at
        theirs = meta.combine_effects(y, v, method_re="iterated", use_t=True, atol=1e-9, maxiter=500)
    assume(theirs.tau2 > 0)  # where rounding takes its iteration a hair too far, statsmodels gives up and says 0
    assert found.deviation**2 == pytest.approx(theirs.tau2, rel=1e-5)
    assert found.estimate == pytest.approx(theirs.mean_effect_re, rel=1e-6, abs=1e-9)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        row = theirs.summary_frame().loc["random effect wls"]  # Hartung and Knapp's
    assert found.interval == pytest.approx((row["ci_low"], row["ci_upp"]), rel=1e-5, abs=1e-7)


@given(samples, st.randoms(use_true_random=False))
def test_order_and_unit_change_nothing(sample: list[tuple[float, float]], random: Random) -> None:
    y, v = np.array(sample).T
    order = random.sample(range(len(y)), len(y))
    found, other = over_languages(y, v), over_languages(y[order] * -10, v[order] * 100)
    assert found is not None
    assert other is not None
    assert other.estimate == pytest.approx(-10 * found.estimate, abs=1e-8)
    assert other.interval == pytest.approx((-10 * found.interval[1], -10 * found.interval[0]), abs=1e-6)
    assert other.deviation == pytest.approx(10 * found.deviation, abs=1e-6)


@given(samples)
def test_never_narrower_than_sampling_error_alone(sample: list[tuple[float, float]]) -> None:
    y, v = np.array(sample).T
    found = over_languages(y, v)
    assert found is not None
    low, high = found.interval
    assert low <= found.estimate <= high
    assert (high - low) / 2 >= 1.96 / np.sqrt((1 / v).sum()) * (1 - 1e-9)


def test_equal_languages_and_few() -> None:
    found = over_languages([0.5] * 4, [0.01] * 4)
    assert found is not None
    assert (found.deviation, found.estimate) == (0.0, 0.5)
    assert over_languages([0.5, 0.6], [0.01, 0.01]) is None
    certain = over_languages([0.2, 0.2, 0.2], [0.0, 0.0, 0.0])
    assert certain is not None
    assert certain.interval == pytest.approx((0.2, 0.2))


def test_languages_without_sampling_error() -> None:
    """Two systems whose outputs are the same on all of a language but a sentence: the bootstrap may give nothing to go by."""
    found = over_languages([0.0, 0.1, 0.3], [0.0, 0.0, 0.0])
    assert found is not None
    assert found.estimate == pytest.approx(0.4 / 3)
    assert found.deviation == pytest.approx(np.std([0.0, 0.1, 0.3], ddof=1))
    mixed = over_languages([0.0, 0.1, 0.3], [0.0, 0.01, 0.01])
    assert mixed is not None
    assert 0 <= mixed.estimate < 0.4 / 3


@pytest.mark.parametrize("tau", [0.0, 0.05])
def test_interval_holds_the_truth_as_often_as_it_says(tau: float) -> None:
    """18 languages whose test sets are of very different sizes."""
    random = np.random.default_rng(0)
    held = 0
    for _ in range(2000):
        v = random.uniform(0.0001, 0.002, 18)
        y = random.normal(0.1, np.sqrt(v + tau**2))
        found = over_languages(y, v)
        assert found is not None
        held += found.interval[0] <= 0.1 <= found.interval[1]
    assert 0.935 < held / 2000 < (0.985 if tau == 0 else 0.965)
