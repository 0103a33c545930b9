"""Lexica for word-by-word translation, learnt from parallel text; stored as places in it, since their words may not be shipped.

An entry is the target word most often linked to one short source phrase. What is stored of it is one place where both stand: the number
of the line in the parallel file, the target word's position, and the source phrase's start and length. With the file at hand a lexicon
comes back byte for byte; without it nothing can be read.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import NamedTuple

from boundarybench import atomic
from boundarybench.errors import DataError
from boundarybench_baselines.alignment import stored_links
from boundarybench_baselines.alignment.links import WordPair, comparable
from boundarybench_baselines.alignment.statistical import Directions
from boundarybench_baselines.alignment.symmetrise import Choice, symmetrise
from boundarybench_baselines.translation.gloss import Lexicon

from . import parallel_text
from .parallel_text import Pair

STORE = Path(__file__).parent / "data" / "lexica"


class LexiconSettings(NamedTuple):
    """How a lexicon is learnt: which links count, how many words a source phrase may have, how often it must have been seen."""

    links: Choice
    longest: int
    least: int


#: What was tried, and what was taken (lexicon_choice.py).
_LINKS: tuple[Choice, ...] = ("intersection", "grow-diag-final-and", "union")
GRID = [LexiconSettings(*each) for each in product(_LINKS, (1, 3), (1, 2))]
CHOSEN = LexiconSettings("union", 3, 1)


class Place(NamedTuple):
    """Where an entry stands: a line of the parallel file, the target word, and the source phrase (start, length)."""

    line: int
    target: int
    start: int
    length: int


def learn(pairs: Sequence[Pair], words: Sequence[WordPair], links: Sequence[Directions], settings: LexiconSettings) -> list[Place]:
    """The entries of a lexicon, by where they stand, in the order of the parallel file."""
    seen: dict[str, Counter[tuple[str, ...]]] = {}
    places: dict[tuple[str, tuple[str, ...]], dict[tuple[str, ...], list[Place]]] = {}
    for pair, (source, target), both in zip(pairs, words, links, strict=True):
        linked: dict[int, list[int]] = {}
        for link in symmetrise(*both, settings.links):
            linked.setdefault(link.target, []).append(link.source)
        for position, sources in sorted(linked.items()):
            start, length = min(sources), max(sources) + 1 - min(sources)
            if length != len(sources) or length > settings.longest or not _is_word(target[position]):
                continue
            form = tuple(source[start : start + length])
            word, phrase = comparable(target[position]), tuple(map(comparable, form))
            seen.setdefault(word, Counter())[phrase] += 1
            places.setdefault((word, phrase), {}).setdefault(form, []).append(Place(pair.line, position, start, length))
    found = []
    for word, phrases in seen.items():
        phrase, count = phrases.most_common(1)[0]
        if count >= settings.least:
            # The commonest way to write it; of places, one inside a sentence, where capitals mean something.
            forms = places[word, phrase].values()
            found.append(max(forms, key=lambda each: (sum(place.start > 0 for place in each), len(each)))[0])
    return sorted(found)


def lexicon(places: Iterable[Place], words: Mapping[int, WordPair]) -> Lexicon:
    """The lexicon, from the words of both sides of each line."""
    entries: dict[tuple[str, ...], tuple[str, ...]] = {(comparable(word),): phrase for word, phrase in _entries(places, words)}
    return Lexicon(entries, 1)


def store(lang: str, places: Sequence[Place]) -> None:
    """Keep the places of a language's lexicon."""
    stored_links.write(STORE / lang, "".join(" ".join(map(str, place)) + "\n" for place in places))


def stored(lang: str) -> list[Place]:
    """The places of a language's lexicon. Raises UsageError where it is not stored, DataError where it is damaged."""
    return [Place(*map(int, line.split(" "))) for line in stored_links.read(STORE / lang).split("\n")[:-1]]


def restore(data: Path, lang: str, path: Path) -> None:
    """Write a language's lexicon to `path`, as `gloss.read` takes it.

    Raises:
        UsageError: it is not stored, or there is no parallel text.
        DataError: the parallel text is not that which it was learnt from.
    """
    places = stored(lang)
    wanted = {place.line for place in places}
    words = {pair.line: pair.words(lang) for pair in parallel_text.pairs(data, lang) if pair.line in wanted}
    try:
        lines = [f"{word}\t{' '.join(phrase)}\n" for word, phrase in _entries(places, words)]
    except LookupError:
        raise DataError(f"{data / 'parallel'}: the text of {lang} is not that which the lexicon was learnt from") from None
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.write_bytes(path, "".join(lines).encode())


def _entries(places: Iterable[Place], words: Mapping[int, WordPair]) -> list[tuple[str, tuple[str, ...]]]:
    found = []
    for place in places:
        source, target = words[place.line]
        if place.start + place.length > len(source):
            raise IndexError(place.start)
        found.append((target[place.target], tuple(source[place.start : place.start + place.length])))
    return found


def _is_word(word: str) -> bool:
    """Punctuation and numbers stay as they are."""
    return any(character.isalpha() for character in word)
