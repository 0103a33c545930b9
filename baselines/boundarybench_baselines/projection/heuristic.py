"""The published heuristic: an entity goes to the runs of target words that its words are linked to.

Politov et al. 2025 (arXiv 2501.18750) and Shkalikov 2024; the definition is theirs, the errors of their code are not: with a limit on
spans the longest are kept (not the shortest), and a span that collides with words already labelled is skipped whole.
"""

from collections.abc import Sequence

from boundarybench.schemes import Span

from ..alignment.links import Links
from .outcome import Fate, Landing
from .settings import HeuristicSettings


def project(entities: Sequence[Span], links: Links, length: int, settings: HeuristicSettings) -> list[Landing]:
    """Project `entities` over `links` to a target sentence of `length` words; one landing per entity, in their order."""
    linked: dict[int, set[int]] = {}
    for source, target in links:
        linked.setdefault(source, set()).add(target)
    owner: list[int | None] = [None] * length
    landings: dict[int, Landing] = {}
    for index in _claim_order(entities, settings.order):
        spans = _spans(entities[index], linked, settings)
        kept = _long_enough(spans, entities[index], settings)
        landings[index] = _land(index, spans, kept, owner)
    return [landings[index] for index in range(len(entities))]


def _claim_order(entities: Sequence[Span], order: str) -> list[int]:
    indices = list(range(len(entities)))
    if order == "longest":
        indices.sort(key=lambda index: entities[index].start - entities[index].end)
    return indices


def _spans(entity: Span, linked: dict[int, set[int]], settings: HeuristicSettings) -> list[tuple[int, int]]:
    marked = sorted(set().union(*(linked.get(word, ()) for word in range(entity.start, entity.end))))
    first_word = linked.get(entity.start, set()) if settings.only_inside else set()
    spans: list[tuple[int, int]] = []
    for start, end in _runs(marked):
        near = bool(spans) and start - spans[-1][1] <= settings.merge_distance
        if near and start not in first_word:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def _runs(marked: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for word in marked:
        if runs and runs[-1][1] == word:
            runs[-1] = (runs[-1][0], word + 1)
        else:
            runs.append((word, word + 1))
    return runs


def _long_enough(spans: list[tuple[int, int]], entity: Span, settings: HeuristicSettings) -> list[tuple[int, int]]:
    if settings.length_ratio is not None:
        words = entity.end - entity.start
        spans = [(start, end) for start, end in spans if (end - start) / words > settings.length_ratio]
    if settings.max_spans is not None:
        spans = sorted(sorted(spans, key=lambda span: (span[0] - span[1], span[0]))[: settings.max_spans])
    return spans


def _land(index: int, spans: list[tuple[int, int]], kept: list[tuple[int, int]], owner: list[int | None]) -> Landing:
    if not spans:
        return Landing(Fate.NO_LINK)
    if not kept:
        return Landing(Fate.BELOW_THRESHOLD)
    free, holders = [], set()
    for start, end in kept:
        others = {holder for holder in owner[start:end] if holder is not None}
        if others:
            holders |= others
        else:
            owner[start:end] = [index] * (end - start)
            free.append((start, end))
    if not free:
        return Landing(Fate.LOST, lost_to=tuple(sorted(holders)))
    return Landing(Fate.PROJECTED, tuple(free), lost_to=tuple(sorted(holders)))
