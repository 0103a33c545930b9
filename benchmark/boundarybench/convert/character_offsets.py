"""Character positions of a sentence's text as token positions."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from ..gold.fingerprints import nfc


class TokenPlace(NamedTuple):
    """Where a token stands in a text: half-open, in characters (Unicode code points)."""

    start: int
    end: int


def locate(text: str, tokens: Sequence[str]) -> list[TokenPlace] | int:
    """The place of every token in `text`, in order, with nothing but white space between; what is equal after NFC is equal.

    Returns:
        The places, or the number of the first token that is not there; the number of tokens where the text goes on behind the last.
    """
    places = []
    position = 0
    for number, token in enumerate(tokens):
        end = _end_of(token, text, position)
        while end is None and position < len(text) and text[position].isspace():
            position += 1
            end = _end_of(token, text, position)
        if end is None:
            return number
        places.append(TokenPlace(position, end))
        position = end
    return len(tokens) if text[position:].strip() else places


def _end_of(token: str, text: str, position: int) -> int | None:
    if text.startswith(token, position):
        return position + len(token)
    normal = nfc(token)
    # A composed character is at most four code points long when decomposed.
    for end in range(position + 1, min(len(text), position + 4 * len(token)) + 1):
        if nfc(text[position:end]) == normal:
            return end
    return None


def tokens_of(places: Sequence[TokenPlace], start: int, end: int) -> tuple[int, int] | None:
    """The half-open token positions of the characters from `start` to `end`; None where a side is not a token's.

    `places` are sorted; empty tokens may share a place with the next one.
    """
    first, last = _nearest(places, start, end)
    exact = first < last and places[first].start == start and places[last - 1].end == end
    return (first, last) if exact else None


def nearest(places: Sequence[TokenPlace], start: int, end: int) -> TokenPlace | None:
    """The characters of the whole tokens that `start` to `end` touches; None where it touches none."""
    first, last = _nearest(places, start, end)
    return TokenPlace(places[first].start, places[last - 1].end) if first < last else None


def _nearest(places: Sequence[TokenPlace], start: int, end: int) -> tuple[int, int]:
    return bisect_right(places, start, key=lambda place: place.end), bisect_left(places, end, key=lambda place: place.start)
