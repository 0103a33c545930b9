"""All paired tests of ranked rows, and the ranges of ranks that they leave (protocol, section 6).

A test of two systems depends on their predictions and on nothing else of the board, so that only pairs of which one has changed are
tested; the others stand in `results/`. Its p value is that of approximate randomisation on the mean rank figure.
"""

import logging
from collections.abc import Collection, Mapping
from itertools import combinations

import numpy as np

from ..gold.load import load
from ..gold.model import Gold
from ..protocol import FLOORS, RANK_FIGURE, REPLICATES
from ..scoring.arithmetic import bp_at
from ..suites.manifests import packaged
from ..suites.pins import ranked
from ..uncertainty.differences import ALPHA, as_extreme
from ..uncertainty.paired_resampling import CountArray, FloatArray, by_unit, randomise
from ..uncertainty.rank_ranges import rank_ranges
from .rank import standings
from .readings import Output, Readings
from .signatures import OVERALL, OVERALL_SUITES
from .store import Board, PairedTests

log = logging.getLogger("boundarybench")

Pair = tuple[str, str]
#: Differences of two systems: the observed one, and those of the replicates, shape (replicates,).
Differences = tuple[float, FloatArray]


def paired_tests(readings: Readings, board: Board, before: Board | None, unchanged: Collection[str]) -> dict[str, PairedTests]:
    """The tests of every table with ranked rows, by suite or `overall`.

    Args:
        readings: what there is of the predictions.
        board: the entries, all of them fresh.
        before: the board as it was.
        unchanged: names of the systems whose tests among each other may be kept from there.

    Raises:
        GoldUnavailable: gold of a test that must be made anew is not at hand.
    """
    tables = {suite: sorted(row.name for row in standings(board, suite) if row.rank is not None) for suite in (*packaged(), OVERALL)}
    known = {suite: _known(before, suite, unchanged) for suite in tables}
    needed = {suite: [pair for pair in combinations(names, 2) if pair not in known[suite]] for suite, names in tables.items()}
    found: dict[str, dict[Pair, Differences]] = {}
    for suite in packaged():
        overall = needed[OVERALL] if packaged()[suite] in OVERALL_SUITES else []
        pairs = sorted({*needed[suite], *overall})
        if pairs:
            log.info("testing %d pair(s) of ranked systems on %s", len(pairs), suite)
            found[suite] = _test(readings, suite, pairs)
            known[suite] |= {pair: as_extreme(*found[suite][pair]) for pair in needed[suite]}
    for pair in needed[OVERALL]:
        parts = [found[suite.name][pair] for suite in OVERALL_SUITES]
        known[OVERALL][pair] = as_extreme(sum(part[0] for part in parts) / 2, (parts[0][1] + parts[1][1]) / 2)
    return {suite: _tests(board, suite, names, known[suite]) for suite, names in tables.items() if names}


def _known(before: Board | None, suite: str, unchanged: Collection[str]) -> dict[Pair, int]:
    """The results of tests that still hold: of two systems that did not change."""
    tests = before.tests.get(suite) if before else None
    if tests is None:
        return {}
    return {
        (tests.systems[j], tests.systems[i]): count
        for i, row in enumerate(tests.extreme)
        for j, count in enumerate(row)
        if tests.systems[i] in unchanged and tests.systems[j] in unchanged
    }


def _test(readings: Readings, suite: str, pairs: list[Pair]) -> dict[Pair, Differences]:
    """Approximate randomisation of the mean rank figure, language by language: the counts of one language are held at a time."""
    langs = ranked(packaged()[suite])
    observed = dict.fromkeys(pairs, 0.0)
    totals = {pair: np.zeros(REPLICATES) for pair in pairs}
    for lang in langs:
        gold = load(suite, lang)
        counts = {name: _spans(readings.of(name, gold), gold) for name in sorted({name for pair in pairs for name in pair})}
        total = len(gold.spans.of_types(packaged()[suite].scored))
        for a, b in pairs:
            left, right = randomise(counts[a], counts[b], f"{suite}/{lang}", REPLICATES)
            totals[a, b] += _rank_figure(right, total) - _rank_figure(left, total)
            observed[a, b] += float(_rank_figure(counts[b].sum(axis=0), total) - _rank_figure(counts[a].sum(axis=0), total))
    return {pair: (observed[pair] / len(langs), totals[pair] / len(langs)) for pair in pairs}


def _spans(output: Output, gold: Gold) -> CountArray:
    """Predicted and right spans of every unit, shape (units, 2); the gold's are the same for all."""
    return by_unit(output.counts[:, [0, 2]], gold.units)


def _rank_figure(totals: CountArray | FloatArray, gold: int) -> FloatArray:
    return bp_at(FLOORS[RANK_FIGURE], totals[..., 1], totals[..., 0], gold)


def _tests(board: Board, suite: str, names: list[str], known: Mapping[Pair, int]) -> PairedTests:
    extreme = tuple(tuple(known[other, name] for other in names[:i]) for i, name in enumerate(names))
    figures = {row.name: row.mean.figures[RANK_FIGURE] or 0.0 for row in standings(board, suite) if row.rank is not None}
    significant = [pair for pair in combinations(names, 2) if (1 + known[pair]) / (1 + REPLICATES) < ALPHA]
    return PairedTests(tuple(names), extreme, rank_ranges(figures, significant))
