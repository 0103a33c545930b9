"""The matching problem and its result, as values.

Ties are frequent with alignment scores, so one order over pairs decides them in every solver: the higher score, then the longer span, then
the smaller start, then the earlier entity. Greedy takes pairs in this order. Of all optimal matchings an exact solver returns
the one that comes first in it: at the first pair, in this order, that is in one of two matchings and not in the other, the one that has it
wins. So where the greedy matching is optimal, every exact solver returns it too.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

#: Scores are compared in whole units of one over this, some 2**-41: sums are exact, and a tie is a tie in every solver. Fractions with
#: denominators up to 30, as alignment scores are, become whole numbers, which no power of two would make of them: 2/3 + 2/3 = 1 + 1/3
#: is a tie.
UNITS = math.lcm(*range(1, 31))
#: All weights together stay below this, so that totals fit into 64 bits with room to spare.
MAX_TOTAL = 1 << 60


class Pair(NamedTuple):
    """An entity (its position in the source list) and a target span that it may go to: half-open word positions."""

    entity: int
    start: int
    end: int
    score: float


class Weighed(NamedTuple):
    """A pair with its score above the abstention offset, in whole units. In rank order as it sorts: see `weigh`."""

    weight: int
    entity: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Matching:
    """The result of a solver.

    Attributes:
        chosen: the pairs chosen, from left to right.
        margins: for each chosen pair, how much the best matching without it falls behind: 0 is a tie. None where no exact solver ran.
        solver: the heaviest solver that was needed.
        optimal: whether no matching has a greater total.
        objective: the total of the scores above the abstention offset.
    """

    chosen: tuple[Pair, ...]
    margins: tuple[float, ...] | None
    solver: str
    optimal: bool
    objective: float

    @property
    def margin(self) -> float | None:
        """How much the second best matching falls behind. None where nothing was chosen or no exact solver ran."""
        return min(self.margins) if self.margins else None


def weigh(pairs: Iterable[Pair], offset: float) -> list[Weighed]:
    """The pairs that score above `offset`, in the documented order.

    Raises:
        ValueError: a score is not a finite number, a span is empty or negative, an entity has the same span twice, or scores are too great.
    """
    weighed = []
    for entity, start, end, score in pairs:
        exactly = (score - offset) * UNITS
        if not math.isfinite(exactly):
            raise ValueError(f"the score of entity {entity} at words {start} to {end} is {score}, and {offset} is the offset")
        if not 0 <= start < end:
            raise ValueError(f"entity {entity}: there is no span from word {start} to {end}")
        weight = round(exactly)
        if weight > 0:
            weighed.append(Weighed(weight, entity, start, end))
    weighed.sort(key=rank)
    if len({pair[1:] for pair in weighed}) < len(weighed):
        raise ValueError("an entity has the same span twice")
    if total(weighed) >= MAX_TOTAL:
        raise ValueError(f"the scores add up to {total(weighed) / UNITS:g}; matching is exact up to {MAX_TOTAL // UNITS}")
    return weighed


def rank(pair: Weighed) -> tuple[int, int, int, int]:
    """The sort key of the documented order."""
    return -pair.weight, pair.start - pair.end, pair.start, pair.entity


def overlap(one: Weighed, other: Weighed) -> bool:
    """Whether two spans share a word."""
    return one.start < other.end and other.start < one.end


def conflict(one: Weighed, other: Weighed) -> bool:
    """Whether two different pairs exclude each other where an entity has at most one span."""
    return one.entity == other.entity or overlap(one, other)


def total(pairs: Iterable[Weighed]) -> int:
    """The sum of weights, in units."""
    return sum(pair.weight for pair in pairs)


def result(
    chosen: Sequence[Weighed], margins: Sequence[int] | None, solver: str, *, optimal: bool, offset: float, pairs: Iterable[Pair]
) -> Matching:
    """The matching in scores as they came in, from left to right."""
    scores = {(pair.entity, pair.start, pair.end): pair for pair in pairs}
    order = sorted(range(len(chosen)), key=lambda index: chosen[index].start)
    picked = tuple(scores[chosen[index][1:]] for index in order)
    return Matching(
        picked,
        None if margins is None else tuple(margins[index] / UNITS for index in order),
        solver,
        optimal,
        math.fsum(pair.score - offset for pair in picked),
    )
