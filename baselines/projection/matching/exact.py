"""Exact matching, by the lightest solver that fits.

Pairs that do not score above the offset are dropped, the rest is split into components that share no word, and each component goes to
the first of: *argmax* (every entity's best span, where these do not overlap), *assignment* (candidate spans equal or disjoint), *live sets*
(dynamic programming), *highs* (integer programming: many live entities, or more than one span per entity). In general the problem is
NP-hard: it is the weighted job interval selection problem (Spieksma 1999).
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .instance import Matching, Pair, Weighed, overlap, result, total, weigh

#: From the lightest to the heaviest.
SOLVERS = ("argmax", "assignment", "live-sets", "highs")


def solve(pairs: Iterable[Pair], limit: int = 1, offset: float = 0.0, seconds: float = 30.0) -> Matching:
    """The optimal matching that comes first in the documented order (`instance`), and what each of its pairs is worth.

    Args:
        pairs: what may be matched; an entity's spans must differ.
        limit: spans that an entity may have at most.
        offset: the abstention offset; only pairs that score above it are matched, and it is subtracted from every score.
        seconds: what HiGHS may take per component, where it is needed; beyond it the result is not `optimal` and has no margins.

    Raises:
        ValueError: a score is not a finite number, or a span is empty.
    """
    given = list(pairs)
    answers = [_solve_component(component, limit, seconds) for component in components(weigh(given, offset))]
    margins = [margin for answer in answers for margin in answer.margins or ()]
    return result(
        [pair for answer in answers for pair in answer.chosen],
        margins if all(answer.margins is not None for answer in answers) else None,
        max((answer.solver for answer in answers), key=SOLVERS.index, default=SOLVERS[0]),
        optimal=all(answer.optimal for answer in answers),
        offset=offset,
        pairs=given,
    )


class _Answer(NamedTuple):
    solver: str
    chosen: list[Weighed]
    margins: list[int] | None
    optimal: bool = True


def components(ranked: Sequence[Weighed]) -> list[list[Weighed]]:
    """The pairs in groups such that entities whose spans share a word are in one group; each group in rank order."""
    words: dict[int, int] = {}
    for pair in ranked:
        words[pair.entity] = words.get(pair.entity, 0) | (1 << pair.end) - (1 << pair.start)
    groups: list[tuple[int, set[int]]] = []
    for entity, mask in words.items():
        members = {entity}
        apart = []
        for other_mask, others in groups:
            if mask & other_mask:
                mask |= other_mask
                members |= others
            else:
                apart.append((other_mask, others))
        groups = [*apart, (mask, members)]
    return [[pair for pair in ranked if pair.entity in members] for _, members in groups]


def _solve_component(ranked: Sequence[Weighed], limit: int, seconds: float) -> _Answer:
    if limit == 1 and (best := _argmax(ranked)) is not None:
        return _Answer("argmax", best, _argmax_margins(ranked, best, seconds))
    # Most sentences need none of these, and numpy and scipy take longer to import than a small test set takes to match.
    from . import assignment, live_sets
    from .settle import settle

    if limit == 1 and assignment.applies(ranked):
        return _Answer("assignment", *settle(ranked, assignment.solve))
    if limit == 1 and max(live_sets.bits(ranked).values()) < live_sets.MAX_LIVE:
        return _Answer("live-sets", *live_sets.solve(ranked))
    return _by_highs(ranked, limit, seconds)


def _by_highs(ranked: Sequence[Weighed], limit: int, seconds: float) -> _Answer:
    from . import highs
    from .settle import settle

    first = highs.solve(ranked, limit, seconds=seconds)
    if not first.optimal:
        return _Answer("highs", first.chosen, None, optimal=False)

    def solve(pairs: Sequence[Weighed], forced: Sequence[Weighed]) -> list[Weighed]:
        answer = highs.solve(pairs, limit, seconds=seconds, forced=forced)
        if not answer.optimal:
            raise TimeoutError
        return answer.chosen

    try:
        return _Answer("highs", *settle(ranked, solve, limit))
    except TimeoutError:  # the total is optimal; which of the tied matchings comes first is not known
        return _Answer("highs", first.chosen, None)


def _argmax(ranked: Sequence[Weighed]) -> list[Weighed] | None:
    """Every entity's first span in the documented order, if no two of them share a word.

    No matching has a greater total. Of those with the same total it comes first: at the first pair where another differs, that one has
    a later span of the same entity, or none.
    """
    best: dict[int, Weighed] = {}
    words = 0
    for pair in ranked:
        if pair.entity not in best:
            mask = (1 << pair.end) - (1 << pair.start)
            if words & mask:
                return None
            words |= mask
            best[pair.entity] = pair
    return list(best.values())


def _argmax_margins(ranked: Sequence[Weighed], best: Sequence[Weighed], seconds: float) -> list[int]:
    margins = []
    for pair in best:
        others = [other for other in best if other is not pair]
        rest = [other for other in ranked if other.entity == pair.entity and other is not pair]
        if not rest:
            margins.append(pair.weight)
        elif not any(overlap(rest[0], other) for other in others):
            margins.append(pair.weight - rest[0].weight)
        else:
            margins.append(total(best) - _optimum([other for other in ranked if other is not pair], seconds))
    return margins


def _optimum(ranked: Sequence[Weighed], seconds: float) -> int:
    """The greatest total, for one span per entity."""
    return sum(total(_solve_component(component, 1, seconds).chosen) for component in components(ranked))
