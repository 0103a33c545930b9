"""Where a submission would stand in the tables of main's board, and how far from the rows there: over common languages only."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from ..leaderboard.rank import Standing, rows, standings
from ..leaderboard.store import Board, Entry
from ..protocol import RANK_FIGURE


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A row that the submission's own is held against.

    Attributes:
        languages: the test sets that both rows have (`suite/lang`), on the same gold: what `difference` is a mean over.
        shared: whether each row's mean is over these and no other.
        difference: of the rank figure, the submission's minus this row's; None where there is no common language.
    """

    name: str
    rank: int | None
    languages: tuple[str, ...]
    shared: bool
    difference: float | None

    def as_json(self) -> dict[str, Any]:
        """Plain JSON types, full precision."""
        return {
            "name": self.name,
            "rank": self.rank,
            "languages": list(self.languages),
            "shared": self.shared,
            "difference": self.difference,
        }


@dataclass(frozen=True, slots=True)
class Place:
    """Where the submission would stand in a suite's table.

    Attributes:
        position: in the order of the table, ranked or not, from 1.
        neighbours: the rows above and below.
        before: the submission's own row on the board of main, where it has one.
    """

    suite: str
    standing: Standing
    position: int
    rows: int
    neighbours: tuple[Neighbour, ...]
    before: Neighbour | None

    def as_json(self) -> Mapping[str, Any]:
        """Plain JSON types, full precision."""
        row = self.standing
        return {
            "suite": self.suite,
            "position": self.position,
            "rows": self.rows,
            "rank": row.rank,
            "ranks": row.ranks,
            "reason": row.reason,
            "track": row.track,
            "signature": row.mean.signature,
            "languages": list(row.mean.languages),
            "figures": row.mean.figures,
            "interval": row.mean.interval,
            "before": self.before and self.before.as_json(),
            "neighbours": [near.as_json() for near in self.neighbours],
        }


def place(before: Board, after: Board, name: str, suite: str) -> Place:
    """The place of a system in a suite's table, or the overall one; `before` is main's board, `after` has the submission's entry."""
    table = standings(after, suite)
    at = next(k for k, row in enumerate(table) if row.name == name)
    own = table[at]
    beside = tuple(_against(own, row, suite) for row in (*table[max(at - 1, 0) : at], *table[at + 1 : at + 2]))
    former = next((row for row in standings(before, suite) if row.name == name), None)
    return Place(suite, own, at + 1, len(table), beside, _against(own, former, suite) if former else None)


def _against(own: Standing, other: Standing, suite: str) -> Neighbour:
    left, right = _figures(own.entry, suite), _figures(other.entry, suite)
    common = left.keys() & right.keys()
    by_suite: dict[str, list[float]] = {}
    for key in sorted(common):
        by_suite.setdefault(key[0], []).append(left[key] - right[key])
    # Overall is the mean of two suite means: a mean over one of them alone would be something else.
    suites = {key[0] for key in left}
    difference = fmean(map(fmean, by_suite.values())) if common and by_suite.keys() == suites else None
    languages = tuple(f"{found}/{lang}" for found, lang, _ in sorted(common))
    return Neighbour(other.name, other.rank, languages, left.keys() == right.keys(), difference)


def _figures(entry: Entry, suite: str) -> dict[tuple[str, str, str], float]:
    """The rank figure by suite, language and fingerprint of the gold."""
    found = ((row, row.figures[RANK_FIGURE]) for row in rows(entry, suite))
    return {(row.suite, row.lang, row.fingerprint): figure for row, figure in found if figure is not None}
