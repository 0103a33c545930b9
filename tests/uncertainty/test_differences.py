"""What is said about a difference: coverage, false alarms, Holm's correction, runs, and figures with hardly a right span."""

from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
from toy import systems

from boundarybench.scoring.figures import figures_of
from boundarybench.uncertainty.differences import Difference, SystemCounts, conclude, holm, mean, newcombe, p_value, sample, verdict

FIGURES = ("bp50", "boundary.f1", "typed.f1")
SENTENCES, REPLICATES, SIMULATIONS = 250, 300, 600


def system(counts: np.ndarray) -> SystemCounts:
    return SystemCounts(tuple(map(str, range(len(counts)))), counts)


def compared(a: np.ndarray, b: np.ndarray, name: str = "x", replicates: int = REPLICATES) -> dict[str, Difference]:
    units = np.arange(a.shape[1], dtype=np.int32)
    return {figure: conclude(sampled) for figure, sampled in sample(system(a), system(b), units, name, FIGURES, replicates)[0].items()}


@cache
def truth(skill: tuple[float, float]) -> dict[str, float]:
    """The differences on a million sentences."""
    a, b = (figures_of(counts[0].sum(axis=0)) for counts in systems(np.random.RandomState(1), 1_000_000, skill))
    return {figure: float(b[figure] - a[figure]) for figure in FIGURES}


@cache
def simulated(skill: tuple[float, float], runs: tuple[int, int] = (1, 1), luck: float = 0.0) -> list[dict[str, Difference]]:
    random = np.random.RandomState(7)
    count = SIMULATIONS if runs == (1, 1) else SIMULATIONS // 3
    return [compared(*systems(random, SENTENCES, skill, runs, luck), name=str(k)) for k in range(count)]


def rates(skill: tuple[float, float], **options: object) -> Iterator[tuple[float, float, float]]:
    """Per figure, how often the interval holds the truth, and how often each test calls the systems different."""
    expected = truth(skill)
    for figure in FIGURES:
        found = [each[figure] for each in simulated(skill, **options)]
        yield (
            float(np.mean([each.interval[0] <= expected[figure] <= each.interval[1] for each in found])),
            float(np.mean([each.p < 0.05 for each in found])),
            float(np.mean([each.p_bootstrap < 0.05 for each in found])),
        )


@pytest.mark.parametrize("skill", [(0.0, 0.0), (0.0, 0.7)])
def test_intervals_cover_the_truth_as_often_as_they_say(skill: tuple[float, float]) -> None:
    for coverage, _, _ in rates(skill):
        assert 0.93 <= coverage <= 0.97


def test_false_alarms_are_as_many_as_allowed() -> None:
    """Equally good systems; three standard errors of 600 simulations around 5 %."""
    for _, randomised, bootstrapped in rates((0.0, 0.0)):
        assert 0.024 <= randomised <= 0.077
        assert 0.024 <= bootstrapped <= 0.077


def test_a_real_difference_is_found() -> None:
    for _, randomised, bootstrapped in rates((0.0, 0.7)):
        assert randomised > 0.8
        assert bootstrapped > 0.8


@pytest.mark.slow
@pytest.mark.parametrize(("runs", "luck"), [((3, 3), 0.3), ((5, 2), 0.3), ((3, 3), 0.0), ((1, 4), 0.0)])
def test_intervals_of_runs_cover_and_are_rather_too_wide(runs: tuple[int, int], luck: float) -> None:
    for coverage, randomised, bootstrapped in rates((0.0, 0.0), runs=runs, luck=luck):
        assert 0.925 <= coverage <= 0.995
        assert randomised <= 0.08
        assert bootstrapped <= 0.08


def test_runs_that_differ_widen_the_interval() -> None:
    a, b = systems(np.random.RandomState(0), 400, (0.0, 0.0), (1, 4))
    better = b.copy()
    better[0, :, 2] = better[0, :, 3] = np.minimum(better[0, :, 0], better[0, :, 1])  # one lucky run
    narrow, wide = (np.diff(compared(a, runs)["bp50"].interval)[0] for runs in (b, better))
    assert wide > 2 * narrow
    assert compared(a, better)["bp50"].b == pytest.approx(np.mean([figures_of(run.sum(axis=0))["bp50"] for run in better]))


def test_a_lucky_run_is_lucky_in_every_language() -> None:
    """The runs' share of a mean's variance does not shrink with the number of languages; the sentences' share does."""
    a, b = systems(np.random.RandomState(0), 1500, (0.0, 0.0), (1, 3), luck=1.0)
    units = np.arange(1500, dtype=np.int32)
    parts = [sample(system(a), system(b), units, str(lang), ["bp50"], 1000)[0]["bp50"] for lang in range(8)]
    one, eight = (np.diff(conclude(sampled).interval)[0] for sampled in (parts[0], mean(parts)))
    assert eight == pytest.approx(one, rel=0.1)
    apart = [
        sample(system(a), SystemCounts((f"{lang} 0", f"{lang} 1", f"{lang} 2"), b), units, str(lang), ["bp50"], 1000)[0]["bp50"]
        for lang in range(8)
    ]
    assert np.diff(conclude(mean(apart)).interval)[0] < 0.8 * one


def test_runs_that_are_equal_are_one_run() -> None:
    a, b = systems(np.random.RandomState(3), 300, (0.0, 0.3))
    one, three = compared(a, b, replicates=4000), compared(np.repeat(a, 3, axis=0), np.repeat(b, 2, axis=0), replicates=4000)
    for figure in FIGURES:
        assert three[figure].interval == pytest.approx(one[figure].interval)
        assert three[figure].p == pytest.approx(one[figure].p)


def test_a_mean_is_stratified() -> None:
    random = np.random.RandomState(2)
    units = np.arange(300, dtype=np.int32)
    parts = [sample(*map(system, systems(random, 300)), units, str(lang), ["bp50"], 4000)[0]["bp50"] for lang in range(9)]
    found = mean(parts)
    assert (found.b - found.a, found.statistic) == pytest.approx((np.mean([p.b - p.a for p in parts]),) * 2)
    for name in ("resampled", "randomised"):
        expected = np.sqrt(np.mean([getattr(part, name).var() for part in parts]) / 9)
        assert getattr(found, name).std() == pytest.approx(expected, rel=0.05)
    assert conclude(mean(parts[:1])) == conclude(parts[0])


def test_the_same_predictions_show_no_difference() -> None:
    a, _ = systems(np.random.RandomState(0), 100)
    found, differing = sample(system(a), system(a), np.arange(100, dtype=np.int32), "x", FIGURES, 200)
    assert differing == 0
    for sampled in found.values():
        each = conclude(sampled)
        assert (each.difference, each.interval, each.p, each.p_bootstrap) == (0, (0, 0), 1, 1)
        assert verdict(each.difference, each.p) == "no difference shown"


# Nearly absent, and absent.


@pytest.mark.parametrize(
    ("b", "a", "expected"),
    [
        # Newcombe 1998, table II, method 10.
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((0, 10), (0, 20), (-0.1611, 0.2775)),
        ((10, 10), (0, 10), (0.6075, 1.0)),
    ],
)
def test_newcombes_examples(b: tuple[int, int], a: tuple[int, int], expected: tuple[float, float]) -> None:
    assert newcombe(a, b) == pytest.approx(expected, abs=5e-5)


def test_hardly_a_right_span_gets_a_score_interval() -> None:
    a, b = (np.zeros((1, 200, 4), np.int64) for _ in range(2))
    a[..., :2] = b[..., :2] = 1
    b[0, :3, 2] = 1
    found = compared(a, b)
    assert found["bp50"].method == "score"
    assert found["bp50"].interval[0] < 0 < found["bp50"].interval[1]
    assert found["typed.f1"].interval == pytest.approx(newcombe((0, 200), (0, 200)))  # the bootstrap would say [0, 0]
    b[0, :, 2] = 1
    assert compared(a, b)["bp50"].method == "score"  # either system
    a[0, :50, 2] = 1
    assert compared(a, b)["bp50"].method == "bootstrap"


def test_a_figure_that_is_null_is_not_compared() -> None:
    a, b = (np.zeros((1, 20, 4), np.int64) for _ in range(2))
    a[0, :, 0] = 1  # predictions, and no gold
    found, _ = sample(system(a), system(b), np.arange(20, dtype=np.int32), "x", ["boundary.precision", "boundary.recall"], 100)
    assert found == {}


# p values, Holm, verdicts.


def test_p_counts_the_observed_difference_and_both_tails() -> None:
    null = np.array([0.1, -0.2, 0.05, np.nan, 0.2 - 1e-15])
    assert p_value(0.2, null) == 3 / 5
    assert p_value(-0.3, null) == 1 / 5
    assert p_value(0.0, null) == 1


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], []),
        ([0.03], [0.03]),
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),
        ([0.02, 0.02, 0.5], [0.06, 0.06, 0.5]),
        ([0.9, 0.8], [1.0, 1.0]),
    ],
)
def test_holm_by_hand(given: list[float], expected: list[float]) -> None:
    assert holm(given) == pytest.approx(expected)


def test_holm_keeps_the_familys_error_rate() -> None:
    """Uniform p values of 20 true nulls: some one is below 0.05 in 5 % of families."""
    families = np.random.RandomState(0).uniform(size=(2000, 20))
    assert np.mean([min(holm(family.tolist())) < 0.05 for family in families]) == pytest.approx(0.05, abs=0.015)


def test_verdicts() -> None:
    assert verdict(0.1, 0.049) == "B is better"
    assert verdict(-0.1, 0.049) == "A is better"
    assert verdict(0.1, 0.05) == "no difference shown"
    assert verdict(0.0, 0.001) == "no difference shown"
