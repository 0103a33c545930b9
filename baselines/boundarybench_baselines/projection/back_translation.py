"""Back-translation: the entities carried through a translation into the target language by brackets (Politov et al. 2025, "tgt2tgt").

The marked source sentence, and each entity alone, are translated back; a bracket group in the result is the entity whose own
translation it is most like. Published as a replacement of the source sentence (`replaced`), which loses every entity whose brackets or
likeness do not survive; as evidence beside the links (`with_evidence`) it can only add. Two errors of the published code are not
repeated: the most similar translation is taken, not the last one that is similar enough, and brackets are not compared.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from boundarybench.schemes import Span

from ..alignment.links import Links
from .candidates import Candidate, between
from .matching.instance import Pair
from .pair import SentencePair, words_of
from .scores import coverage

#: A bracket group is like a translation above this ratio of matching characters (strictly), as published.
LEAST_RATIO = 0.5

_GROUP = re.compile(r"\[(.*?)\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class BackTranslation:
    """A back-translated sentence: its words, where each source entity stands in it (None: lost), and its links to the target words."""

    words: tuple[str, ...]
    spans: tuple[Candidate | None, ...]
    links: Links

    def linked(self) -> list[frozenset[int]]:
        """The target words that each word is linked to."""
        return SentencePair((), self.words, (), self.links).linked()


def marked(words: Sequence[str], entities: Sequence[Span]) -> list[str]:
    """The words with `[` before and `]` after every entity, to be translated."""
    opening, closing = {entity.start for entity in entities}, {entity.end - 1 for entity in entities}
    found = []
    for place, word in enumerate(words):
        found += ["["] * (place in opening) + [word] + ["]"] * (place in closing)
    return found


def carry(
    text: str, translations: Sequence[str], split: Callable[[str], list[str]]
) -> tuple[tuple[str, ...], tuple[Candidate | None, ...]]:
    """The words of a back-translation, and the span of each entity in them.

    Args:
        text: the back-translation of the marked sentence.
        translations: the back-translation of each entity alone, in their order.
        split: splits target text into words.

    Returns:
        The words, and for each entity its half-open span among them, or None where no bracket group is like it. Groups that are like no
        entity stay in the text with their brackets, as published.
    """
    words: list[str] = []
    spans: list[Candidate | None] = [None] * len(translations)
    done = 0
    for group in _GROUP.finditer(text):
        inside = split(group[1])
        index = _most_similar(group[1], [each if span is None else None for each, span in zip(translations, spans, strict=True)])
        if index is None or not inside:
            continue
        words += split(text[done : group.start()])
        spans[index] = (len(words), len(words) + len(inside))
        words += inside
        done = group.end()
    return tuple(words + split(text[done:])), tuple(spans)


def replaced(pair: SentencePair, back: BackTranslation) -> SentencePair:
    """The published use: the back-translation and its links in place of the source sentence. Lost entities are gone."""
    both = zip(pair.entities, back.spans, strict=True)
    entities = tuple(Span(*span, entity.type) for entity, span in both if span is not None)
    return SentencePair(pair.target, back.words, entities, back.links)


def with_evidence(
    pair: SentencePair, scored: Sequence[Pair], back: BackTranslation, weight: float, max_words: int | None = None
) -> list[Pair]:
    """Scored pairs with the back-translation's word on each: (score + weight * coverage) / (1 + weight), both scores being in [0, 1].

    Spans that only the back-translation's links lead to are added: so an entity without a link still has candidates.
    """
    linked = back.linked()
    entities = [None if span is None else Span(*span, entity.type) for entity, span in zip(pair.entities, back.spans, strict=True)]
    scores = {(each.entity, each.start, each.end): each.score for each in scored}
    for index, entity in enumerate(entities):
        if entity is not None:
            for span in between(words_of(entity, linked), max_words):
                scores.setdefault((index, *span), 0.0)
    found = []
    for (index, start, end), score in scores.items():
        entity = entities[index]
        told = coverage(entity, (start, end), linked) if entity is not None else 0.0
        found.append(Pair(index, start, end, (score + weight * told) / (1 + weight)))
    return found


def _most_similar(text: str, translations: Sequence[str | None]) -> int | None:
    """The position of the translation most like `text`, of equals the first; None where none is like it. None entries are used up."""
    ratios = [
        (SequenceMatcher(None, text.strip().lower(), each.strip().lower()).ratio(), -index)
        for index, each in enumerate(translations)
        if each is not None
    ]
    ratio, index = max(ratios, default=(0.0, 0))
    return -index if ratio > LEAST_RATIO else None
