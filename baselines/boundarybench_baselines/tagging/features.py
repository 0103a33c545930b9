"""Features of words for the CRF tagger: the word, its affixes and its shape, and those of its neighbours.

Or, for languages that it was not trained on, what languages share: shapes, and how capitalised words are written.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

_LETTER = re.compile(r"[^\W\d_]")
_REPEATED = re.compile(r"(.)\1+")
#: How far a word sees.
_WINDOW = (-2, -1, 1, 2)


def features(words: Sequence[str]) -> list[list[str]]:
    """Feature strings of every word of a sentence."""
    known = [_of_word(word) for word in words]
    shouting = len(words) > 1 and not any(character.islower() for word in words for character in word)
    return [_in_context(index, words, known, shouting) for index in range(len(words))]


def shape(word: str) -> str:
    """`Xx` for Capitalised, `XX` for capitals, `dd` for digits, other characters as they are; runs of three or more as two."""
    letters = _LETTER.sub(lambda found: "X" if found[0].isupper() else "x", word)
    return _REPEATED.sub(r"\1\1", re.sub(r"\d", "d", letters))


@lru_cache(1 << 16)
def _of_word(word: str) -> tuple[str, ...]:
    lower = word.lower()
    return (
        f"shape={shape(word)}",
        f"lower={lower}",
        f"word={word}",
        *(f"prefix={lower[:size]}" for size in (2, 3, 4) if len(lower) >= size),
        *(f"suffix={lower[-size:]}" for size in (1, 2, 3, 4) if len(lower) >= size),
        *(("hyphen",) if "-" in word[1:-1] else ()),
        *(("dot",) if word.endswith(".") and len(word) > 1 else ()),
    )


def _in_context(index: int, words: Sequence[str], known: Sequence[tuple[str, ...]], shouting: bool) -> list[str]:
    found = ["bias", *known[index]]
    for step in _WINDOW:
        place = index + step
        if 0 <= place < len(words):
            near_shape, near_lower = known[place][:2]
            found += [f"{step}:{near_shape}", f"{step}:{near_lower}"]
        else:
            found.append(f"{step}:none")
    for step in (-1, 1):
        if 0 <= index + step < len(words):
            found += [f"{step}+0:{known[index + step][0]}|{known[index][0]}", f"{step}+0:{known[index + step][1]}|{known[index][0]}"]
    if index == 0:
        found.append("first")
    if shouting:  # a headline in capitals: shapes say nothing there
        found.append("shouting")
    return found


def shared(words: Sequence[str]) -> list[list[str]]:
    """Feature strings that other languages have too: shapes, lengths and places, and capitalised words, many of which are names."""
    marks = [_mark(word) for word in words]
    sizes = [f"size={_bucket(len(word))}" for word in words]
    names = [word.lower() if word[:1].isupper() else "" for word in words]
    about = [f"words={_bucket(len(words))}", f"capitals={_capitals(marks)}"]
    return [[*_among(index, marks, sizes, about), *_spelling(index, names)] for index in range(len(words))]


def without_case(words: Sequence[str]) -> list[str]:
    """The words as a script without case would have them: every letter is an alef."""
    return ["".join("\u05d0" if character.isalpha() else character for character in word) for word in words]


@lru_cache(1 << 16)
def _mark(word: str) -> str:
    """`Xx` for Capitalised, `X` for capitals, `o` for letters of scripts without case, `d` for digits, others as they are; runs as one."""
    marks = "".join(_MARKS.get(unicodedata.category(character), character) for character in word)
    return _REPEATED.sub(r"\1", marks) or word


#: What stands for characters of a category; combining marks stand for nothing.
_MARKS = {"Lu": "X", "Lt": "X", "Ll": "x", "Lo": "o", "Lm": "", "Mn": "", "Mc": "", "Me": "", "Cf": "", "Nd": "d", "Nl": "d", "No": "d"}


def _bucket(number: int) -> str:
    return next((f"<={limit}" for limit in (1, 2, 3, 5, 8, 12, 20) if number <= limit), "more")


def _capitals(marks: Sequence[str]) -> str:
    """How much of a sentence after its first word is capitalised, in fifths; `none` where its script has no case."""
    cased = [mark[:1] == "X" for mark in marks[1:] if mark[:1] in ("X", "x")]
    return str(5 * sum(cased) // len(cased)) if cased else "none"


def _among(index: int, marks: Sequence[str], sizes: Sequence[str], about: Sequence[str]) -> list[str]:
    near = {step: marks[index + step] if 0 <= index + step < len(marks) else "|" for step in range(-3, 4)}
    found = ["bias", f"shape={near[0]}", sizes[index], f"shape={near[0]},{sizes[index]}", *about, *(f"{each},{near[0]}" for each in about)]
    found += [f"{step}:{near[step]}" for step in (-3, -2, -1, 1, 2, 3)]
    found += [f"{first}..{last}:" + ",".join(near[step] for step in range(first, last + 1)) for first, last in _RUNS]
    found += [f"{step}:{sizes[index + step]},{near[step]}" for step in (-1, 1) if 0 <= index + step < len(marks)]
    if index == 0:
        found.append("first")
    return found


def _spelling(index: int, names: Sequence[str]) -> list[str]:
    """How a capitalised word and its capitalised neighbours are written; `names` has nothing for other words."""
    found = [f"{step}:name={names[index + step]}" for step in (-1, 0, 1) if 0 <= index + step < len(names) and names[index + step]]
    name = names[index]
    found += [f"prefix={name[:size]}" for size in (2, 3) if len(name) >= size]
    return found + [f"suffix={name[-size:]}" for size in (2, 3, 4) if len(name) >= size]


#: The runs of neighbours whose shapes are seen together.
_RUNS = ((-1, 0), (0, 1), (-1, 1), (-2, 0), (0, 2), (-2, 2))

#: What a tagger looks at: `words`, for the languages that it was trained on; what is `shared`, for others.
FeatureSet = Literal["words", "shared"]
FEATURES: Mapping[FeatureSet, Callable[[Sequence[str]], list[list[str]]]] = MappingProxyType({"words": features, "shared": shared})
