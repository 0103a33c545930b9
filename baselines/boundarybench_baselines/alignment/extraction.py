"""Word links from the similarities of sub-tokens: SimAlign's methods (Jalili Sabet et al. 2020) and AWESoME's (Dou and Neubig 2021).

Each takes a matrix of shape (source sub-tokens, target sub-tokens) and gives a mask of that shape.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.special import softmax

from .links import Link, Links

Matrix = NDArray[np.float32]
Mask = NDArray[np.bool_]

#: Itermax, second round: what a similarity is worth where one of the two is linked already (section 2.2, alpha).
_DISCOUNT = 0.9


def argmax(similarity: Matrix) -> Mask:
    """Pairs that are each other's most similar (of equals the first)."""
    rows, columns = similarity.shape
    forward = similarity.argmax(axis=1)[:, None] == np.arange(columns)
    backward = similarity.argmax(axis=0)[None, :] == np.arange(rows)[:, None]
    mask: Mask = forward & backward
    return mask


def itermax(similarity: Matrix) -> Mask:
    """`argmax`, and once more among pairs not both of which are linked; similarities must not be negative.

    Two rounds in all, and one alone where a side has at most two sub-tokens, as the authors' program has it.
    """
    linked = argmax(similarity)
    free_rows: Mask = ~np.any(linked, axis=1)
    free_columns: Mask = ~np.any(linked, axis=0)
    if min(similarity.shape) <= 2 or not free_rows.any() or not free_columns.any():
        return linked
    both, one = free_rows[:, None] & free_columns, free_rows[:, None] | free_columns
    again = argmax((similarity * np.where(both, 1.0, np.where(one, _DISCOUNT, 0.0))).astype(similarity.dtype, copy=False))
    return linked | (again & one)


def match(similarity: Matrix) -> Mask:
    """The assignment with the greatest sum: every sub-token of the shorter side is linked."""
    mask = np.zeros(similarity.shape, bool)
    mask[linear_sum_assignment(similarity, maximize=True)] = True
    return mask


def awesome(products: Matrix, threshold: float) -> Mask:
    """Pairs whose probability is above `threshold` in both directions: softmax of dot products over either side."""
    mask: Mask = (softmax(products, axis=1) > threshold) & (softmax(products, axis=0) > threshold)
    return mask


def of_words(mask: Mask, source: Sequence[int], target: Sequence[int]) -> Links:
    """Word links: two words are linked if any of their sub-tokens are. `source` and `target` give each sub-token's word."""
    return frozenset(Link(source[row], target[column]) for row, column in zip(*map(np.ndarray.tolist, np.nonzero(mask)), strict=True))
