"""The protocol's section 5 written out slowly, span by span: what the fast code is held against."""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple


class Entity(NamedTuple):
    """An entity of one sentence."""

    start: int
    end: int
    type: str


def overlap(a: Entity, b: Entity) -> int:
    return max(0, min(a.end, b.end) - max(a.start, b.start))


def match(gold: list[Entity], predicted: list[Entity]) -> dict[int, int]:
    """Prediction to gold, one to one, greedy in the protocol's order."""
    pairs = [(g, p) for g in range(len(gold)) for p in range(len(predicted)) if overlap(gold[g], predicted[p])]

    def order(pair: tuple[int, int]) -> tuple[bool, int, int, int, int]:
        g, p = gold[pair[0]], predicted[pair[1]]
        exact = g[:2] == p[:2]
        return (not exact, -overlap(g, p), abs(g.start - p.start) + abs(g.end - p.end), g.start, p.start)

    matched: dict[int, int] = {}
    for g, p in sorted(pairs, key=order):
        if p not in matched and g not in matched.values():
            matched[p] = g
    return matched


def classes(gold: list[Entity], predicted: list[Entity]) -> Counter[str]:
    """The class of every prediction, and the missed gold entities."""
    matched = match(gold, predicted)
    found = Counter(missed=len(gold) - len(matched))
    for index, entity in enumerate(predicted):
        found[_class(index, entity, gold, predicted, matched)] += 1
    return +found


def _class(index: int, entity: Entity, gold: list[Entity], predicted: list[Entity], matched: dict[int, int]) -> str:
    touched = [other for other in gold if overlap(entity, other)]
    if entity in gold:
        return "exact"
    if any(entity[:2] == other[:2] for other in gold):
        return "type"
    if len(touched) > 1:
        return "merge"
    inside = touched and touched[0].start <= entity.start and entity.end <= touched[0].end
    if inside and sum(overlap(other, touched[0]) > 0 for other in predicted) > 1:
        return "split"
    if not touched:
        return "spurious"
    if index not in matched:
        return "crossing"
    other = gold[matched[index]]
    left = "left-over" if entity.start < other.start else "left-under" if entity.start > other.start else ""
    right = "right-over" if entity.end > other.end else "right-under" if entity.end < other.end else ""
    return "+".join(filter(None, (left, right)))


def prf(correct: int, predicted: int, gold: int, recalled: int | None = None) -> tuple[float | None, float | None, float | None]:
    recalled = correct if recalled is None else recalled
    precision = correct / predicted if predicted else (0.0 if gold else None)
    recall = recalled / gold if gold else None
    if not predicted and not gold:
        return None, None, None
    f1 = 2 * precision * recall / (precision + recall) if precision and recall else 0.0
    return precision, recall, f1


def buckets(gold: list[list[Entity]], predicted: list[list[Entity]], of: Callable[[int, Entity], object]) -> dict[object, tuple]:
    """(gold, predicted, boundary P/R/F1, typed P/R/F1) of the spans that `of` (sentence, entity) puts into each bucket."""
    g = [(i, e) for i, sentence in enumerate(gold) for e in sentence]
    p = [(i, e) for i, sentence in enumerate(predicted) for e in sentence]
    found = {}
    for name in {of(*item) for item in g + p}:
        mine_g, mine_p = ([item for item in side if of(*item) == name] for side in (g, p))
        right = [(i, e) for i, e in mine_p if any(i == j and e[:2] == f[:2] for j, f in g)]
        recalled = [(i, e) for i, e in mine_g if any(i == j and e[:2] == f[:2] for j, f in p)]
        typed = [item for item in mine_p if item in g]
        typed_recalled = [item for item in mine_g if item in p]
        found[name] = (
            len(mine_g),
            len(mine_p),
            prf(len(right), len(mine_p), len(mine_g), len(recalled)),
            prf(len(typed), len(mine_p), len(mine_g), len(typed_recalled)),
        )
    return found


def sides(gold: list[list[Entity]], predicted: list[list[Entity]], side: int) -> tuple[float | None, float | None, float | None]:
    """Precision, recall and F1 of start (0) or end (1) positions, as sets."""
    g, p = ({(i, e[side]) for i, sentence in enumerate(spans) for e in sentence} for spans in (gold, predicted))
    return prf(len(g & p), len(p), len(g))


def conditional(gold: list[list[Entity]], predicted: list[list[Entity]]) -> float | None:
    """Exact predictions of those that overlap gold."""
    touching = [(i, e) for i, sentence in enumerate(predicted) for e in sentence if any(overlap(e, other) for other in gold[i])]
    exact = [(i, e) for i, e in touching if any(e[:2] == other[:2] for other in gold[i])]
    return len(exact) / len(touching) if touching else None
