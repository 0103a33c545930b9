"""Features of words for the CRF tagger: the word, its affixes and its shape, and those of its neighbours."""

import re
from collections.abc import Sequence
from functools import lru_cache

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
