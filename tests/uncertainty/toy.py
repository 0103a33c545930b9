"""Counts of invented systems on the same sentences: easy sentences are easy for both."""

from collections.abc import Sequence

import numpy as np


def systems(
    random: np.random.RandomState,
    sentences: int,
    skill: Sequence[float] = (0.0, 0.0),
    runs: Sequence[int] = (1, 1),
    luck: float = 0.0,
) -> list[np.ndarray]:
    """Counts (predicted, gold, exact, typed) of two systems, shape (runs, sentences, 4) each; `luck` is the spread of runs."""
    ease, gold = random.normal(size=sentences), random.poisson(1.3, sentences)
    found = []
    for level, count in zip(skill, runs, strict=True):
        right = 1 / (1 + np.exp(-(level + ease + luck * random.normal(size=(count, 1)))))
        exact = random.binomial(gold, right)
        predicted = exact + random.binomial(gold - exact, 0.6) + random.poisson(0.3, (count, sentences))
        found.append(np.stack([predicted, np.broadcast_to(gold, exact.shape), exact, random.binomial(exact, 0.9)], axis=2))
    return found
