"""Random instances, and how a matching is compared."""

import random

from boundarybench_baselines.projection.matching.instance import Pair

#: Few values, so that ties are everywhere. Thirds are such that no power of two sums them exactly.
SCORES = (0.25, 0.5, 0.75, 1.0, 1 / 3, 2 / 3)


def instance(rng: random.Random, entities: int, words: int, pairs: int, longest: int = 4, *, ties: bool = True) -> list[Pair]:
    """At most `pairs` pairs; with `longest` 1 the spans are equal or disjoint."""
    spans = set()
    for _ in range(pairs):
        start = rng.randrange(words)
        spans.add((rng.randrange(entities), start, rng.randint(start + 1, min(words, start + longest))))
    return [Pair(*span, rng.choice(SCORES) if ties else rng.uniform(0.1, 1)) for span in sorted(spans)]


def small(rng: random.Random, pairs: int = 9) -> list[Pair]:
    """Within reach of brute force; a third of them assignments."""
    return instance(rng, rng.randint(1, 4), rng.randint(1, 8), rng.randint(0, pairs), rng.choice([1, 3, 4]))


def places(chosen):
    return sorted((pair.entity, pair.start, pair.end) for pair in chosen)


def with_margins(chosen, margins):
    return {(pair.entity, pair.start, pair.end): margin for pair, margin in zip(chosen, margins, strict=True)}
