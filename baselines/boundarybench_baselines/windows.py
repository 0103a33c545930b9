"""Sentences that are longer than a model's window: overlapping windows of whole words, never a truncated sentence."""

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple


class Window(NamedTuple):
    """Words that go through the model together, and those of them that the model's answer is taken for: half-open word positions.

    `kept_start` to `kept_end` of all windows of a sentence follow each other and cover it.
    """

    start: int
    end: int
    kept_start: int
    kept_end: int


def windows(sizes: Sequence[int], capacity: int) -> list[Window]:
    """The windows of a sentence: one if it fits, else such that each begins about half a window after the one before.

    A word in the overlap of two windows is taken from the one in which it stands farther from a cut: the overlap is divided in its middle.

    Args:
        sizes: sub-tokens of each word. A word with more than `capacity` counts as `capacity`: it is cut, its first sub-token is not.
        capacity: sub-tokens that a window has room for, special tokens not among them.
    """
    sizes = [min(size, capacity) for size in sizes]
    before = [0, *accumulate(sizes)]
    cuts: list[tuple[int, int]] = []
    start = 0
    while True:
        end = start
        while end < len(sizes) and before[end + 1] - before[start] <= capacity:
            end += 1
        cuts.append((start, end))
        if end >= len(sizes):
            break
        half = before[start] + capacity / 2
        start = next(word for word in range(start + 1, end + 1) if before[word] >= half or word == end)
        while before[end + 1] - before[start] > capacity:  # a long word follows: a window that ends where this one does adds nothing
            start += 1
    return _divided(cuts, before)


def _divided(cuts: Sequence[tuple[int, int]], before: Sequence[int]) -> list[Window]:
    found = []
    kept = 0
    for index, (start, end) in enumerate(cuts):
        kept_end = end
        if index + 1 < len(cuts):
            following = cuts[index + 1][0]
            middle = (before[following] + before[end]) / 2
            kept_end = next(word for word in range(following, end + 1) if before[word] >= middle or word == end)
        found.append(Window(start, end, kept, kept_end))
        kept = kept_end
    return found
