"""Exact matching where every entity's best span is free: what most sentences need."""

from collections.abc import Sequence

from .instance import Weighed, overlap


def solve(ranked: Sequence[Weighed]) -> tuple[list[Weighed], list[int]] | None:
    """Every entity's first span in the documented order, and what it is worth; None if two of them overlap or the margins are less plain.

    No matching has a greater total. Of those with the same total it comes first: at the first pair where another differs, that one has
    a later span of the same entity, or none.
    """
    best: dict[int, Weighed] = {}
    second: dict[int, Weighed] = {}
    words = 0
    for pair in ranked:
        if pair.entity in best:
            second.setdefault(pair.entity, pair)
            continue
        mask = (1 << pair.end) - (1 << pair.start)
        if words & mask:
            return None
        words |= mask
        best[pair.entity] = pair
    ...
