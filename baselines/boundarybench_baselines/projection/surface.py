"""Where an entity may have gone, judged by links and by what the words look like; and how well each such span fits.

Names are often copied, or spelt alike, and in scripts with case they are capitalised on both sides. This finds ends of names that an
aligner misses, and doubts links that lead to the words around them. Nothing here is specific to a language; in a script without case
the terms on case say nothing.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.distance import Indel

from boundarybench.schemes import Span

from .candidates import Candidate, between
from .pair import SentencePair, words_of

#: Words are alike from this similarity on: two thirds of the letters, about. Stated, not tuned.
LEAST_SIMILARITY = 0.6
#: Shorter words are alike only if they are the same.
_LEAST_LETTERS = 3


class Terms(NamedTuple):
    """How well a candidate fits an entity: each term in [0, 1], 1 is best.

    A target word is *evident* if it is linked to the entity; or if it is like one of its words, and not linked to another word that it is
    as much like.
    """

    coverage: float  # words of both sides that have a linked, or similar, word on the other
    exclusive: float  # words of the span that are not linked to other words only
    similarity: float  # how alike the words of the two sides are: each word's best, 0 where not alike
    evident_ends: float  # first and last word that are evident
    cased_ends: float  # first and last word that are not lower case or punctuation, where the entity is capitalised
    closed: float  # neighbours on either side that are not evident
    isolated: float  # sides on which neither of the next two words is evident and could be an end: names merge across a gap of one
    case_closed: float  # neighbours that are not capitalised, free words; the rarer capitals are in the sentence, the more it counts


@dataclass(frozen=True, slots=True)
class _Target:
    """What the target words are, for all entities of the sentence."""

    words: tuple[str, ...]
    lowered: tuple[str, ...]
    upper: tuple[bool, ...]
    plain: tuple[bool, ...]  # lower case or punctuation
    sources: tuple[frozenset[int], ...]  # the source words that each is linked to
    rarity: float  # 1 where no other word than the entities' is capitalised


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What links one entity to the target words: one element per target word."""

    entity: Span
    alike: tuple[tuple[float, ...], ...]  # similarity of each of its words (outer) with each target word
    best: tuple[float, ...]  # the greatest of these
    evident: tuple[bool, ...]
    foreign: tuple[bool, ...]  # linked, but not to this entity
    capitalised: bool
    plain: tuple[bool, ...]  # too plain for an end: lower case or punctuation, where the entity is capitalised

    def is_end(self, word: int) -> bool:
        """Whether a word, which may stand outside the sentence, could be an end of the name."""
        return 0 <= word < len(self.evident) and self.evident[word] and not self.plain[word]


def terms(pair: SentencePair, max_words: int) -> list[tuple[int, Candidate, Terms]]:
    """The candidates of every entity with their terms: (position of the entity, span, terms).

    A span's ends are evident words, or capitalised words beside one that nothing else is linked to; it holds an evident word and
    at most `max_words` words.
    """
    linked = pair.linked()
    target = _target(pair)
    found = []
    for index, entity in enumerate(pair.entities):
        evidence = _evidence(pair.source, entity, linked, target)
        found += [
            (index, candidate, _terms(candidate, evidence, linked, target))
            for candidate in between(_ends(evidence, target), max_words)
            if any(evidence.evident[candidate[0] : candidate[1]])
        ]
    return found


@lru_cache(1 << 16)
def similarity(one: str, other: str) -> float:
    """How alike two lower-cased words are: normalised Indel similarity (2 * common subsequence / letters of both), 0 below 0.6."""
    if one == other:
        return 1.0
    if len(one) < _LEAST_LETTERS or len(other) < _LEAST_LETTERS:
        return 0.0
    alike = Indel.normalized_similarity(one, other)
    return alike if alike >= LEAST_SIMILARITY else 0.0


def _target(pair: SentencePair) -> _Target:
    sources: list[set[int]] = [set() for _ in pair.target]
    for source, word in pair.links:
        sources[word].add(source)
    upper = tuple(word[:1].isupper() or word[:1].istitle() for word in pair.target)
    punctuation = tuple(_is_punctuation(word) for word in pair.target)
    plain = tuple(mark or word[:1].islower() for word, mark in zip(pair.target, punctuation, strict=True))
    named = {word for entity in pair.entities for word in range(entity.start, entity.end)}
    # The first word of a sentence is capitalised whatever it is.
    others = [up for up, mark, words in list(zip(upper, punctuation, sources, strict=True))[1:] if not mark and not words & named]
    rarity = 1 - (sum(others) + 0.5) / (len(others) + 2)
    lowered = tuple(word.lower() for word in pair.target)
    return _Target(pair.target, lowered, upper, plain, tuple(map(frozenset, sources)), rarity)


def _is_punctuation(word: str) -> bool:
    return all(unicodedata.category(character)[0] in "PS" for character in word)


def _evidence(source: Sequence[str], entity: Span, linked: Sequence[frozenset[int]], target: _Target) -> _Evidence:
    words = source[entity.start : entity.end]
    nothing = (0.0,) * len(target.words)
    alike = tuple(
        nothing if _is_punctuation(word) else tuple(similarity(lowered, other) for other in target.lowered)
        for word, lowered in ((word, word.lower()) for word in words)
    )
    best = tuple(map(max, zip(*alike, strict=True)))
    own = words_of(entity, linked)
    evident = tuple(
        word in own or (best[word] > 0 and not _renders_another(word, best[word], source, target)) for word in range(len(target.words))
    )
    foreign = tuple(bool(sources) and word not in own for word, sources in enumerate(target.sources))
    capitalised = any(word[:1].isupper() or word[:1].istitle() for word in words)
    plain = target.plain if capitalised else (False,) * len(target.words)
    return _Evidence(entity, alike, best, evident, foreign, capitalised, plain)


def _renders_another(word: int, likeness: float, source: Sequence[str], target: _Target) -> bool:
    """Whether a word that is not linked to the entity is linked to a source word that it is at least as like: a name may occur twice."""
    return any(similarity(source[other].lower(), target.lowered[word]) >= likeness for other in target.sources[word])


def _ends(evidence: _Evidence, target: _Target) -> list[int]:
    evident = [word for word, it_is in enumerate(evidence.evident) if it_is]
    beside = {word + step for word in evident for step in (-1, 1)} if evidence.capitalised else set()
    free = [word for word in beside if 0 <= word < len(target.words) and target.upper[word] and not evidence.foreign[word]]
    return [*evident, *free]


def _terms(candidate: Candidate, evidence: _Evidence, linked: Sequence[frozenset[int]], target: _Target) -> Terms:
    start, end = candidate
    entity = evidence.entity
    both = entity.end - entity.start + end - start
    span = range(start, end)
    alike = [max(row[start:end]) for row in evidence.alike]
    reached = sum(like > 0 or any(start <= word < end for word in linked[word_]) for word_, like in enumerate(alike, entity.start))
    ends, neighbours = (start, end - 1), (start - 1, end)
    inside = [word for word in neighbours if 0 <= word < len(target.words)]
    return Terms(
        coverage=(sum(evidence.evident[start:end]) + reached) / both,
        exclusive=1 - sum(evidence.foreign[start:end]) / len(span),
        similarity=(sum(evidence.best[start:end]) + sum(alike)) / both,
        evident_ends=sum(evidence.evident[word] for word in ends) / 2,
        cased_ends=sum(not evidence.plain[word] for word in ends) / 2,
        closed=1 - sum(evidence.evident[word] for word in inside) / 2,
        isolated=1 - (any(map(evidence.is_end, (start - 2, start - 1))) + any(map(evidence.is_end, (end, end + 1)))) / 2,
        case_closed=1 - target.rarity * sum(_goes_on(word, evidence, target) for word in inside) / 2,
    )


def _goes_on(word: int, evidence: _Evidence, target: _Target) -> bool:
    """Whether a neighbour looks like a part of the name that no link leads to."""
    free = not evidence.evident[word] and not evidence.foreign[word]
    return evidence.capitalised and free and word > 0 and target.upper[word]
