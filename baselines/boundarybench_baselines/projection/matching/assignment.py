"""Exact matching where candidate spans are the same or disjoint, as a tagger's are: an assignment problem."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from scipy.optimize import linear_sum_assignment

from .instance import Weighed, conflict


def applies(ranked: Sequence[Weighed]) -> bool:
    """Whether no two different spans overlap, and weights are small enough to be exact in floating point."""
    spans = sorted({(pair.start, pair.end) for pair in ranked})
    disjoint = all(one[1] <= other[0] for one, other in pairwise(spans))
    return disjoint and sum(pair.weight for pair in ranked) < 1 << 53


def solve(ranked: Sequence[Weighed], forced: Sequence[Weighed]) -> list[Weighed]:
    """Some matching of greatest total among those with the forced pairs (Jonker-Volgenant, as scipy has it)."""
    ranked = [pair for pair in ranked if not any(conflict(pair, other) for other in forced)]
    if not ranked:
        return list(forced)
    entities = {entity: row for row, entity in enumerate(sorted({pair.entity for pair in ranked}))}
    spans = {start: column for column, start in enumerate(sorted({pair.start for pair in ranked}))}
    weights = np.zeros((len(entities), len(spans)))
    for pair in ranked:
        weights[entities[pair.entity], spans[pair.start]] = pair.weight
    rows, columns = linear_sum_assignment(weights, maximize=True)
    at = {(entities[pair.entity], spans[pair.start]): pair for pair in ranked}
    return [*forced, *(at[place] for place in zip(rows.tolist(), columns.tolist(), strict=True) if place in at)]
