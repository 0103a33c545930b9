"""Tag codes from the JSON of tag arrays, without a string for every token.

A test set has some hundred thousand tags and nine different ones. Quotation marks tell where each tag stands, and the bytes between two
of them, taken as one number, tell which it is.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from msgspec import Raw
from numpy.typing import NDArray

from ..spans import ByteArray, IntArray, offsets, tag_codes

WordArray = NDArray[np.uint64]

#: Bytes of a word: no longer tag is read here.
_WORD = 8
#: For a string of n bytes, what keeps the n lowest bytes of a word.
_MASKS = np.array([(1 << 8 * length) - 1 for length in range(_WORD + 1)], np.uint64)

#: The size of a table of tags is 2 to the power of this; so many factors are tried to give every tag a place of its own.
_TABLE_BITS, _FACTORS = 12, 100


def read_tags(arrays: Sequence[Raw], lengths: IntArray, types: tuple[str, ...]) -> ByteArray | None:
    """The tag codes in JSON arrays, if each array is right and written plainly.

    Args:
        arrays: JSON values, one per sentence: syntactically right, of any kind.
        lengths: tokens per sentence, shape (sentences,).
        types: names of the types that tags may have.

    Returns:
        The codes, shape (tokens,), if every value is an array of as many strings as the sentence has tokens and each string is a tag
        over `types`; None in every other case or doubt, as of escapes, long names of types, or an empty sentence.
    """
    table = _table(types)
    if table is None or len(arrays) != len(lengths) or not lengths.all():
        return None
    data = np.frombuffer(b"".join([*arrays, bytes(_WORD)]), np.uint8)
    quotes = np.flatnonzero(data == ord('"'))
    first = offsets(lengths)
    if len(quotes) != 2 * first[-1] or not _are_flat(data, quotes, first):
        return None
    opening, closing = quotes[::2], quotes[1::2]
    size = closing - opening - 1
    if size.min() == 0 or size.max() > _WORD:  # an empty string would equal the table's empty places
        return None
    words = np.ndarray(len(data) - _WORD, "<u8", data, 0, (1,))  # one for each byte: that byte and the seven behind it
    factor, tags, codes = table
    found = words[opening + 1] & _MASKS[size]
    place = _place(found, factor)
    # Every string is a tag, so it holds no escaped quotation mark: the next mark ends it.
    return codes[place] if (tags[place] == found).all() else None


def _are_flat(data: ByteArray, quotes: NDArray[np.int64], first: IntArray) -> bool:
    """Whether the values are arrays of strings alone, if the strings that `quotes` delimit hold no bracket, brace or comma.

    A bracket opens and one closes around the strings of each sentence, and there are no objects: as many values as pairs of brackets
    makes each an array. An array of n elements has n - 1 commas: as many as its strings need leaves room for nothing else.
    """
    sentences, tokens = len(first) - 1, int(first[-1])
    begins, ends = (np.flatnonzero(data == ord(bracket)) for bracket in "[]")
    return (
        len(begins) == len(ends) == sentences
        and bool((begins < quotes[2 * first[:-1]]).all() and (quotes[2 * first[1:] - 1] < ends).all() and (ends[:-1] < begins[1:]).all())
        and not (data == ord("{")).any()
        and np.count_nonzero(data == ord(",")) == tokens - sentences
    )


@cache
def _table(types: tuple[str, ...]) -> tuple[np.uint64, WordArray, ByteArray] | None:
    """The factor that `_place` takes, and the tag and its code at each place; None where tags are too long or JSON escapes them."""
    known = [tag.encode() for tag in tag_codes(types)]
    if any(len(tag) > _WORD or not tag.isascii() or set(tag) & set(b'"\\') or min(tag) < ord(" ") for tag in known):
        return None
    words = np.array([int.from_bytes(tag, "little") for tag in known], np.uint64)
    for factor in np.random.RandomState(0).randint(1, 1 << 63, _FACTORS, np.uint64):
        places = _place(words, factor)
        if len(set(places.tolist())) == len(words):
            tags, codes = np.zeros(1 << _TABLE_BITS, np.uint64), np.zeros(1 << _TABLE_BITS, np.uint8)
            tags[places], codes[places] = words, range(len(words))
            return factor, tags, codes
    return None


def _place(words: WordArray, factor: np.uint64) -> NDArray[np.int64]:
    """The place of each word in a table: the highest bits of a product."""
    return (words * factor >> np.uint64(64 - _TABLE_BITS)).astype(np.int64)
