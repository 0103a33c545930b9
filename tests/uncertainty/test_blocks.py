"""Blocks of a real test set: against scipy's bootstrap of blocks with a reader and a statistic of its own, and what blocks change."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
import scipy.stats

from boundarybench.columns import read_sentences
from boundarybench.comparison import compare
from boundarybench.gold.load import load
from boundarybench.gold.units import block_length
from boundarybench.leaderboard.readings import Readings
from boundarybench.protocol import FLOORS, RANK_FIGURE, TYPES
from boundarybench.report import measure
from boundarybench.selection import Selection
from boundarybench.submission.findings import Findings
from boundarybench.submission.predictions import read
from boundarybench.suites.manifests import packaged
from boundarybench.uncertainty.differences import SystemCounts, conclude

ROOT = Path(__file__).resolve().parents[2]
ROWS = ("scratch-transfer-news", "scratch-projection-gloss")
SUITE, LANG = "masakhaner2", "hau"


def spans(tags: list[str]) -> set[tuple[int, int]]:
    """Scored spans, as a textbook reads IOB2."""
    found: set[tuple[int, int, str]] = set()
    begin = None
    for place, tag in enumerate([*tags, "O"]):
        if begin is not None and tag != "I-" + tags[begin][2:]:
            found.add((begin, place, tags[begin][2:]))
            begin = None
        if begin is None and tag != "O":
            begin = place
    return {(start, end) for start, end, kind in found if kind in TYPES}


def counted(data: Path, row: str) -> np.ndarray:
    """Spans predicted, in gold and right of every sentence."""
    with gzip.open(ROOT / "submissions" / row / SUITE / f"{LANG}.jsonl.gz", "rt") as lines:
        predicted = [spans(json.loads(line)["tags"]) for line in lines]
    gold = [spans(list(sentence.tags)) for sentence in read_sentences(data / SUITE / LANG / "test.txt")]
    return np.array([(len(mine), len(true), len(mine & true)) for mine, true in zip(predicted, gold, strict=True)])


def rank_figure(counts: np.ndarray) -> float:
    predicted, gold, right = counts.sum(axis=0)
    return right / max(predicted, FLOORS[RANK_FIGURE] * gold)


def in_blocks(counts: np.ndarray) -> np.ndarray:
    length = block_length(packaged()[SUITE].sentences, len(counts), 0)
    assert length > 1
    return np.array([counts[start : start + length].sum(axis=0) for start in range(0, len(counts), length)])


def expanded(distribution: np.ndarray, units: int) -> tuple[float, float]:
    """Hesterberg's percentiles of a bootstrap that draws all `units`."""
    share = scipy.stats.norm.cdf(-np.sqrt(units / (units - 1)) * scipy.stats.t.ppf(0.975, units - 1))
    return tuple(np.quantile(distribution, [share, 1 - share]))


def test_the_interval_of_a_score_is_scipys_over_blocks(data: Path) -> None:
    blocks = in_blocks(counted(data, ROWS[0]))
    expected = scipy.stats.bootstrap(
        (np.arange(len(blocks)),),
        lambda chosen: rank_figure(blocks[chosen]),
        vectorized=False,
        n_resamples=10_000,
        method="percentile",
        random_state=np.random.RandomState(0),
    )
    gold = load(SUITE, LANG)
    path = ROOT / "submissions" / ROWS[0] / SUITE / f"{LANG}.jsonl.gz"
    prediction = read(gzip.decompress(path.read_bytes()), str(path), gold, Findings())
    assert prediction is not None
    found = measure(gold, prediction, Selection())
    assert found.units == len(blocks)
    assert found.score.figures[RANK_FIGURE] == pytest.approx(rank_figure(blocks))
    assert found.intervals[RANK_FIGURE] == pytest.approx(expanded(expected.bootstrap_distribution, len(blocks)), abs=0.004)
    sentences = np.std(scipy_over_sentences(counted(data, ROWS[0])))
    assert np.std(found.resampled[RANK_FIGURE]) > 1.15 * sentences  # neighbours are not independent


def scipy_over_sentences(counts: np.ndarray) -> np.ndarray:
    return scipy.stats.bootstrap(
        (np.arange(len(counts)),),
        lambda chosen: rank_figure(counts[chosen]),
        vectorized=False,
        n_resamples=2000,
        method="percentile",
        random_state=np.random.RandomState(0),
    ).bootstrap_distribution


def test_interval_and_p_of_a_difference_are_scipys_over_blocks(data: Path) -> None:
    a, b = (in_blocks(counted(data, row)) for row in ROWS)
    places = np.arange(len(a))
    expected = scipy.stats.bootstrap(
        (places, places),
        lambda i, j: rank_figure(b[j]) - rank_figure(a[i]),
        paired=True,
        vectorized=False,
        n_resamples=10_000,
        method="percentile",
        random_state=np.random.RandomState(0),
    )
    gold = load(SUITE, LANG)
    readings = Readings(ROOT / "submissions")
    found = compare(gold, *(SystemCounts(("",), readings.of(row, gold).counts[np.newaxis]) for row in ROWS), [RANK_FIGURE])
    sampled = found.figures[RANK_FIGURE]
    assert found.units == len(a)
    assert conclude(sampled).interval == pytest.approx(expanded(expected.bootstrap_distribution, len(a)), abs=0.004)
    assert sampled.resampled.std() == pytest.approx(expected.standard_error * np.sqrt(len(a) / (len(a) - 1)), rel=0.03)
    both = np.concatenate([a, b])
    swapped = scipy.stats.permutation_test(
        (places, places + len(a)),
        lambda i, j: rank_figure(both[j.astype(int)]) - rank_figure(both[i.astype(int)]),
        permutation_type="samples",
        vectorized=False,
        n_resamples=4000,
        random_state=np.random.RandomState(0),
    )
    assert sampled.randomised.std() == pytest.approx(np.std(swapped.null_distribution), rel=0.03)
