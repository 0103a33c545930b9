"""Exact matching, by the lightest solver that fits.

Pairs that do not score above the offset are dropped, the rest is split into components that share no word, and each component goes to
the first that settles it: *argmax* (every entity's best span, where these do not overlap), *search* (depth first, within a set number of
steps), *assignment* (candidate spans equal or disjoint), *live sets* (dynamic programming), *highs* (integer programming: very many live
entities, or several spans per entity). In general the problem is NP-hard: it is the weighted job interval selection problem (Spieksma
1999).
"""

import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import NamedTuple

from . import argmax, search
from .bound import relevant
from .instance import Matching, Pair, Weighed, result, weigh

#: From the lightest to the heaviest.
SOLVERS = ("argmax", "search", "assignment", "live-sets", "highs")


def solve(pairs: Iterable[Pair], limit: int = 1, offset: float = 0.0, seconds: float = 30.0) -> Matching:
    """The optimal matching that comes first in the documented order (`instance`), and what each of its pairs is worth.

    Args:
        pairs: what may be matched; an entity's spans must differ.
        limit: spans that an entity may have at most.
        offset: the abstention offset; only pairs that score above it are matched, and it is subtracted from every score.
        seconds: what HiGHS may take per component, where it is needed; beyond it there are no margins, and if no matching was proved to be
            the best, the result is not `optimal`.

    Raises:
        ValueError: as `weigh`.
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
    if limit == 1 and (found := argmax.solve(ranked)) is not None:
        return _Answer("argmax", *found)
    if (found := search.solve(ranked, limit)) is not None:
        return _Answer("search", *found)
    # Almost no sentence needs these, and scipy takes longer to import than a test set takes to match.
    from . import assignment, live_sets
    from .settle import settle

    ranked = relevant(ranked, limit)
    if limit == 1 and assignment.applies(ranked):
        return _Answer("assignment", *settle(ranked, assignment.solve(ranked, []), assignment.solve))
    if limit == 1 and live_sets.applies(ranked):
        return _Answer("live-sets", *live_sets.solve(ranked))
    return _by_highs(ranked, limit, seconds)


def _by_highs(ranked: Sequence[Weighed], limit: int, seconds: float) -> _Answer:
    from . import highs
    from .settle import settle

    deadline = time.monotonic() + seconds
    first = highs.solve(ranked, limit, seconds=seconds)

    def solve(pairs: Sequence[Weighed], forced: Sequence[Weighed]) -> list[Weighed]:
        answer = highs.solve(pairs, limit, seconds=max(deadline - time.monotonic(), 0.0), forced=forced)
        if not answer.optimal:
            raise TimeoutError
        return answer.chosen

    if first.optimal:
        # Where the time ends here, the total is optimal, but not known are the margins and which of tied matchings comes first.
        with suppress(TimeoutError):
            return _Answer("highs", *settle(ranked, first.chosen, solve, limit))
    return _Answer("highs", first.chosen, None, first.optimal)
