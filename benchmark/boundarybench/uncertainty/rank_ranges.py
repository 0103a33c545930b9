"""Ranks of systems, and the ranges of ranks that tests of their pairs leave (protocol, section 6)."""

from collections import Counter
from collections.abc import Iterable, Mapping


def ranks(values: Mapping[str, float]) -> dict[str, int]:
    """The rank of each system, highest value first: one more than the number of systems that are better, so that equal ones share it."""
    ordered = sorted(values.values(), reverse=True)
    return {name: ordered.index(value) + 1 for name, value in values.items()}


def rank_ranges(values: Mapping[str, float], significant: Iterable[tuple[str, str]]) -> dict[str, tuple[int, int]]:
    """The first and the last rank of each system: [1 + systems that are significantly better, n - systems that are significantly worse].

    Args:
        values: the figure of each system.
        significant: the pairs whose difference a test shows; which of the two is better, their values say.
    """
    better, worse = Counter[str](), Counter[str]()
    for pair in significant:
        low, high = sorted(pair, key=values.__getitem__)
        if values[low] != values[high]:
            better[low] += 1
            worse[high] += 1
    return {name: (1 + better[name], len(values) - worse[name]) for name in values}
