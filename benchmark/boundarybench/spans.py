"""Tags to spans and back, for whole test sets at once.

A tag is a small integer: 0 is `O`, 1 + 2k is `B-` and 2 + 2k is `I-` of the k-th type. A test set is one flat array of tags
with the number of tokens of each sentence; a span is a half-open interval of positions in that flat array.

The official reading is *begin* (protocol, section 4): an `I-X` that does not continue an entity of type X starts one. That is
seqeval's default and conlleval's rule.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .types_and_tags import type_names

IntArray = NDArray[np.int32]
ByteArray = NDArray[np.uint8]
BoolArray = NDArray[np.bool_]

OUTSIDE = "O"
#: Tag codes are bytes.
MAX_TYPES = 127


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """Entity spans of a test set: sorted, disjoint, half-open, in positions of the flat token array.

    `start`, `end`, `type` have one element per span; `type` indexes `types`.
    """

    start: IntArray
    end: IntArray
    type: ByteArray
    types: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.start)

    def keep(self, mask: BoolArray) -> "Spans":
        """The spans where `mask` (one element per span) is true."""
        return Spans(self.start[mask], self.end[mask], self.type[mask], self.types)

    def among(self, types: Iterable[str]) -> BoolArray:
        """Per span, whether its type is one of `types`."""
        wanted = set(types)
        return np.array([name in wanted for name in self.types], dtype=bool)[self.type]

    def of_types(self, types: Iterable[str]) -> "Spans":
        """The spans whose type is among `types`. Raises UsageError for a string that is not `"all"`, as `type_names`."""
        wanted = type_names(types) if isinstance(types, str) else types
        return self if wanted is None else self.keep(self.among(wanted))

    def counts(self) -> dict[str, int]:
        """Number of spans of each of `types`."""
        found = np.bincount(self.type, minlength=len(self.types)).tolist()
        return dict(zip(self.types, found, strict=True))


def tag_codes(types: Sequence[str]) -> dict[str, int]:
    """The code of every IOB2 tag over `types`."""
    codes = {OUTSIDE: 0}
    for k, name in enumerate(types):
        codes[f"B-{name}"] = 1 + 2 * k
        codes[f"I-{name}"] = 2 + 2 * k
    return codes


def offsets(lengths: IntArray) -> IntArray:
    """Position of each sentence's first token in the flat array, and the total at the end: shape (sentences + 1,)."""
    return np.concatenate([np.zeros(1, np.int32), np.cumsum(lengths, dtype=np.int32)])


def owners(starts: IntArray, first: IntArray) -> NDArray[np.int64]:
    """The sentence of each position, where sentence k begins at `first[k]` (from `offsets`)."""
    return np.searchsorted(first, starts, "right") - 1


def decode(codes: ByteArray, lengths: IntArray, types: tuple[str, ...]) -> tuple[Spans, BoolArray]:
    """Read IOB2 tags with the *begin* rule.

    Args:
        codes: tag codes of all tokens, shape (tokens,).
        lengths: tokens per sentence, shape (sentences,); they sum to the number of tokens.
        types: names of the types that the codes stand for.

    Returns:
        The spans, and for each whether it begins with an invalid transition (an `I-` that continues nothing).
    """
    previous = np.empty_like(codes)
    previous[1:] = codes[:-1]
    firsts = offsets(lengths)[:-1]
    previous[firsts[lengths > 0]] = 0
    inside = codes > 0
    begins = (codes & 1).astype(bool)
    continues = inside & ~begins & ((codes + 1) >> 1 == (previous + 1) >> 1)
    start = np.flatnonzero(inside & ~continues).astype(np.int32)
    last = inside.copy()
    last[:-1] &= ~continues[1:]
    end = (np.flatnonzero(last) + 1).astype(np.int32)
    return Spans(start, end, ((codes[start] - 1) >> 1).astype(np.uint8), types), ~begins[start]


def encode(spans: Spans, tokens: int) -> ByteArray:
    """The IOB2 tag codes of `spans` over a flat array of `tokens` tokens: valid, and the inverse of `decode`."""
    codes = np.zeros(tokens, np.uint8)
    lengths = spans.end - spans.start
    codes[_positions(spans.start, lengths)] = np.repeat(2 + 2 * spans.type, lengths)
    codes[spans.start] = 1 + 2 * spans.type
    return codes


def _positions(start: IntArray, lengths: IntArray) -> NDArray[Any]:
    """All positions inside intervals, in order: `start[0]`, `start[0] + 1`, ..."""
    shift = np.repeat(start - np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)[:-1]]), lengths)
    positions: NDArray[Any] = np.arange(len(shift)) + shift
    return positions
