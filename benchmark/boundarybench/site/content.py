"""What the pages' scripts work on, as plain JSON: counts for BP@k, replicates for differences, shares of error classes."""

import base64
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..gold.load import suite_of
from ..leaderboard.rank import Standing, standings
from ..leaderboard.signatures import OVERALL
from ..leaderboard.store import Board, Entry, LanguageRow
from ..leaderboard.unaided import label, unaided
from ..protocol import RANK_FIGURE, REPLICATES
from ..scoring.anatomy import CLASSES, MISSED
from ..scoring.arithmetic import ratio
from ..suites.manifests import on_board
from ..suites.pins import ranked
from ..suites.suite import Language, Suite
from ..uncertainty.paired_resampling import FloatArray
from .survey import Survey

#: Error classes in the order of the protocol, without what is right.
ERRORS = (*(name for name in CLASSES if name != "exact"), MISSED)

_LARGEST = 65535
#: Offsets beyond this are added up at the ends of the chart.
_FAR = 4


@dataclass(frozen=True, slots=True)
class Column:
    """One test set as a column of the heatmap. `counted`: it is in the mean."""

    suite: str
    language: Language
    counted: bool

    @property
    def page(self) -> str:
        return language_page(self.suite, self.language.code)


def language_page(suite: str, lang: str) -> str:
    """Where the page of a test set stands, below the site's root."""
    return f"language/{suite}-{lang}.html"


def system_page(name: str) -> str:
    """Where the page of a system stands, below the site's root."""
    return f"system/{name}.html"


def title(table: str) -> str:
    """The name of a table for readers."""
    return "Overall" if table == OVERALL else suite_of(table).short or suite_of(table).title


def suites_of(table: str) -> tuple[Suite, ...]:
    """The suites whose languages a table is about."""
    return tuple(suite for suite in on_board() if suite.overall) if table == OVERALL else (suite_of(table),)


def suites_on(board: Board) -> tuple[Suite, ...]:
    """The suites in the order of the site: the package's, then those of a user's own that the board has rows of."""
    packaged = on_board()
    own = {row.suite for entry in board.entries.values() for row in entry.rows}.difference(suite.name for suite in packaged)
    return (*packaged, *map(suite_of, sorted(own)))


def tables(board: Board) -> list[str]:
    """The tables that have a row, in the order of the site."""
    names = (OVERALL, *(suite.name for suite in suites_on(board)))
    return [table for table in names if any(entry.mean(table) for entry in board.entries.values())]


def columns(board: Board, table: str) -> list[Column]:
    """The test sets of a table that any of its rows has."""
    having = {(row.suite, row.lang) for standing in standings(board, table) for row in standing.entry.rows}
    return [
        Column(suite.name, language, language.code in ranked(suite))
        for suite in suites_of(table)
        for language in suite.languages
        if (suite.name, language.code) in having
    ]


def board_json(board: Board, survey: Survey, table: str) -> dict[str, Any]:
    """Everything that the script of a table's page needs. Systems are in the order of the page's rows (`standings`)."""
    rows, found = standings(board, table), columns(board, table)
    return {
        "table": table,
        "columns": [
            {
                "suite": column.suite,
                "code": column.language.code,
                "name": column.language.name,
                "counted": column.counted,
                "page": column.page,
            }
            for column in found
        ],
        # The overall figure is a mean of means.
        "means": [[k for k, column in enumerate(found) if column.counted and column.suite == suite.name] for suite in suites_of(table)],
        "systems": [_system(row, found) for row in rows],
        "differences": _differences(rows, survey, table),
        "tests": _tests(board, rows, table),
        "unaided": _unaided(board, rows, table),
    }


def _unaided(board: Board, rows: Sequence[Standing], table: str) -> dict[str, Any] | None:
    """The row that the charts show as a line, and what they call it."""
    line = unaided(board, table)
    return None if line is None else {"system": [row.name for row in rows].index(line.name), "label": label(line)}


def _system(standing: Standing, found: Sequence[Column]) -> dict[str, Any]:
    by_pair = {(row.suite, row.lang): row for row in standing.entry.rows}
    cells = [by_pair.get((column.suite, column.language.code)) for column in found]
    figures = standing.mean.figures
    return {
        "name": standing.name,
        "page": system_page(standing.name),
        "family": standing.entry.system.family,
        "track": standing.track,
        "open": standing.entry.system.facets.open,
        "ranked": standing.rank is not None,
        "precision": figures["boundary.precision"],
        "recall": figures["boundary.recall"],
        "rank_figure": figures[RANK_FIGURE],
        "interval": standing.mean.interval,
        "counts": [None if row is None else [row.predicted, row.exact, row.gold] for row in cells],
    }


def _differences(rows: Sequence[Standing], survey: Survey, table: str) -> dict[str, Any] | None:
    """Replicates of the mean rank figure of the systems that can be compared: of those with the same signature, two at least.

    Any two of a group have their paired difference in these: replicate by replicate they were resampled together. Sixteen bits hold
    a share to 0.002 points.
    """
    groups: defaultdict[str, list[tuple[int, FloatArray]]] = defaultdict(list)
    for index, row in enumerate(rows):
        values = _replicates(survey, table, row.name)
        if values is not None and not np.isnan(values).any():
            groups[row.mean.signature].append((index, values))
    kept = [group for group in groups.values() if len(group) > 1]
    if not kept:
        return None
    return {
        "replicates": REPLICATES,
        "largest": _LARGEST,
        "groups": [{"systems": [index for index, _ in group], "values": [_packed(values) for _, values in group]} for group in kept],
    }


def _replicates(survey: Survey, table: str, name: str) -> FloatArray | None:
    parts = [survey.resampled.get(suite.name, {}).get(name) for suite in suites_of(table)]
    known = [part for part in parts if part is not None]
    return np.mean(known, axis=0) if len(known) == len(parts) else None


def _packed(values: FloatArray) -> str:
    return base64.b64encode(np.rint(values * _LARGEST).astype("<u2").tobytes()).decode()


def _tests(board: Board, rows: Sequence[Standing], table: str) -> dict[str, Any] | None:
    """The paired tests that the board holds: a triangle of numbers of extreme replicates, and whom it is about."""
    tests = board.tests.get(table)
    if tests is None:
        return None
    index = {row.name: k for k, row in enumerate(rows)}
    return {"systems": [index.get(name) for name in tests.systems], "extreme": tests.extreme, "replicates": REPLICATES}


def errors_by_suite(entry: Entry) -> dict[str, dict[str, float | None]]:
    """The share of each error class by suite, over its ranked languages: of predicted spans, `missed` of gold spans."""
    found = {}
    for suite in sorted(map(suite_of, dict.fromkeys(row.suite for row in entry.rows)), key=lambda suite: suite.board):
        inside = [row for row in entry.rows if row.suite == suite.name and row.lang in ranked(suite)]
        if inside:
            found[suite.name] = {name: _share(inside, name) for name in ERRORS}
    return found


def _share(rows: Sequence[LanguageRow], name: str) -> float | None:
    whole = sum(row.gold if name == MISSED else row.predicted for row in rows)
    return ratio(sum(row.errors.get(name, 0) for row in rows), whole)


@dataclass(frozen=True, slots=True)
class BucketRow:
    """One line of a breakdown: numbers of spans, and shares; sides that are off are of predicted spans, `missed` of gold spans."""

    name: str
    predicted: int
    gold: int
    right: float | None
    left_off: float | None
    right_off: float | None
    several: float | None
    spurious: float | None
    missed: float | None


_BREAKDOWNS = {
    "by_type": "Type",
    "by_length": "Length in tokens",
    "by_seen": "Surface seen in training",
    "by_capitals": "Capitalisation",
    "by_position": "Place in the sentence",
    "by_script": "Script",
}


def breakdowns(total: Mapping[str, Any]) -> dict[str, list[BucketRow]]:
    """The breakdowns of a suite's errors (`anatomy.report.as_json`, one of `totals`) that say something, by title."""
    found = {}
    for key, heading in _BREAKDOWNS.items():
        buckets = {name: bucket for name, bucket in (total[key] or {}).items() if bucket["predicted"] or bucket["gold"]}
        if len(buckets) > 1:
            found[heading] = [_bucket(name, bucket) for name, bucket in buckets.items()]
    return found


def _bucket(name: str, bucket: Mapping[str, Any]) -> BucketRow:
    errors: Mapping[str, int] = bucket["errors"]

    def share(*classes: str) -> float | None:
        return ratio(sum(errors[each] for each in classes), bucket["predicted"])

    return BucketRow(
        name=name,
        predicted=bucket["predicted"],
        gold=bucket["gold"],
        right=share("exact", "type"),
        left_off=share(*(each for each in errors if each.startswith("left-"))),
        right_off=share(*(each for each in errors if "right-" in each)),
        several=share("merge", "split", "crossing"),
        spurious=share("spurious"),
        missed=ratio(errors[MISSED], bucket["gold"]),
    )


def offsets_json(total: Mapping[str, Any]) -> dict[str, Any] | None:
    """How far starts and ends are off, as shares of matched predictions; offsets of 0 are left out."""
    offsets = total["offsets"]
    if not offsets or not offsets["matched"]:
        return None
    labels = [value for value in range(-_FAR, _FAR + 1) if value]

    def shares(side: str) -> list[float]:
        clipped: defaultdict[int, int] = defaultdict(int)
        for value, spans in offsets[side].items():
            clipped[max(-_FAR, min(_FAR, int(value)))] += spans
        return [clipped[label] / offsets["matched"] for label in labels]

    names = [f"{'≤ ' if value == -_FAR else '≥ ' if value == _FAR else ''}{'+' if value > 0 else '−'}{abs(value)}" for value in labels]
    return {"labels": names, "start": shares("start"), "end": shares("end"), "matched": offsets["matched"]}
