"""What no matching can exceed, and so which pairs can matter."""

from collections.abc import Sequence
from itertools import islice

from .greedy import take
from .instance import Weighed, total


def bound(ranked: Sequence[Weighed], limit: int = 1) -> int:
    """No matching has a greater total: every entity at its best spans, whether they overlap or not."""
    return sum(pair.weight for own in _by_entity(ranked).values() for pair in own[:limit])


def relevant(ranked: Sequence[Weighed], limit: int = 1) -> list[Weighed]:
    """The pairs without those that are in no optimal matching and in no best matching without some pair: optimum and margins stay.

    For any pair there is a greedy matching without it; pairs that cannot be part of a matching as good as the worst of these do not matter.
    Nor does a span that contains two better ones of its entity: whatever pair is left out, one of the two could take its place.
    """
    first = take(ranked, limit)
    floor = min([total(first), *(total(take([other for other in ranked if other != pair], limit)) for pair in first)])
    slack = bound(ranked, limit) - floor
    kept: set[Weighed] = set()
    for own in _by_entity(ranked).values():
        least = own[:limit][-1].weight  # what a further span would take the place of
        kept.update(_not_bettered([pair for pair in own if least - pair.weight <= slack]))
    return [pair for pair in ranked if pair in kept]


def _not_bettered(own: Sequence[Weighed]) -> list[Weighed]:
    """The spans of an entity, in rank order, that do not contain two better ones. What such a span betters, those two better."""
    kept: list[Weighed] = []
    for pair in own:
        inner = (other for other in kept if pair.start <= other.start and other.end <= pair.end and other.weight > pair.weight)
        if len(list(islice(inner, 2))) < 2:
            kept.append(pair)
    return kept


def _by_entity(ranked: Sequence[Weighed]) -> dict[int, list[Weighed]]:
    """Each entity's pairs, in rank order."""
    pairs: dict[int, list[Weighed]] = {}
    for pair in ranked:
        pairs.setdefault(pair.entity, []).append(pair)
    return pairs
