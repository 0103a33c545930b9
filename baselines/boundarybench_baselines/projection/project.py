"""One sentence pair to its projection: candidates, scores, matching; or the heuristic."""

from collections.abc import Sequence

from . import heuristic, surface
from .candidates import Candidate, between, ngrams, of_tagger
from .fusion import Evidence, fused
from .matching import exact, greedy
from .matching.instance import Matching, Pair
from .outcome import Fate, Landing, Projection
from .pair import SentencePair, words_of
from .scores import alignment, coverage
from .settings import HeuristicSettings, MatchingSettings, Settings

_NOTHING_ELSE = Evidence()


def project(pair: SentencePair, settings: Settings, evidence: Evidence = _NOTHING_ELSE) -> Projection:
    """The entities of the source side in the target sentence."""
    if isinstance(settings, HeuristicSettings):
        landings = heuristic.project(pair.entities, pair.links, len(pair.target), settings)
        return Projection(pair.entities, tuple(landings), "heuristic")
    return match(pair, scored(pair, settings, evidence), settings)


def scored(pair: SentencePair, settings: MatchingSettings, evidence: Evidence = _NOTHING_ELSE) -> list[Pair]:
    """Every entity with its candidate spans, scored. Pairs that score 0 are left out."""
    if settings.score == "surface":
        return _by_surface(pair, settings)
    places = candidates(pair, settings, evidence)
    if settings.score == "fused":
        pairs = fused(pair, places, settings.weights, evidence, normalise=settings.normalise)
    else:
        score, linked = alignment if settings.score == "alignment" else coverage, pair.linked()
        pairs = [Pair(index, *span, score(pair.entities[index], span, linked)) for index, span in places]
    return [scored_pair for scored_pair in pairs if scored_pair.score > 0]


def candidates(pair: SentencePair, settings: MatchingSettings, evidence: Evidence) -> list[tuple[int, Candidate]]:
    """Every entity (its position) with each span that it may go to."""
    entities = range(len(pair.entities))
    if settings.candidates == "aligned":
        linked = pair.linked()
        return [(index, span) for index in entities for span in between(words_of(pair.entities[index], linked), settings.max_words)]
    everywhere = (
        of_tagger(evidence.spans) if settings.candidates == "tagger" else ngrams(len(pair.target), settings.max_words or len(pair.target))
    )
    return [(index, span) for index in entities for span in everywhere]


def match(pair: SentencePair, pairs: Sequence[Pair], settings: MatchingSettings) -> Projection:
    """Match scored pairs, from whatever candidates and scores, and say what became of each entity."""
    solve = exact.solve if settings.solver == "exact" else greedy.solve
    matching = solve(pairs, limit=settings.spans_per_entity, offset=settings.abstain)
    landings = tuple(_landing(index, pairs, matching, settings.abstain) for index in range(len(pair.entities)))
    return Projection(pair.entities, landings, matching.solver, matching.optimal, matching.objective, matching.margin)


def _by_surface(pair: SentencePair, settings: MatchingSettings) -> list[Pair]:
    weights = [settings.weights[name] for name in surface.Terms._fields]
    whole = sum(weights)
    return [
        Pair(index, *span, sum(weight * term for weight, term in zip(weights, terms, strict=True)) / whole)
        for index, span, terms in surface.terms(pair, settings.max_words or len(pair.target))
    ]


def _landing(index: int, pairs: Sequence[Pair], matching: Matching, offset: float) -> Landing:
    margins = matching.margins or [None] * len(matching.chosen)
    own = [(chosen, margin) for chosen, margin in zip(matching.chosen, margins, strict=True) if chosen.entity == index]
    if own:
        spans = tuple((chosen.start, chosen.end) for chosen, _ in own)
        # With several spans per entity the weakest is the one to doubt.
        weakest, margin = min(own, key=lambda item: item[0].score)
        return Landing(Fate.PROJECTED, spans, weakest.score, margin)
    wanted = max((pair for pair in pairs if pair.entity == index), key=lambda pair: (pair.score, pair.end - pair.start), default=None)
    if wanted is None:
        return Landing(Fate.NO_LINK)
    if wanted.score <= offset:
        return Landing(Fate.BELOW_THRESHOLD, score=wanted.score)
    holders = {chosen.entity for chosen in matching.chosen if chosen.start < wanted.end and wanted.start < chosen.end}
    return Landing(Fate.LOST, score=wanted.score, lost_to=tuple(sorted(holders)))
