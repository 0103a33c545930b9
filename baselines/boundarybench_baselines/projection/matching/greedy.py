"""Greedy matching: pairs in rank order, each taken if nothing taken before excludes it.

With one span per entity and spans of at most M words the total is at least 1 / (M + 1) of the optimum: a taken pair can exclude M disjoint
spans that overlap it and one more span of its own entity, none of them heavier.
"""

from collections.abc import Iterable

from .instance import Matching, Pair, Weighed, result, weigh


def solve(pairs: Iterable[Pair], limit: int = 1, offset: float = 0.0) -> Matching:
    """The greedy matching. `limit` is the number of spans that an entity may have; pairs that do not score above `offset` are dropped."""
    given = list(pairs)
    chosen = take(weigh(given, offset), limit)
    return result(chosen, None, "greedy", optimal=False, offset=offset, pairs=given)


def take(ranked: Iterable[Weighed], limit: int = 1) -> list[Weighed]:
    """What greedy takes of pairs in rank order."""
    taken: list[Weighed] = []
    words = 0
    spans: dict[int, int] = {}
    for pair in ranked:
        mask = (1 << pair.end) - (1 << pair.start)
        if words & mask or spans.get(pair.entity, 0) == limit:
            continue
        words |= mask
        spans[pair.entity] = spans.get(pair.entity, 0) + 1
        taken.append(pair)
    return taken
