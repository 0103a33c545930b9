"""Scores added up: word links, a tagger that reads the target, a translation model (Shkalikov 2024, "fusion")."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from boundarybench.schemes import Span

from .candidates import Candidate
from .matching.instance import Pair
from .pair import SentencePair, words_of
from .scores import TaggerScores, above, alignment, coverage, normalised

#: What can be added up. `tagger` is the probability of the entity's own type, `tagger_spans` that of the most probable type.
TERMS = ("alignment", "coverage", "tagger", "tagger_spans", "translation")
#: Translation scores up to it become 0, as published.
TRANSLATION_THRESHOLD = 0.1


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a target sentence besides its word links.

    Attributes:
        tagger: what a tagger says of its spans.
        spans: the spans that the tagger finds.
        translation: per (entity, start, end), how likely they translate each other.
    """

    tagger: TaggerScores | None = None
    spans: tuple[Span, ...] = ()
    translation: Mapping[tuple[int, int, int], float] = field(default_factory=dict)


def fused(
    pair: SentencePair, candidates: Iterable[tuple[int, Candidate]], weights: Mapping[str, float], evidence: Evidence, *, normalise: bool
) -> list[Pair]:
    """(entity, span) pairs with the weighted sum of their terms; see `MatchingSettings` for `normalise`."""
    linked = pair.linked()
    wanted = [term for term in TERMS if weights.get(term, 0) > 0]
    places = list(candidates)
    columns: dict[str, list[float]] = {
        term: [_term(term, pair.entities, index, span, linked, evidence) for index, span in places] for term in wanted
    }
    whole = 1.0
    if normalise:
        # The published scores are not bounded: alignment by many-to-many links, a tagger's by its reward for length.
        columns = {term: [normalised(value, max(1.0, *values)) for value in values] for term, values in columns.items() if values}
        whole = sum(weights[term] for term in wanted)
    return [
        Pair(index, *span, sum(weights[term] * columns[term][row] for term in wanted) / whole) for row, (index, span) in enumerate(places)
    ]


def plausible(pair: SentencePair, places: Iterable[tuple[int, Candidate]], evidence: Evidence) -> list[tuple[int, Candidate]]:
    """Those (entity, span) pairs that a link or the tagger speaks for: what is worth asking a translation model about."""
    linked = pair.linked()
    words = [words_of(entity, linked) for entity in pair.entities]
    tagger = evidence.tagger
    return [
        (index, (start, end))
        for index, (start, end) in places
        if any(start <= word < end for word in words[index]) or (tagger is not None and tagger.of_any_type((start, end), tagger.types) > 0)
    ]


def _term(term: str, entities: Sequence[Span], index: int, span: Candidate, linked: Sequence[frozenset[int]], evidence: Evidence) -> float:
    entity = entities[index]
    if term == "alignment":
        return alignment(entity, span, linked)
    if term == "coverage":
        return coverage(entity, span, linked)
    if term == "translation":
        return above(evidence.translation.get((index, *span), 0.0), TRANSLATION_THRESHOLD)
    if evidence.tagger is None:
        raise ValueError(f"{term}: no tagger has read the target sentence")
    return evidence.tagger.of_type(entity.type, span) if term == "tagger" else evidence.tagger.of_any_type(span, evidence.tagger.types)
