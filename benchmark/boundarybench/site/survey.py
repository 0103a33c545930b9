"""What the page shows beyond the board: errors, examples and joint resampling, made from the predictions where gold is at hand."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..anatomy.error_report import Examination, examine
from ..errors import GoldUnavailable
from ..gold.load import at_hand, load, suite_of
from ..gold.model import Gold
from ..gold.sources import Key
from ..leaderboard.readings import read
from ..leaderboard.store import Board
from ..protocol import FLOORS, RANK_FIGURE, REPLICATES
from ..scoring.arithmetic import bp_at
from ..scoring.score import sentence_counts
from ..selection import Selection
from ..submission.folder import prediction_file
from ..submission.prediction import Prediction
from ..suites.manifests import known
from ..suites.pins import ranked
from ..uncertainty.paired_resampling import CountArray, FloatArray, bootstrap, by_unit

log = logging.getLogger("boundarybench")

Pair = tuple[str, str]
Progress = Callable[[Sequence[Pair]], Iterable[Pair]]

#: Examples of each class and language. Only of the sample suite: no one else's text is ever on the page.
EXAMPLES = 3


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """What the predictions give.

    Attributes:
        examined: the errors of each system, by name: its test sets in the protocol's order.
        resampled: mean rank figure of each system under one resampling for all systems, by suite and name, shape (replicates,); over the
            ranked languages that the system covers.
        without: why a suite's gold is not at hand, by suite; it has no part in the other two.
    """

    examined: dict[str, list[Examination]]
    resampled: dict[str, dict[str, FloatArray]]
    without: dict[str, str]


@dataclass(slots=True)
class _Mean:
    """A mean over languages that leaves nulls out, replicate by replicate."""

    total: FloatArray
    known: NDArray[np.int64]

    def add(self, values: FloatArray) -> None:
        self.total += np.nan_to_num(values)
        self.known += ~np.isnan(values)

    def mean(self) -> FloatArray:
        with np.errstate(invalid="ignore"):
            return np.asarray(self.total / self.known)


def survey(root: Path, board: Board, progress: Progress = iter) -> Survey:
    """Read the predictions of every row of the board.

    Args:
        root: the folder of the submissions that the board was made from.
        progress: wraps the test sets, (suite, language), that are read.

    Raises:
        FindingsError: a prediction file has changed since it was scored, and is not valid.
    """
    having: defaultdict[Pair, list[str]] = defaultdict(list)
    for name, entry in sorted(board.entries.items()):
        for row in entry.rows:
            having[row.suite, row.lang].append(name)
    pairs = [pair for suite in known().values() for language in suite.languages if (pair := (suite.name, language.code)) in having]
    found = _Found(defaultdict(list), {})
    without: dict[str, str] = {}
    for suite, lang in progress(pairs):
        if suite in without:
            continue
        try:
            gold = load(suite, lang)
        except GoldUnavailable as error:
            # All of a suite or nothing: figures over a part of it would look like those over all.
            log.warning("%s: no paired differences and no breakdown of errors: %s", suite, error)
            without[suite] = str(error)
            continue
        _add(found, gold, {name: read(prediction_file(root / name / suite, lang), gold) for name in having[suite, lang]})
    return Survey(
        examined={name: [row for row in rows if row.suite not in without] for name, rows in found.examined.items()},
        resampled={
            suite: {name: mean.mean() for name, mean in means.items()} for suite, means in found.means.items() if suite not in without
        },
        without=without,
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """What has been found so far: examinations by system, and means by suite and system."""

    examined: defaultdict[str, list[Examination]]
    means: dict[str, dict[str, _Mean]]


def _add(found: _Found, gold: Gold, having: Mapping[str, Prediction]) -> None:
    """Add what one test set's predictions, by system, give."""
    train = at_hand(Key(gold.suite, gold.lang, "train"))
    counts = {}
    suite = suite_of(gold.suite)
    for name, prediction in having.items():
        examined = examine(gold, prediction, Selection(), train, limit=EXAMPLES if suite.examples else 0)
        found.examined[name].append(examined)
        counts[name] = by_unit(sentence_counts(gold, prediction.codes, prediction.types, suite.scored)[:, :3], gold.units)
    if gold.lang in ranked(suite):
        means = found.means.setdefault(gold.suite, {})
        for name, values in _resample(counts, f"{gold.suite}/{gold.lang}").items():
            means.setdefault(name, _Mean(np.zeros(REPLICATES), np.zeros(REPLICATES, np.int64))).add(values)


def _resample(counts: dict[str, CountArray], name: str) -> dict[str, FloatArray]:
    """The rank figure of each system on resampled test sets, the same ones for all; counts have shape (units, predicted gold exact)."""
    # The gold's column is the same for all of them.
    gold = next(iter(counts.values()))[:, 1:2]
    joint = np.concatenate([gold, *(count[:, [0, 2]] for count in counts.values())], axis=1)
    totals = bootstrap(joint, name, REPLICATES)
    floor = FLOORS[RANK_FIGURE]
    return {system: bp_at(floor, totals[:, 2 + 2 * k], totals[:, 1 + 2 * k], totals[:, 0]) for k, system in enumerate(counts)}
