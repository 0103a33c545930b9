"""Exact matching as an integer programme, by HiGHS through scipy: the fallback, and the peer that speed is measured against."""

from collections.abc import Sequence
from itertools import combinations
from typing import Literal, NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from .greedy import take
from .instance import UNITS, Weighed, overlap, total

#: One row per target word, or one row per pair of overlapping spans, as published: the same matchings, far more rows, a weaker relaxation.
Rows = Literal["words", "pairwise"]

#: One unit is some 2**-15 of what HiGHS sees. It stops within an absolute gap of 1e-6 and takes whole numbers to within 1e-6: with this
#: scale neither can hide a unit, nor do scores of some hundreds lose one in floating point.
_SCALE = UNITS / (1 << 26)


class Solved(NamedTuple):
    """Some matching of greatest total; or, where the time ran out, the best one known."""

    chosen: list[Weighed]
    optimal: bool


def solve(ranked: Sequence[Weighed], limit: int = 1, rows: Rows = "words", seconds: float = 30.0, forced: Sequence[Weighed] = ()) -> Solved:
    """Solve the programme within `seconds`; beyond them the better of HiGHS's incumbent and greedy. `forced` pairs are chosen."""
    if not ranked:
        return Solved([], optimal=True)
    entity_rows = list(_by_entity(ranked).values())
    overlap_rows = list(_by_word(ranked).values()) if rows == "words" else _overlapping(ranked)
    bounds = [limit] * len(entity_rows) + [1] * len(overlap_rows)
    matrix = _matrix([*entity_rows, *overlap_rows], len(ranked))
    answer = milp(
        -np.array([pair.weight / _SCALE for pair in ranked]),
        integrality=np.ones(len(ranked)),
        bounds=Bounds([float(pair in forced) for pair in ranked], 1),
        constraints=LinearConstraint(matrix, -np.inf, bounds),
        options={"mip_rel_gap": 0, "time_limit": seconds},
    )
    greedy = take([*forced, *ranked], limit)
    if answer.x is None:
        return Solved(greedy, optimal=False)
    chosen = [pair for pair, taken in zip(ranked, answer.x, strict=True) if taken > 0.5]
    return Solved(max(chosen, greedy, key=total), optimal=answer.status == 0)


def _by_entity(ranked: Sequence[Weighed]) -> dict[int, list[int]]:
    rows: dict[int, list[int]] = {}
    for column, pair in enumerate(ranked):
        rows.setdefault(pair.entity, []).append(column)
    return rows


def _by_word(ranked: Sequence[Weighed]) -> dict[int, list[int]]:
    rows: dict[int, list[int]] = {}
    for column, pair in enumerate(ranked):
        for word in range(pair.start, pair.end):
            rows.setdefault(word, []).append(column)
    return rows


def _overlapping(ranked: Sequence[Weighed]) -> list[list[int]]:
    """The published rows: for two spans that overlap, all their pairs together at most once; and each span at most once."""
    spans: dict[tuple[int, int], list[int]] = {}
    for column, pair in enumerate(ranked):
        spans.setdefault((pair.start, pair.end), []).append(column)
    firsts = [ranked[columns[0]] for columns in spans.values()]
    both = [spans[one.start, one.end] + spans[other.start, other.end] for one, other in combinations(firsts, 2) if overlap(one, other)]
    return both + list(spans.values())


def _matrix(rows: Sequence[Sequence[int]], columns: int) -> csr_array:
    indices = np.array([column for row in rows for column in row])
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    return csr_array((np.ones(len(indices)), indices, starts), shape=(len(rows), columns))
