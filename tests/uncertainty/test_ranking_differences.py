"""Differences of average precision and precision at a recall, resampled: against sentences written out, and on simulated systems."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from boundarybench.scoring.ranking import NAMES, ranking
from boundarybench.scoring.scored_spans import ScoredSpans
from boundarybench.uncertainty import ranking_differences
from boundarybench.uncertainty.differences import conclude, percentile_p
from boundarybench.uncertainty.intervals import drawn, percentiles
from boundarybench.uncertainty.paired_resampling import stream
from boundarybench.uncertainty.ranking_differences import sample_rankings


@st.composite
def systems(draw: st.DrawFn, sentences: int = 4) -> ScoredSpans:
    spans = draw(st.integers(0, 8))
    owner = np.sort(np.array(draw(st.lists(st.integers(0, sentences - 1), min_size=spans, max_size=spans)), np.int64))
    exact = np.array(draw(st.lists(st.booleans(), min_size=spans, max_size=spans)), bool)
    scores = np.array(draw(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=spans, max_size=spans)), float)
    return ScoredSpans(owner, exact, scores, np.array([8, 0, 8, 8]))


def written_out(system: ScoredSpans, sentences: list[int]) -> list[float]:
    """The figures of a test set that has these sentences, some of them several times."""
    spans = [k for sentence in sentences for k in np.flatnonzero(system.owner == sentence)]
    found = ranking(system.exact[spans], system.scores[spans], sum(int(system.gold[sentence]) for sentence in sentences))
    return list(found.values()) if found else [np.nan] * len(NAMES)


@given(a=systems(), b=systems(), pairs=st.booleans())
def test_every_replicate_is_ranked_anew(a: ScoredSpans, b: ScoredSpans, pairs: bool) -> None:
    units = np.array([0, 0, 2, 3] if pairs else [0, 1, 2, 3], np.int32)  # two sentences that are drawn together
    found = sample_rankings(a, b, units, "x", 20)
    assert list(found) == list(NAMES)
    members = [np.flatnonzero(units == unit).tolist() for unit in np.unique(units)]
    for replicate, chosen in enumerate(stream("ranking/x").randint(0, len(members), (20, drawn(len(members))), np.int32)):
        sentences = [sentence for unit in chosen for sentence in members[unit]]
        expected = np.subtract(written_out(b, sentences), written_out(a, sentences))
        assert [each.resampled[replicate] for each in found.values()] == pytest.approx(expected.tolist(), nan_ok=True)
    for system, side in ((a, "a"), (b, "b")):
        assert [getattr(each, side) for each in found.values()] == written_out(system, [0, 1, 2, 3])


def test_without_gold_there_is_no_figure() -> None:
    silent = ScoredSpans(np.array([], np.int64), np.array([], bool), np.array([]), np.zeros(2, np.int64))
    assert sample_rankings(silent, silent, np.arange(2, dtype=np.int32), "x", 5) == {}


def simulated(rng: np.random.Generator, difficulty: NDArray[np.float64], spans: float, level: float, ties: bool = False) -> ScoredSpans:
    """A system whose scores say something; sentences differ in how hard they are."""
    owner = np.repeat(np.arange(len(difficulty)), rng.poisson(spans, len(difficulty)))
    exact = rng.random(len(owner)) < 1 / (1 + np.exp(-(level + difficulty[owner])))
    scores = 0.8 * exact + rng.normal(size=len(owner))
    return ScoredSpans(owner, exact, np.clip(np.round(scores), -1, 1) if ties else scores, np.full(len(difficulty), 3))


def test_swapped_systems_give_the_opposite() -> None:
    rng = np.random.default_rng(0)
    difficulty = rng.normal(size=200)
    a, b = simulated(rng, difficulty, 2, 0.5), simulated(rng, difficulty, 1.5, 1)
    units = np.arange(200, dtype=np.int32)
    for one, other in zip(*(sample_rankings(*pair, units, "x", 200).values() for pair in ((a, b), (b, a))), strict=True):
        assert (one.resampled == -other.resampled).all()
        forth, back = conclude(one), conclude(other)
        assert (forth.difference, forth.p) == (-back.difference, back.p)
        assert forth.interval == pytest.approx([-end for end in back.interval[::-1]])


def test_the_size_of_the_pieces_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    difficulty = rng.normal(size=50)
    a, b = simulated(rng, difficulty, 2, 0.5), simulated(rng, difficulty, 2, 1)
    units = np.arange(50, dtype=np.int32)
    whole = sample_rankings(a, b, units, "x", 64)
    monkeypatch.setattr(ranking_differences, "_CELLS", 1000)
    pieces = sample_rankings(a, b, units, "x", 64)
    for name in NAMES:
        assert whole[name].resampled.tolist() == pieces[name].resampled.tolist()


@given(st.lists(st.integers(-3, 3).map(float), min_size=100, max_size=200), st.integers(5, 1000))
def test_p_and_interval_agree(differences: list[float], freedom: int) -> None:
    """p is small only where the interval has 0 outside of it, and everything on one side gives the smallest p there is."""
    resampled = np.array(differences)
    p, [(low, high)] = percentile_p(resampled, freedom), percentiles(resampled[np.newaxis], freedom)
    if p < 0.05:
        assert low >= 0 or high <= 0
    assert percentile_p(np.append(resampled, np.nan), freedom) == p == percentile_p(-resampled, freedom)
    assert percentile_p(np.abs(resampled) + 1, 10**9) == pytest.approx(2 / (1 + len(differences)))


#: Spans per sentence and how often they are right, of A and of B; whether A's scores are in three steps; the true difference of each
#: figure but the last recall, which not all reach: that of 400,000 sentences.
CASES = [
    ((2, 1), (2, 1), False, (0.001, 0.001, 0.001)),
    ((2, 1), (2, 1), True, (0.020, 0.037, 0.008)),
    ((2.5, 1), (1.8, 1.2), False, (-0.107, 0.001, -0.029)),
    ((2.4, 0.5), (3.2, 1.0), True, (0.276, 0.138, 0.159)),
]


@pytest.mark.parametrize(("a", "b", "ties", "truth"), CASES)
def test_intervals_hold_the_truth(a: tuple[float, float], b: tuple[float, float], ties: bool, truth: tuple[float, ...]) -> None:
    held = np.zeros(len(truth))
    shown = np.zeros(len(truth))
    cases = 100
    for seed in range(cases):
        rng = np.random.default_rng(seed)
        difficulty = rng.normal(size=300)
        systems = simulated(rng, difficulty, *a, ties), simulated(rng, difficulty, *b)
        found = [conclude(each) for each in sample_rankings(*systems, np.arange(300, dtype=np.int32), f"{seed}", 200).values()]
        held += [each.interval[0] <= value <= each.interval[1] for each, value in zip(found, truth, strict=False)]
        shown += [each.p < 0.05 for each, _ in zip(found, truth, strict=False)]
    assert (held >= 0.88 * cases).all()
    if a == b and not ties:
        assert (shown <= 0.11 * cases).all()
