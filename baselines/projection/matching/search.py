"""Exact matching by depth-first search over the entities: what settles almost every sentence that `argmax` does not.

Each entity tries its spans in rank order, then none. A branch ends where even the best spans of the remaining entities, whether they
overlap or not, would not beat the best matching so far.

A pair's worth is its weight followed by one bit of its own, the higher the earlier the pair ranks. So no two matchings are worth the same,
the greatest worth is that of the optimal matching that comes first in the documented order, and its low bits say which pairs it has.
"""

from collections.abc import Sequence

from .instance import Weighed

#: Spans tried before a search gives up: some 5 milliseconds. Not a time, so that the result does not depend on the machine's load.
MAX_TRIED = 10_000
#: Spans that a matching may have; each is a level of recursion.
MAX_DEPTH = 100

#: The worth of a pair and its words, as bits; one list per entity, in rank order.
_Options = list[list[tuple[int, int]]]


class _TooLong(Exception):
    pass


def solve(ranked: Sequence[Weighed], limit: int = 1) -> tuple[list[Weighed], list[int]] | None:
    """The optimal matching that comes first in the documented order, and the margin of each of its pairs; None where it takes too long."""
    size = len(ranked)
    worths = [pair.weight << size | 1 << size - 1 - index for index, pair in enumerate(ranked)]
    try:
        best = _greatest(_options(ranked, worths), limit, 0)
        chosen = [index for index in range(size) if best >> size - 1 - index & 1]
        margins = []
        for index in chosen:
            rest = _options(ranked, [*worths[:index], 0, *worths[index + 1 :]])
            margins.append((best >> size) - (_greatest(rest, limit, best - worths[index]) >> size))
    except _TooLong:
        return None
    return [ranked[index] for index in chosen], margins


def _options(ranked: Sequence[Weighed], worths: Sequence[int]) -> _Options:
    """The options of each entity, less those that are worth nothing."""
    options: dict[int, list[tuple[int, int]]] = {}
    for pair, worth in zip(ranked, worths, strict=True):
        if worth:
            options.setdefault(pair.entity, []).append((worth, (1 << pair.end) - (1 << pair.start)))
    return list(options.values())


def _greatest(options: _Options, limit: int, floor: int) -> int:
    """The greatest worth of any matching, if it is above `floor`; otherwise `floor`."""
    if sum(min(limit, len(spans)) for spans in options) > MAX_DEPTH:
        raise _TooLong
    onward = [0]  # what the entities from each one on are worth at most
    for spans in reversed(options):
        onward.insert(0, onward[0] + sum(worth for worth, _ in spans[:limit]))
    best = floor
    tried = 0

    def descend(entity: int, position: int, left: int, words: int, total: int) -> None:
        nonlocal best, tried
        if entity == len(options):
            best = total
            return
        rest = onward[entity + 1]
        for following, (worth, mask) in enumerate(options[entity][position:], position + 1):
            if total + worth * left + rest <= best:
                return
            tried += 1
            if tried > MAX_TRIED:
                raise _TooLong
            if not words & mask:
                if left > 1:
                    descend(entity, following, left - 1, words | mask, total + worth)
                else:
                    descend(entity + 1, 0, limit, words | mask, total + worth)
        if total + rest > best:
            descend(entity + 1, 0, limit, words, total)

    descend(0, 0, limit, 0, 0)
    return best
