"""Exact matching where every entity's best span is free: what most sentences need."""

from collections.abc import Sequence

from .instance import Weighed, overlap


def solve(ranked: Sequence[Weighed]) -> tuple[list[Weighed], list[int]] | None:
    """Every entity's first span in the documented order, and its lead over the second. None where spans overlap and others have to say.

    If no two first spans overlap, no matching has a greater total. Of those with the same total this one comes first: at the first pair
    where another differs, that one has a later span of the same entity, or none. If no second span overlaps another entity's first
    one, the best matching without a pair has its entity at the second span.
    """
    spans: dict[int, list[Weighed]] = {}
    words = 0
    for pair in ranked:
        own = spans.setdefault(pair.entity, [])
        if not own:
            mask = (1 << pair.end) - (1 << pair.start)
            if words & mask:
                return None
            words |= mask
        own.append(pair)
    chosen = [own[0] for own in spans.values()]
    margins = []
    for own in spans.values():
        if len(own) > 1 and any(overlap(own[1], other) for other in chosen if other.entity != own[1].entity):
            return None
        margins.append(own[0].weight - (own[1].weight if len(own) > 1 else 0))
    return chosen, margins
