"""Exact matching by depth-first search over the entities: what settles almost every sentence that `argmax` does not.

Each entity tries its spans in rank order, then none. A branch ends where even the best spans of the remaining entities, whether they
overlap or not, would not beat the best matching so far.

A pair's worth is its weight followed by one bit of its own, the higher the earlier the pair ranks. So no two matchings are worth the same,
the greatest worth is that of the optimal matching that comes first in the documented order, and its low bits say which pairs it has.

Beside `live_sets` because on sentences as they are it takes a fifth of its time (`python -m speed.matching`) and no numpy. Where many
entities are in each other's way `live_sets` ends and this does not.
"""

from collections.abc import Sequence
from itertools import islice

from .instance import Weighed

#: Spans tried before a search gives up: some 5 milliseconds. Not a time, so that the result does not depend on the machine's load.
MAX_TRIED = 10_000
#: Spans that a matching may have; each is a level of recursion.
MAX_DEPTH = 200

#: The worth of a pair and its words, as bits: the pairs of an entity, in rank order.
_Options = list[tuple[int, int]]


class _TooLongError(Exception):
    pass


def solve(ranked: Sequence[Weighed], limit: int = 1) -> tuple[list[Weighed], list[int]] | None:
    """The optimal matching that comes first in the documented order, and the margin of each of its pairs; None where it takes too long."""
    size = len(ranked)
    options: dict[int, _Options] = {}
    for index, (weight, entity, start, end) in enumerate(ranked):
        options.setdefault(entity, []).append((weight << size | 1 << size - 1 - index, (1 << end) - (1 << start)))
    if sum(min(limit, len(own)) for own in options.values()) > MAX_DEPTH:
        return None
    chosen = []
    margins = []
    try:
        best = _greatest(list(options.values()), limit, 0)
        for index, pair in enumerate(ranked):
            bit = 1 << size - 1 - index
            if best & bit:
                worth = pair.weight << size | bit
                without = options | {pair.entity: [option for option in options[pair.entity] if option[0] != worth]}
                other = _greatest(list(without.values()), limit, best - worth)
                chosen.append(pair)
                margins.append((best >> size) - (other >> size))
    except _TooLongError:
        return None
    return chosen, margins


def _greatest(options: Sequence[_Options], limit: int, floor: int) -> int:
    """The greatest worth of any matching, if it is above `floor`; otherwise `floor`."""
    onward = [0]  # what the entities from each one on are worth at most
    for own in reversed(options):
        onward.insert(0, onward[0] + sum(worth for worth, _ in own[:limit]))
    best = floor
    tried = 0

    def descend(entity: int, position: int, left: int, words: int, total: int) -> None:
        """Extend a matching of the entities before `entity`, which may still have `left` of its spans from `position` on."""
        nonlocal best, tried
        if entity == len(options):
            best = total
            return
        rest = onward[entity + 1]
        for following, (worth, mask) in enumerate(islice(options[entity], position, None), position + 1):
            if total + worth * left + rest <= best:
                return
            tried += 1
            if tried > MAX_TRIED:
                raise _TooLongError
            if not words & mask:
                further = (entity, following, left - 1) if left > 1 else (entity + 1, 0, limit)
                descend(*further, words | mask, total + worth)
        if total + rest > best:
            descend(entity + 1, 0, limit, words, total)

    descend(0, 0, limit, 0, 0)
    return best
