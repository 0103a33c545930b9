"""The capitals rule: runs of capitalised words that the set's own text has nowhere in lower case. No model, no labels.

The one tagger that reads a whole set before it tags a sentence of it: its stage is made for a set, and is another for other words.
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import groupby

from boundarybench.normal_form import normalise
from boundarybench.spans import OUTSIDE

from ..stages import Record, Stage
from .tagger import certain

#: Unicode's upper-case and title-case letters.
_CAPITALS = frozenset({"Lu", "Lt"})


def stage(sentences: Sequence[Sequence[str]], type_: str) -> Stage:
    """The stage for a set, which gives entities of one type.

    Args:
        sentences: all of the set: what is in lower case in one of them is no name in another.
        type_: of the entities; the rule knows none.
    """
    small = in_lower_case(sentences)
    told = {"method": "capitals", "type": type_, "in_lower_case": hashlib.sha256("\n".join(sorted(small)).encode()).hexdigest()}
    return Stage("tagging", told, lambda: small, lambda _, items: [_tagged(words, small, type_) for words in items])


def in_lower_case(sentences: Iterable[Sequence[str]]) -> frozenset[str]:
    """The words that stand somewhere without a capital, folded."""
    return frozenset(_folded(word) for words in sentences for word in words if not is_capitalised(word))


def is_capitalised(word: str) -> bool:
    """Whether a letter of the word is upper case, wherever it stands: prefixes go before the capital, as in `eNingizimu`."""
    return any(unicodedata.category(character) in _CAPITALS for character in word)


def names(words: Sequence[str], small: frozenset[str]) -> list[bool]:
    """Per word of a sentence, whether it is capitalised and not among the words that stand somewhere without a capital (`small`)."""
    return [is_capitalised(word) and _folded(word) not in small for word in words]


def _folded(word: str) -> str:
    """The word without case, in one normal form: folding may undo the first, so it is made again."""
    return normalise("NFC", normalise("NFC", word).casefold())


def _tagged(words: Sequence[str], small: frozenset[str], type_: str) -> Record:
    labels = (f"B-{type_}", f"I-{type_}", OUTSIDE)
    tags: list[str] = []
    for is_name, run in groupby(names(words, small)):
        length = len(list(run))
        tags += [labels[0], *[labels[1]] * (length - 1)] if is_name else [OUTSIDE] * length
    return certain(tags, labels)
