"""Word-by-word translation by a bilingual lexicon, for languages without a translation model (Mayhew et al. 2017, "Cheap Translation").

Going from left to right the longest phrase that the lexicon has is replaced by its best translation; a word that it does not have stays as
it is, which is right for most names. The links are known: they are what was replaced by what.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from boundarybench.columns import read_text
from boundarybench.errors import DataError

from ..alignment.links import Link, Links, comparable


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Target phrases, in lower case and normal form C, and the English words of each; `longest` is the most words of a phrase."""

    entries: Mapping[tuple[str, ...], tuple[str, ...]]
    longest: int


@dataclass(frozen=True, slots=True)
class Gloss:
    """English words, and their links to the target words: (English position, target position)."""

    words: tuple[str, ...]
    links: Links


def read(path: Path) -> Lexicon:
    """A lexicon file: `target phrase<TAB>English phrase`, maybe `<TAB>weight`, a line per entry.

    Of several translations the one with the greatest weight is taken, of equals the first. Without a weight an entry has 1.

    Raises:
        UsageError: there is no such file.
        DataError: it is not UTF-8, or has lines that are no entries; all are named.
    """
    best: dict[tuple[str, ...], tuple[float, tuple[str, ...]]] = {}
    wrong = []
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if not line.strip():
            continue
        entry = _entry(line.removesuffix("\r"))
        if isinstance(entry, str):
            wrong.append(f"{path}:{number}: bad-entry: {entry}")
            continue
        phrase, english, weight = entry
        if phrase not in best or weight > best[phrase][0]:
            best[phrase] = (weight, english)
    if wrong or not best:
        raise DataError("\n".join(wrong) or f"{path}: no-entries: a lexicon needs `target phrase<TAB>English phrase` lines")
    return Lexicon({phrase: english for phrase, (_, english) in best.items()}, max(map(len, best)))


def translate(words: Sequence[str], lexicon: Lexicon) -> Gloss:
    """The English of a target sentence, word by word; a translation is capitalised as the words that it replaces."""
    known = [comparable(word) for word in words]
    english: list[str] = []
    links: set[Link] = set()
    place = 0
    while place < len(words):
        size = next(
            (n for n in range(min(lexicon.longest, len(words) - place), 0, -1) if tuple(known[place : place + n]) in lexicon.entries), 0
        )
        found = lexicon.entries[tuple(known[place : place + size])] if size else (words[place],)
        replaced = range(place, place + max(size, 1))
        links |= {Link(len(english) + new, old) for new in range(len(found)) for old in replaced}
        english += _cased(found, words[place]) if size else found
        place = replaced.stop
    return Gloss(tuple(english), frozenset(links))


def _cased(english: Sequence[str], word: str) -> list[str]:
    """Capitals where the target word has them: all of it, or its first letter; a lexicon is often in lower case."""
    if len(word) > 1 and word.isupper():
        return [each.upper() for each in english]
    if word[:1].isupper():
        return [each[:1].upper() + each[1:] for each in english]
    return list(english)


def _entry(line: str) -> tuple[tuple[str, ...], tuple[str, ...], float] | str:
    """Phrase, English and weight; or what is wrong with the line."""
    fields = line.split("\t")
    if len(fields) not in (2, 3):
        return f"{len(fields)} columns; write `target phrase<TAB>English phrase` and maybe `<TAB>weight`"
    phrase, english = tuple(map(comparable, fields[0].split())), tuple(fields[1].split())
    if not phrase or not english:
        return "an empty phrase; write words on both sides"
    try:
        weight = float(fields[2]) if len(fields) == 3 else 1.0
    except ValueError:
        return f"the weight {fields[2][:40]!r} is not a number"
    return (phrase, english, weight) if math.isfinite(weight) else f"the weight {fields[2]!r} is not finite"
