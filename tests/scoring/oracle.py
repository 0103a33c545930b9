"""The protocol's section 5 written out slowly, span by span: what the fast code is held against."""

from collections import Counter
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
