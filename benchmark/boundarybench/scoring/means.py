"""Means over languages: unweighted, nulls left out and counted (protocol, section 6)."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from typing import Any


def mean_tree(trees: Sequence[Mapping[str, Any] | None]) -> tuple[dict[str, Any], dict[str, int]]:
    """The mean of every number in figures of one shape.

    Args:
        trees: nested mappings whose leaves are numbers or None; a branch may be None as a whole.

    Returns:
        A mapping of the same shape (None where no tree has a number), and how many trees have null where others have a
        number, by dotted path.
    """
    nulls: dict[str, int] = {}
    return _mean(trees, (), nulls), nulls


def _mean(trees: Sequence[Mapping[str, Any] | None], path: tuple[str, ...], nulls: dict[str, int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in _keys(trees):
        values = [None if tree is None else tree.get(name) for tree in trees]
        if any(isinstance(value, Mapping) for value in values):
            found[name] = _mean(values, (*path, name), nulls)
        else:
            numbers = [float(value) for value in values if value is not None]
            found[name] = fmean(numbers) if numbers else None
            if numbers and len(numbers) < len(values):
                nulls[".".join((*path, name))] = len(values) - len(numbers)
    return found


def _keys(trees: Iterable[Mapping[str, Any] | None]) -> list[str]:
    return list(dict.fromkeys(key for tree in trees if tree is not None for key in tree))
