"""A sentence with its spans marked, gold above prediction, for a terminal: the same columns in both lines, whatever the script.

Both lines hold the same tokens. Only the marks differ, and where one line has a mark the other has as many spaces: tokens stand
below each other by construction, however wide a terminal draws them. Widths are only estimated to break lines.

Right-to-left text is wrapped in Unicode's isolates, the sentence in one and each token and type in one of its own, so that marks
take the direction of the sentence, not of the word beside them. A terminal that knows the bidirectional algorithm then shows
the line from right to left with mirrored brackets; one that does not shows it in reading order from left to right.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from ..anatomy.traits import UNSPACED
from ..leaderboard.escape import shorten, visible

LABELS = ("gold", "predicted")

#: Tokens that are shown on each side of a boundary that an example is about: as many as one line has room for, within these.
_CONTEXT = range(12, 1, -1)
#: More tokens than this are nothing that anybody reads.
_MAX_TOKENS = 120
_MAX_TOKEN = 40

_RLI, _LRI, _FSI, _PDI, _LRM = "\u2067", "\u2066", "\u2068", "\u2069", "\u200e"
#: Joiners between letters belong to the spelling (Persian, Hindi); everywhere else they are only invisible.
_JOINER = re.compile("([\u200c\u200d])")
_DOTTED_CIRCLE = "\u25cc"


@lru_cache(maxsize=1 << 16)  # a test set has fewer words than tokens
def harmless(text: str) -> str:
    """`text` with everything escaped that a terminal would obey or not show; joiners inside words stay."""
    parts = _JOINER.split(text)
    for k in range(1, len(parts), 2):
        before, after = parts[k - 1][-1:], parts[k + 1][:1]
        if not (before and after and unicodedata.category(before)[0] in "LM" and unicodedata.category(after)[0] == "L"):
            parts[k] = visible(parts[k])
    return "".join(part if k % 2 and len(part) == 1 else visible(part) for k, part in enumerate(parts))


def width(text: str) -> int:
    """About how many columns a terminal takes for `text`."""
    return sum(0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else 1 + (unicodedata.east_asian_width(c) in "WF") for c in text)


def words_of(example: Mapping[str, Any], span: Mapping[str, Any]) -> str:
    """The words of a span, harmless."""
    tokens = example["tokens"][span["start"] : span["end"]]
    return ("" if unspaced(example) else " ").join(map(harmless, tokens))


def surface(example: Mapping[str, Any], span: Mapping[str, Any]) -> str:
    """The words of a span for a line of text, or the positions of its tokens where there are no words."""
    if example["tokens"] is None:
        first, last = span["start"], span["end"] - 1
        return f"token {first}" if first == last else f"tokens {first}–{last}"
    return isolated(shorten(words_of(example, span), 80))


def isolated(text: str) -> str:
    """`text` in an isolate of its own where it has right-to-left letters, so that what stands around it keeps its place."""
    return f"{_FSI}{text}{_PDI}" if _directions(text)[1] else text


def unspaced(example: Mapping[str, Any]) -> bool:
    """Whether the example's script writes no spaces between words."""
    return example["script"] in UNSPACED


def marked(example: Mapping[str, Any], columns: int) -> list[str]:
    """The lines of an example of the report: gold and prediction in turn, each at most some `columns` wide.

    Tokens near the boundaries that the example is about are shown, with all spans that begin or end there: `{PER Anna Berg}`
    where it is about the span, `[PER Anna Berg]` where it is not. One line each, unless that would leave two tokens of context
    no room.
    """
    left, right = _directions("".join(example["tokens"] or ()))
    bidirectional = right > 0 or _directions("".join(span["type"] for side in LABELS for span in example[side]))[1] > 0
    opening = _RLI if right > left else _LRI
    words, room = _words(example), columns - len(LABELS[1]) - 1
    for reach in _CONTEXT:
        pieces = list(_pieces(example, words, _near(example, reach, len(words)), bidirectional=bidirectional))
        if sum(piece.width for piece in pieces) <= room:
            break
    lines = []
    for row in _rows(pieces, room):
        for side, label in enumerate(LABELS):
            text = "".join(piece.sides[side] for piece in row)
            # The mark at the end keeps trailing spaces in the sentence's direction (rule L1), and so the columns together.
            text = f"{opening}{text}{_PDI}{_LRM}" if bidirectional else text.rstrip(" ")
            lines.append(f"{label:<{len(LABELS[1])}} {text}".rstrip(" "))
    return lines


def inline(example: Mapping[str, Any], side: str) -> str:
    """The whole sentence on one line with the spans of one side marked, for a cell of a table."""
    spans = example[side]
    starts, ends = {span["start"]: span["type"] for span in spans}, {span["end"] for span in spans}
    words = [
        (f"[{harmless(starts[k])} " if k in starts else "") + word + ("]" if k + 1 in ends else "")
        for k, word in enumerate(_words(example))
    ]
    return ("" if unspaced(example) else " ").join(words)


@dataclass(frozen=True, slots=True)
class _Piece:
    """What both lines show of one token with its marks; `width` is that of either."""

    sides: tuple[str, str]
    width: int


def _pieces(example: Mapping[str, Any], words: list[str], shown: list[int], *, bidirectional: bool) -> Iterator[_Piece]:
    marks = [_marks(example, side) for side in LABELS]
    space = "" if unspaced(example) else " "
    attached = False
    for before, k in pairwise([-1, *shown]):
        gap = "" if k == before + 1 else "… "
        opens = [starts.get(k) for starts, _ in marks]
        open_width = max(0 if mark is None else width(mark[1]) + 2 for mark in opens)
        closes = [ends.get(k + 1, "") for _, ends in marks]
        close_width = max(map(len, closes))
        word = words[k]
        if unicodedata.category(word[0])[0] == "M" and (open_width or gap or not attached):
            word = _DOTTED_CIRCLE + word  # a mark that belongs to the letter before it has none here
        attached = not (space or close_width)
        token = f"{_FSI}{word}{_PDI}" if bidirectional else word
        after = space + ("…" if k == shown[-1] and k + 1 < len(words) else "")
        texts = [
            gap + _opening(mark, open_width, bidirectional=bidirectional) + token + close.ljust(close_width) + after
            for mark, close in zip(opens, closes, strict=True)
        ]
        yield _Piece((texts[0], texts[1]), len(gap) + open_width + width(word) + close_width + len(after))


def _marks(example: Mapping[str, Any], side: str) -> tuple[dict[int, tuple[str, str]], dict[int, str]]:
    """By position: the bracket and the type of a span that begins there, and the bracket of one that ends there."""
    pairs = [(span, "{}" if k in example["about"][side] else "[]") for k, span in enumerate(example[side])]
    return {span["start"]: (pair[0], harmless(span["type"])) for span, pair in pairs}, {span["end"]: pair[1] for span, pair in pairs}


def _opening(mark: tuple[str, str] | None, columns: int, *, bidirectional: bool) -> str:
    if mark is None:
        return " " * columns
    bracket, name = mark
    return " " * (columns - width(name) - 2) + bracket + (f"{_LRI}{name}{_PDI} " if bidirectional else f"{name} ")


def _rows(pieces: Sequence[_Piece], columns: int) -> Iterator[list[_Piece]]:
    row: list[_Piece] = []
    for piece in pieces:
        if row and sum(each.width for each in row) + piece.width > columns:
            yield row
            row = []
        row.append(piece)
    if row:
        yield row


def _words(example: Mapping[str, Any]) -> list[str]:
    """The tokens as they are shown; numbers where there are only labels."""
    if example["tokens"] is None:
        return list(map(str, range(example["length"])))
    return list(map(_word, example["tokens"]))


@lru_cache(maxsize=1 << 16)
def _word(token: str) -> str:
    return shorten(harmless(token), _MAX_TOKEN).strip(" ") or '""'


def _near(example: Mapping[str, Any], reach: int, count: int) -> list[int]:
    """The positions of the tokens at most `reach` from a boundary which the example is about, of `count` tokens."""
    spans = [example[side][k] for side in LABELS for k in example["about"][side]]
    near = {k for span in spans for edge in (span["start"], span["end"]) for k in range(max(0, edge - reach), min(count, edge + reach))}
    return _filled(sorted(near))[:_MAX_TOKENS]


def _filled(positions: Sequence[int]) -> list[int]:
    """`positions`, and the ones between them where only one or two are left out: an ellipsis would be as long."""
    filled: list[int] = []
    for k in positions:
        if filled and k - filled[-1] <= 3:
            filled += range(filled[-1] + 1, k)
        filled.append(k)
    return filled


def _directions(text: str) -> tuple[int, int]:
    """How many strong left-to-right and right-to-left characters there are."""
    found = [unicodedata.bidirectional(character) for character in text]
    return found.count("L"), sum(name in ("R", "AL", "AN") for name in found)
