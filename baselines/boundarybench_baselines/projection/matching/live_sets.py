"""Exact matching by dynamic programming over target words and the set of live entities that are already placed.

An entity is live from the first to the last start of its spans; only then does it matter whether it is placed. Each entity has a
bit, bits are used again once nobody can ask for them, and a state is a set of bits: 2 ** (live entities) states per word. The best
total up to a word and the best total from it on give, together, the best total of any matching with a given pair, and of any without
a given entity: so the choice among ties and the margins need no further solving.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .instance import Weighed, conflict, total

#: Boundaries times states: 32 MiB for each of two tables, and some two seconds where every span of up to ten words is a candidate.
MAX_CELLS = 1 << 22

_Totals = NDArray[np.int64]
_UNREACHED = -(1 << 61)


def applies(ranked: Sequence[Weighed]) -> bool:
    """Whether few enough entities are live at the same time."""
    course = _course(ranked)
    return len(course.forget) << course.bits <= MAX_CELLS


def solve(ranked: Sequence[Weighed]) -> tuple[list[Weighed], list[int]]:
    """The optimal matching that comes first in the documented order, for one span per entity, and the margin of each of its pairs."""
    bests = _bests(ranked)
    chosen = _first_optimum(ranked, bests)
    return chosen, [bests.optimum - _best_other(pair, bests) for pair in chosen]


class _Bests(NamedTuple):
    """Best totals: of all matchings, of those with a given pair, of those without a given entity."""

    optimum: int
    through: dict[Weighed, int]
    without: dict[int, int]


def _first_optimum(ranked: Sequence[Weighed], bests: _Bests) -> list[Weighed]:
    forced: list[Weighed] = []
    while True:
        tied = [pair for pair in ranked if bests.through[pair] == bests.optimum]
        if total(tied) == bests.optimum:  # every optimum is made of tied pairs, so these are the only one
            return [*forced, *tied]
        forced.append(tied[0])
        ranked = [pair for pair in ranked if not conflict(pair, tied[0])]
        bests = _bests(ranked)


def _best_other(chosen: Weighed, bests: _Bests) -> int:
    elsewhere = (best for pair, best in bests.through.items() if pair.entity == chosen.entity and pair != chosen)
    return max([bests.without[chosen.entity], *elsewhere])


class _Step(NamedTuple):
    """A pair as a move from one boundary to a later one that sets a bit. Boundaries are words where some span starts or ends, in order."""

    pair: Weighed
    source: int
    target: int
    bit: int


class _Course(NamedTuple):
    """Steps by their source; the bits to forget at each boundary; for each entity the last boundary where it is live, and its bit."""

    steps: list[_Step]
    forget: list[list[int]]
    last: dict[int, int]
    bit: dict[int, int]

    @property
    def bits(self) -> int:
        return max(self.bit.values(), default=-1) + 1


def _course(ranked: Sequence[Weighed]) -> _Course:
    words = sorted({word for pair in ranked for word in (pair.start, pair.end)})
    at = {word: index for index, word in enumerate(words)}
    moves = sorted(((at[pair.start], at[pair.end], pair) for pair in ranked), key=lambda move: move[0])
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    farthest = [0] * len(words)
    for source, target, pair in moves:
        first.setdefault(pair.entity, source)
        last[pair.entity] = source
        farthest[source] = max(farthest[source], target)
    # A step from a boundary where the entity is live carries the bit to its target; only there can it be forgotten.
    free_from = list(accumulate(farthest, max))
    bit: dict[int, int] = {}
    holders: list[int] = []
    for entity, begin in first.items():
        own = next((bit for bit, holder in enumerate(holders) if free_from[last[holder]] <= begin), len(holders))
        holders[own : own + 1] = [entity]
        bit[entity] = own
    forget: list[list[int]] = [[] for _ in words]
    for entity, boundary in last.items():
        for later in range(boundary + 1, free_from[boundary] + 1):
            forget[later].append(bit[entity])
    return _Course([_Step(pair, source, target, bit[pair.entity]) for source, target, pair in moves], forget, last, bit)


def _bests(ranked: Sequence[Weighed]) -> _Bests:
    if not ranked:
        return _Bests(0, {}, {})
    course = _course(ranked)
    return _backward(course, *_forward(course))


def _split(totals: _Totals, bit: int) -> tuple[_Totals, _Totals]:
    """Views of the states without and with a bit, in the same order."""
    halves = totals.reshape(-1, 2, 1 << bit)
    return halves[:, 0], halves[:, 1]


def _forward(course: _Course) -> tuple[_Totals, dict[int, _Totals]]:
    """Best totals up to each boundary, shape (boundaries, states); and the same before forgetting, where an entity was live until then."""
    upto = np.full((len(course.forget), 1 << course.bits), _UNREACHED, np.int64)
    upto[0, 0] = 0
    after = {boundary + 1 for boundary in course.last.values()}
    arriving = {}
    following = iter([*course.steps, None])
    step = next(following)
    for boundary, bits in enumerate(course.forget):
        if boundary:
            np.maximum(upto[boundary], upto[boundary - 1], out=upto[boundary])
        if boundary in after:
            arriving[boundary] = upto[boundary].copy()
        for bit in bits:
            unplaced, placed = _split(upto[boundary], bit)
            np.maximum(unplaced, placed, out=unplaced)
            placed[:] = _UNREACHED
        while step is not None and step.source == boundary:
            unplaced, _ = _split(upto[boundary], step.bit)
            _, placed = _split(upto[step.target], step.bit)
            np.maximum(placed, unplaced + step.pair.weight, out=placed)
            step = next(following)
    return upto, arriving


def _backward(course: _Course, upto: _Totals, arriving: dict[int, _Totals]) -> _Bests:
    """Best totals from each boundary on, for states in which its bits are not yet forgotten, put together with those up to it."""
    onward = np.zeros_like(upto)
    through: dict[Weighed, int] = {}
    without = dict.fromkeys(course.last, 0)
    remaining = list(course.steps)
    for boundary in range(len(upto) - 1, -1, -1):
        if boundary + 1 < len(upto):
            onward[boundary] = onward[boundary + 1]
        while remaining and remaining[-1].source == boundary:
            step = remaining.pop()
            totals = _take(step, upto[boundary], onward)
            through[step.pair] = int(totals.max())
            for entity in _stepped_over(step, course.last):
                bit = course.bit[entity] - (course.bit[entity] > step.bit)  # these states are without the step's own bit
                without[entity] = max(without[entity], int(_split(totals, bit)[0].max()))
        for bit in course.forget[boundary]:
            unplaced, placed = _split(onward[boundary], bit)
            placed[:] = unplaced
        for entity in (entity for entity, last in course.last.items() if last + 1 == boundary):
            bit = course.bit[entity]
            totals = _split(arriving[boundary], bit)[0] + _split(onward[boundary], bit)[0]
            without[entity] = max(without[entity], int(totals.max()))
    return _Bests(int(onward[0, 0]), through, without)


def _take(step: _Step, upto: _Totals, onward: _Totals) -> _Totals:
    """The best totals with a step, for all states without its bit; `onward` from its source on is made up to date with it."""
    totals: _Totals = _split(onward[step.target], step.bit)[1] + step.pair.weight
    unplaced, _ = _split(onward[step.source], step.bit)
    np.maximum(unplaced, totals, out=unplaced)
    totals += _split(upto, step.bit)[0]
    return totals


def _stepped_over(step: _Step, last: dict[int, int]) -> list[int]:
    """The other entities whose first boundary where they are no longer live is inside the step: nobody arrives there to be asked."""
    return [entity for entity, boundary in last.items() if step.source <= boundary < step.target - 1 and entity != step.pair.entity]
