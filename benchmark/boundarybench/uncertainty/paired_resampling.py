"""Two systems on one test set: joint resampling, exact and fast (protocol, section 6).

Both draw units (documents, blocks of sentences, sentences: `gold/units.py`), and only need sums of count vectors, of which there are
few distinct ones where a unit is a sentence:

* The paired bootstrap draws units with replacement, the same ones for both systems: one multinomial draw over the distinct joint
  vectors.
* Approximate randomisation (Noreen 1989; Riezler and Maxwell 2005) swaps the two systems' outputs on each unit with probability one
  half. Only units on which the counts differ matter, and only the difference: of m units with the same difference, up to its sign,
  Binomial(m, 1/2) keep it.

Nothing depends on which of the two systems is called the first: swapped, a comparison gives the same figures with the opposite sign.
"""

import hashlib

import numpy as np
from numpy.typing import NDArray

from ..protocol import SEED
from .intervals import drawn

CountArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

#: Replicates that are drawn at a time: the table of draws has as many rows.
_CHUNK = 1000
#: A vector of fewer units than this is cheaper to draw unit by unit than as a part of a multinomial.
_RARE = 5
#: Up to this many coins are thrown as the bits of 64-bit words; numpy's binomial takes as long for eight words.
_COINS = 512


def stream(name: str) -> np.random.RandomState:
    """Random numbers that are fixed by a name and the protocol's seed."""
    # RandomState and not Generator: its streams are frozen, so that another version of numpy gives the same interval.
    return np.random.RandomState(int.from_bytes(hashlib.sha256(f"{SEED}/{name}".encode()).digest()[:4]))


def by_unit(counts: CountArray, units: NDArray[np.int32]) -> CountArray:
    """Counts added up over the sentences that are drawn together; shape (sentences, columns) to (units, columns)."""
    group = np.unique(units, return_inverse=True)[1]
    return np.stack([np.bincount(group, column).astype(np.int64) for column in counts.T], axis=1)


def bootstrap(joint: CountArray, name: str, replicates: int) -> CountArray:
    """Totals of resampled test sets, of all units but one (`intervals.drawn`).

    Args:
        joint: the counts of all systems and runs that are compared, side by side; shape (units, columns).
        name: of the test set; it fixes the draws.

    Returns:
        Totals, shape (replicates, columns).
    """
    index, frequency = _distinct(joint)
    order = np.argsort(frequency < _RARE, kind="stable")  # the rare ones last
    vectors, frequency = joint[index[order]], frequency[order]
    random = stream(f"paired bootstrap/{name}")
    chunks = [min(_CHUNK, replicates - start) for start in range(0, replicates, _CHUNK)]
    # Integers: such small products take BLAS longer to share among threads than to compute.
    return np.concatenate([_draws(frequency, random, size) @ vectors for size in chunks])


def _draws(frequency: CountArray, random: np.random.RandomState, size: int) -> CountArray:
    """How often each vector is drawn; shape (size, vectors). Exact: a multinomial, its rare part spelt out."""
    units, common = int(frequency.sum()), int((frequency >= _RARE).sum())
    rare = np.repeat(np.arange(len(frequency) - common), frequency[common:])
    times = random.multinomial(drawn(units), np.append(frequency[:common], len(rare)) / units, size)
    if not len(rare):
        return times[:, :-1]
    replicate = np.repeat(np.arange(size), times[:, -1])
    chosen = rare[random.randint(0, len(rare), len(replicate), np.int32)]
    width = len(frequency) - common
    table = np.bincount(replicate * width + chosen, minlength=size * width).reshape(size, width)
    return np.concatenate([times[:, :-1], table], axis=1)


def randomise(a: CountArray, b: CountArray, name: str, replicates: int) -> tuple[FloatArray, FloatArray]:
    """Totals of two systems whose outputs are swapped at random, unit by unit.

    Args:
        a, b: the counts of each system, shape (units, columns).
        name: of the test set; it fixes the draws.

    Returns:
        Totals of either system, shape (replicates, columns) each.
    """
    total = (a.sum(axis=0) + b.sum(axis=0)).astype(np.float64)
    difference = b - a
    # Column by column: numpy takes four times as long for a reduction over so few columns.
    difference = difference[np.logical_or.reduce([column != 0 for column in difference.T])]
    if not len(difference):
        return (same := np.tile(total / 2, (replicates, 1))), same.copy()
    first = difference[np.arange(len(difference)), (difference != 0).argmax(axis=1)]
    difference *= np.sign(first)[:, np.newaxis]  # a difference and its opposite are swapped into each other
    index, frequency = _distinct(difference)
    random = stream(f"randomisation/{name}")
    kept = np.stack([_heads(int(count), random, replicates) for count in frequency], axis=1)
    moved = (2 * kept - frequency) @ difference[index]
    return (total - moved) / 2, (total + moved) / 2


def _heads(coins: int, random: np.random.RandomState, size: int) -> CountArray:
    """Binomial(coins, 1/2), shape (size,)."""
    if coins > _COINS:
        return random.binomial(coins, 0.5, size).astype(np.int64)
    words = -(-coins // 64)
    bits = random.randint(0, 1 << 64, (size, words), np.uint64)
    bits[:, -1] >>= np.uint64(64 * words - coins)
    heads: CountArray = np.bitwise_count(bits).sum(axis=1, dtype=np.int64)
    return heads


def _distinct(rows: CountArray) -> tuple[CountArray, CountArray]:
    """Where each distinct row stands first, and how often it occurs; in the order of the rows.

    That order, unlike a sorted one, stays the same where two systems change places.
    """
    code, size = np.zeros(len(rows), np.int64), 1
    for column in rows.T:
        low, width = int(column.min()), int(np.ptp(column)) + 1
        if size * width >= 1 << 62:
            code = np.unique(code, return_inverse=True)[1].astype(np.int64)
            size = int(code.max()) + 1
        code, size = code * width + (column - low), size * width
    _, index, frequency = np.unique(code, return_index=True, return_counts=True)
    order = np.argsort(index)
    return index[order], frequency[order]
