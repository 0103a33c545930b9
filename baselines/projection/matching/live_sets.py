"""Exact matching by dynamic programming over target words and the set of live entities that are already placed.

An entity is live from the first to the last start of its spans; only then does it matter whether it is placed. Each entity has a
bit, bits are used again once nobody can ask for them, and a state is a set of bits: 2 ** (live entities) states per word. The best
total up to a word and the best total from it on give, together, the best total of any matching with a given pair, and of any without
a given entity: so the choice among ties and the margins need no further solving.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .instance import Weighed, conflict, total

#: More live entities than this go to HiGHS.
MAX_LIVE = 14

_Totals = NDArray[np.int64]
_UNREACHED = -(1 << 61)


def solve(ranked: Sequence[Weighed]) -> tuple[list[Weighed], list[int]]:
    """The optimal matching that comes first in the documented order, for one span per entity, and the margin of each of its pairs."""
    bests = _bests(ranked)
    chosen = _first_optimum(ranked, bests)
    return chosen, [bests.optimum - _best_without(pair, bests) for pair in chosen]


def bits(ranked: Sequence[Weighed]) -> dict[int, int]:
    """A bit for each entity, such that none is asked for while another entity may still have it set."""
    first, last = _live(ranked)
    # A span that starts while the entity is live carries the bit to its end.
    free_from = {entity: max(pair.end for pair in ranked if pair.start <= last[entity]) for entity in last}
    holders: list[int] = []
    found = {}
    for entity in sorted(first, key=lambda entity: (first[entity], entity)):
        bit = next((bit for bit, holder in enumerate(holders) if free_from[holder] <= first[entity]), len(holders))
        holders[bit : bit + 1] = [entity]
        found[entity] = bit
    return found


def _live(ranked: Sequence[Weighed]) -> tuple[dict[int, int], dict[int, int]]:
    """The first and the last start of each entity's spans."""
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    for pair in ranked:
        first[pair.entity] = min(pair.start, first.get(pair.entity, pair.start))
        last[pair.entity] = max(pair.start, last.get(pair.entity, pair.start))
    return first, last


class _Bests(NamedTuple):
    """Best totals: of all matchings, of those with a given pair, of those without a given entity."""

    optimum: int
    through: dict[Weighed, int]
    without: dict[int, int]


def _first_optimum(ranked: Sequence[Weighed], bests: _Bests) -> list[Weighed]:
    tied = [pair for pair in ranked if bests.through[pair] == bests.optimum]
    if total(tied) == bests.optimum:  # every optimum is made of tied pairs, so these are the only one
        return tied
    rest = [pair for pair in ranked if not conflict(pair, tied[0])]
    return [tied[0], *(_first_optimum(rest, _bests(rest)) if rest else [])]


def _best_without(chosen: Weighed, bests: _Bests) -> int:
    elsewhere = [best for pair, best in bests.through.items() if pair.entity == chosen.entity and pair != chosen]
    return max([bests.without[chosen.entity], *elsewhere])


class _Step(NamedTuple):
    """A pair as a move from one boundary to a later one that sets a bit. Boundaries are words where some span starts or ends, in order."""

    pair: Weighed
    source: int
    target: int
    bit: int


def _bests(ranked: Sequence[Weighed]) -> _Bests:
    words = sorted({word for pair in ranked for word in (pair.start, pair.end)})
    at = {word: index for index, word in enumerate(words)}
    bit = bits(ranked)
    steps = sorted((_Step(pair, at[pair.start], at[pair.end], bit[pair.entity]) for pair in ranked), key=lambda step: step.source)
    last = {entity: at[word] for entity, word in _live(ranked)[1].items()}
    forget: list[list[int]] = [[] for _ in words]  # the bits that nobody asks for any more
    for entity, boundary in last.items():
        for later in range(boundary + 1, max(step.target for step in steps if step.source <= boundary) + 1):
            forget[later].append(bit[entity])
    states = 1 << (max(bit.values()) + 1)
    arriving, upto = _forward(steps, forget, states)
    onward = _backward(steps, forget, states)
    return _Bests(
        int(upto[-1].max()),
        {step.pair: _through(step, upto, onward) for step in steps},
        {entity: _unplaced(entity, bit[entity], last[entity], steps, arriving, upto, onward) for entity in bit},
    )


def _split(totals: _Totals, bit: int) -> tuple[_Totals, _Totals]:
    """Views of the states without and with a bit, in the same order."""
    halves = totals.reshape(-1, 2, 1 << bit)
    return halves[:, 0], halves[:, 1]


def _forward(steps: Sequence[_Step], forget: Sequence[Sequence[int]], states: int) -> tuple[_Totals, _Totals]:
    """Best totals up to each boundary, before and after its bits are forgotten: shape (boundaries, states)."""
    upto = np.full((len(forget), states), _UNREACHED, np.int64)
    arriving = np.empty_like(upto)
    upto[0, 0] = 0
    following = iter([*steps, None])
    step = next(following)
    for boundary, bits_ in enumerate(forget):
        if boundary:
            np.maximum(upto[boundary], upto[boundary - 1], out=upto[boundary])
        arriving[boundary] = upto[boundary]
        for bit in bits_:
            without, with_ = _split(upto[boundary], bit)
            np.maximum(without, with_, out=without)
            with_[:] = _UNREACHED
        while step is not None and step.source == boundary:
            without, _ = _split(upto[boundary], step.bit)
            _, placed = _split(upto[step.target], step.bit)
            np.maximum(placed, without + step.pair.weight, out=placed)
            step = next(following)
    return arriving, upto


def _backward(steps: Sequence[_Step], forget: Sequence[Sequence[int]], states: int) -> _Totals:
    """Best totals from each boundary on, for states in which its bits are not yet forgotten: shape (boundaries, states)."""
    onward = np.zeros((len(forget), states), np.int64)
    remaining = list(steps)
    for boundary in range(len(forget) - 1, -1, -1):
        if boundary + 1 < len(forget):
            onward[boundary] = onward[boundary + 1]
        while remaining and remaining[-1].source == boundary:
            step = remaining.pop()
            without, _ = _split(onward[boundary], step.bit)
            _, placed = _split(onward[step.target], step.bit)
            np.maximum(without, placed + step.pair.weight, out=without)
        for bit in forget[boundary]:
            without, with_ = _split(onward[boundary], bit)
            with_[:] = without
    return onward


def _through(step: _Step, upto: _Totals, onward: _Totals) -> int:
    before, _ = _split(upto[step.source], step.bit)
    _, after = _split(onward[step.target], step.bit)
    return int((before + after).max()) + step.pair.weight


def _unplaced(entity: int, bit: int, last: int, steps: Sequence[_Step], arriving: _Totals, upto: _Totals, onward: _Totals) -> int:
    """The best total without the entity: its bit is not set on arrival at the boundary after it was live, or in a step across that."""
    before, _ = _split(arriving[last + 1], bit)
    after, _ = _split(onward[last + 1], bit)
    best = int((before + after).max())
    states = np.arange(upto.shape[1])
    for step in steps:
        if step.pair.entity != entity and step.source <= last and step.target > last + 1:
            free = states[(states & (1 << bit | 1 << step.bit)) == 0]
            best = max(best, int((upto[step.source][free] + onward[step.target][free | 1 << step.bit]).max()) + step.pair.weight)
    return best
