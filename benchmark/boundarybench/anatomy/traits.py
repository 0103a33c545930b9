"""What a span looks like: its length, its capitals, its place in the sentence. One label per span, as an index into names."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..scoring.score import LENGTHS
from ..spans import IntArray, Spans, owners

Labels = NDArray[np.int64]

#: Scripts that write no spaces between words; PAN-X splits them into characters.
UNSPACED = frozenset({"Jpan", "Hans", "Hant", "Thai"})

#: Where a span stands in its sentence.
POSITIONS = ("whole sentence", "initial", "middle", "final")
#: How a span's words are written; `uncased` where none has a letter that could be a capital or a small one.
CAPITALS = ("capitalised", "mixed", "all capitals", "lower", "uncased")


def lengths(spans: Spans) -> Labels:
    """The length of each span in tokens: an index into `LENGTHS`."""
    label: Labels = np.minimum(spans.end - spans.start, len(LENGTHS)).astype(np.int64) - 1
    return label


def positions(spans: Spans, first: IntArray) -> Labels:
    """The place of each span: an index into `POSITIONS`. `first` is the position of each sentence's first token (`spans.offsets`)."""
    owner = owners(spans.start, first)
    begins, ends = spans.start == first[owner], spans.end == first[owner + 1]
    place: Labels = np.select([begins & ends, begins, ends], [0, 1, 3], 2)
    return place


def capitals(surfaces: list[str]) -> Labels:
    """How the words of each surface (joined by spaces) are written: an index into `CAPITALS`."""
    label = {surface: CAPITALS.index(capitals_of(surface)) for surface in set(surfaces)}  # names come again and again
    return np.fromiter(map(label.__getitem__, surfaces), np.int64, len(surfaces))


@lru_cache(maxsize=1 << 16)  # systems that are examined one after another on a test set share most surfaces
def capitals_of(surface: str) -> str:
    """One of `CAPITALS`.

    Words without a cased letter are passed over. `all capitals`: at least two cased letters, and no small one. `capitalised`:
    every word's first cased letter is a capital. `lower`: there is no capital at all. `mixed` is the rest: `Anna von Berg`, and
    `eNingizimu`, whose capital stands behind a prefix.
    """
    words = [cased for word in surface.split(" ") if (cased := [c for c in word if c.isupper() or c.islower() or c.istitle()])]
    letters = [letter for word in words for letter in word]
    if not letters:
        return "uncased"
    small = [letter.islower() for letter in letters]
    if all(small):
        return "lower"
    if not any(small) and len(letters) > 1:
        return "all capitals"
    return "mixed" if any(word[0].islower() for word in words) else "capitalised"
