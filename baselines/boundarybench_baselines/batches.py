"""Batches of similar length, which get smaller where memory runs out. Imports no torch: what computes a batch does."""

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


class Batches:
    """Runs batches whose padded size (items times the longest) stays within `budget`; the budget halves when memory runs out.

    Items go longest first, so a batch that does not fit shows at the beginning, and little is padded. Which items meet in a batch depends
    on their lengths and the budget only: the same items give the same batches, and so the same floats, in every run.
    """

    def __init__(self, budget: int) -> None:
        """Take the greatest padded size of a batch, in the unit of the lengths (sub-tokens)."""
        self.budget = budget

    def run(self, lengths: Sequence[int], compute: Callable[[list[int]], Sequence[T]]) -> list[T | None]:
        """What `compute` gives for each item, in the order of `lengths`; None for an item that does not fit into memory on its own.

        Args:
            lengths: of the items.
            compute: takes positions of items and gives a value for each.
        """
        order = sorted(range(len(lengths)), key=lambda item: (-lengths[item], item))
        results: list[T | None] = [None] * len(lengths)
        while order:
            batch = order[: max(1, self.budget // max(1, lengths[order[0]]))]
            try:
                values = compute(batch)
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                if len(batch) > 1:
                    self.budget = max(1, len(batch) * lengths[order[0]] // 2)
                    continue
            else:
                for item, value in zip(batch, values, strict=True):
                    results[item] = value
            del order[: len(batch)]
        return results


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error of torch, CTranslate2 or Python says that memory ran out."""
    text = str(error).lower()
    return isinstance(error, MemoryError) or "out of memory" in text or "can't allocate memory" in text
