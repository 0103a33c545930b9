"""What deleting predicted spans would gain, by figure: docs/deletion-gains.md. `make deletion-gains`.

A figure that deletion wins ranks systems by how much they leave out. Here every committed row is robbed of its least sure spans, its long
or short ones, or those of a type, and held against itself.
"""

import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from tabulate import tabulate

from boundarybench import atomic
from boundarybench.errors import BoundaryBenchError
from boundarybench.gold.load import load
from boundarybench.gold.model import Gold
from boundarybench.leaderboard.readings import read
from boundarybench.protocol import FLOORS
from boundarybench.scoring.arithmetic import FloatArray, bp_at, prf
from boundarybench.scoring.figures import named
from boundarybench.scoring.pairing import pair
from boundarybench.selection import scored_types
from boundarybench.spans import BoolArray, decode
from boundarybench.submission.folder import prediction_file
from boundarybench.suites.manifests import packaged
from boundarybench.suites.pins import ranked

from .projection_report import ROOT

log = logging.getLogger("boundarybench")

#: Shares of spans that are deleted, the least sure first.
SHARES = tuple(percent / 100 for percent in range(5, 100, 5))

_HEAD = """\
<!-- Written by `make deletion-gains`; do not edit. What it says is in decisions.md, "Why BP@75". -->
# What deletion gains

The most, in points of the mean over a suite's languages, that a row gains by deleting spans **at the price of boundary F1**: its least
sure 5, 10, ... 95 % in each language (of spans of equal score each is as likely to go) or all below one threshold; all spans of one token,
of two, three, four and more; all of one type. A deletion that raises boundary F1 as well is no trick, and does not count here.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Predicted:
    """The predicted spans of one test set; arrays have one element per span.

    Attributes:
        gold: number of gold spans.
        right: whether the boundaries are right.
        length: in tokens.
        type: its name.
        scores: confidence; None where the file has none.
    """

    gold: int
    right: BoolArray
    length: NDArray[np.int32]
    type: NDArray[np.str_]
    scores: FloatArray | None


class Kept(NamedTuple):
    """What a deletion leaves in each language: predicted and right spans, shape (languages,). Expected numbers where scores tie."""

    predicted: FloatArray
    right: FloatArray


class Gain(NamedTuple):
    """The most that a figure's mean gains by deletion, and by which; 0 and `-` where none pays."""

    value: float
    deletion: str


class RowGains(NamedTuple):
    """The gains of one row of a suite's table, by figure."""

    system: str
    suite: str
    languages: int
    by_figure: dict[str, Gain]


def predicted(path: Path, gold: Gold) -> Predicted:
    """The spans of scored types in a prediction file. Raises FindingsError where it is not valid."""
    prediction = read(path, gold)
    spans, _ = decode(prediction.codes, gold.lengths, prediction.types)
    scored = spans.among(scored_types(gold.suite))
    kept = spans.keep(scored)
    gold_spans = replace(gold.spans, types=prediction.types).of_types(scored_types(gold.suite))
    return Predicted(
        gold=len(gold_spans),
        right=pair(gold_spans, kept).exact,
        length=kept.end - kept.start,
        type=np.array(prediction.types)[kept.type],
        scores=None if prediction.scores is None else prediction.scores[scored],
    )


def deletions(sets: Sequence[Predicted]) -> Iterator[tuple[str, Kept]]:
    """What every deletion leaves, by its name."""
    for length in (2, 3, 4):
        yield f"{length} tokens and more", _masked(sets, [each.length < length for each in sets])
    yield "one token", _masked(sets, [each.length > 1 for each in sets])
    for name in sorted({str(name) for each in sets for name in np.unique(each.type)}):
        yield name, _masked(sets, [each.type != name for each in sets])
    scores = [each.scores for each in sets if each.scores is not None]
    if len(scores) == len(sets):
        everywhere = np.concatenate(scores)
        for share in SHARES:
            yield f"least sure {100 * share:.0f} %", _surest(sets, 1 - share)
            threshold = np.quantile(everywhere, share) if len(everywhere) else 0.0
            yield f"below the {100 * share:.0f} % score", _masked(sets, [of_set >= threshold for of_set in scores])


def _masked(sets: Sequence[Predicted], masks: Sequence[BoolArray]) -> Kept:
    right = [(each.right & mask).sum() for each, mask in zip(sets, masks, strict=True)]
    return Kept(np.array([mask.sum() for mask in masks], np.float64), np.array(right, np.float64))


def _surest(sets: Sequence[Predicted], share: float) -> Kept:
    """The surest share of each set's spans, whole ones; of those that tie at the last score, each is as likely to stay."""
    found = []
    for each in sets:
        scores = each.scores if each.scores is not None else np.zeros(0)
        number = int(share * len(scores))
        last = np.sort(scores)[len(scores) - number] if number else np.inf
        above, tied = scores > last, scores == last
        of_tied = each.right[tied].mean() * (number - above.sum()) if number else 0.0
        found.append((float(number), float(each.right[above].sum() + of_tied)))
    return Kept(*np.array(found, np.float64).reshape(-1, 2).T)


def gains(sets: Sequence[Predicted]) -> dict[str, Gain]:
    """The greatest gain of each figure's mean over the sets, by a deletion that lowers that of boundary F1."""
    gold = np.array([each.gold for each in sets], np.float64)
    whole = _means(_masked(sets, [np.ones(len(each.right), bool) for each in sets]), gold)
    found = dict.fromkeys(FLOORS, Gain(0.0, "–"))
    for name, kept in deletions(sets):
        figures = _means(kept, gold)
        if figures["boundary.f1"] < whole["boundary.f1"]:
            found = {floor: max(best, Gain(figures[floor] - whole[floor], name), key=_value) for floor, best in found.items()}
    return found


def _value(gain: Gain) -> float:
    return gain.value


def _means(kept: Kept, gold: FloatArray) -> Mapping[str, float]:
    figures = {name: bp_at(floor, kept.right, kept.predicted, gold) for name, floor in FLOORS.items()}
    figures["boundary.f1"] = prf(kept.right, kept.predicted, gold)[2]
    return {name: float(np.nanmean(values)) for name, values in figures.items()}


def tables(submissions: Path) -> Iterator[tuple[str, str, dict[str, Predicted]]]:
    """Every row of every suite's table: system, suite, and its spans by ranked language. Raises FindingsError, GoldUnavailable."""
    for folder in sorted(path.parent for path in submissions.glob("*/system.json")):
        for suite in packaged().values():
            files = {lang: path for lang in ranked(suite) if (path := prediction_file(folder / suite.name, lang)).exists()}
            if files:
                yield folder.name, suite.name, {lang: predicted(path, load(suite.name, lang)) for lang, path in files.items()}


def rows(submissions: Path) -> list[RowGains]:
    """The gains of every row. Raises FindingsError, GoldUnavailable."""
    return [RowGains(system, suite, len(sets), gains(list(sets.values()))) for system, suite, sets in tables(submissions)]


def page(found: Sequence[RowGains]) -> str:
    """The table, with the greatest gains as its last row."""
    cells = [
        [row.system, row.suite, row.languages, *(f"{100 * gain.value:.1f} ({gain.deletion})" for gain in row.by_figure.values())]
        for row in found
    ]
    greatest = [f"**{100 * max(row.by_figure[floor].value for row in found):.1f}**" for floor in FLOORS]
    headers = ("system", "suite", "languages", *(named(floor).title for floor in FLOORS))
    table = tabulate([*cells, ["**greatest**", "", "", *greatest]], headers, tablefmt="github", disable_numparse=True)
    return f"{_HEAD}\n{table}\n"


def main() -> int:
    """Write the page; the exit code."""
    try:
        atomic.write_bytes(ROOT / "docs" / "deletion-gains.md", page(rows(ROOT / "submissions")).encode())
    except BoundaryBenchError as error:
        log.error("deletion_gains: %s", error)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
