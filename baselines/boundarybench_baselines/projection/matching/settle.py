"""The documented choice among optimal matchings, and margins, for solvers that only give some optimum."""

from collections.abc import Callable, Sequence

from .bound import bound
from .instance import Weighed, overlap, total

#: Gives some matching of greatest total among those that contain the forced pairs: (pairs, forced) -> matching.
Solver = Callable[[Sequence[Weighed], Sequence[Weighed]], list[Weighed]]


def settle(ranked: Sequence[Weighed], incumbent: Sequence[Weighed], solve: Solver, limit: int = 1) -> tuple[list[Weighed], list[int]]:
    """The optimal matching that comes first in the documented order, and the margin of each of its pairs.

    `incumbent` is some optimal matching. Raises whatever `solve` raises.
    """
    optimum = total(incumbent)
    forced: list[Weighed] = []
    for index, pair in enumerate(ranked):
        if not _fits(pair, forced, limit):
            continue
        if pair not in incumbent:
            fitting = [other for other in ranked[index + 1 :] if _fits(other, [*forced, pair], limit)]
            if total([*forced, pair]) + bound(fitting, limit) < optimum:
                continue
            attempt = solve([*forced, pair, *fitting], [*forced, pair])
            if total(attempt) < optimum:
                continue
            incumbent = attempt
        forced.append(pair)
    return forced, [optimum - total(solve([other for other in ranked if other != pair], [])) for pair in forced]


def _fits(pair: Weighed, chosen: Sequence[Weighed], limit: int) -> bool:
    return sum(other.entity == pair.entity for other in chosen) < limit and not any(overlap(pair, other) for other in chosen)
