"""All matchings of a small instance: what every solver is held against."""

import itertools

from boundarybench_baselines.projection.matching.instance import Weighed, conflict, overlap, rank, total


def best(ranked: list[Weighed], limit: int = 1) -> tuple[int, list[Weighed], dict[Weighed, int]]:
    """The greatest total, the optimal matching that comes first in the documented order, and the margin of each of its pairs."""
    matchings = [chosen for chosen in _subsets(ranked) if _allowed(chosen, limit)]
    optimum = max(total(chosen) for chosen in matchings)
    place = {pair: index for index, pair in enumerate(ranked)}
    optimal = [chosen for chosen in matchings if total(chosen) == optimum]
    first = max(optimal, key=lambda chosen: sum(1 << (len(ranked) - place[pair]) for pair in chosen))
    margins = {pair: optimum - max(total(chosen) for chosen in matchings if pair not in chosen) for pair in first}
    return optimum, sorted(first, key=rank), margins


def _subsets(ranked: list[Weighed]) -> list[tuple[Weighed, ...]]:
    return [chosen for size in range(len(ranked) + 1) for chosen in itertools.combinations(ranked, size)]


def _allowed(chosen: tuple[Weighed, ...], limit: int) -> bool:
    pairs = list(itertools.combinations(chosen, 2))
    if limit == 1:
        return not any(conflict(one, other) for one, other in pairs)
    most = max((sum(other.entity == one.entity for other in chosen) for one in chosen), default=0)
    return most <= limit and not any(overlap(one, other) for one, other in pairs)
