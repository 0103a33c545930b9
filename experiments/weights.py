"""Weights of the recommended method, learnt on dev sentences.

Each entity chooses one of its candidates or none: a conditional logit over the terms of `projection.surface`, the right choice being the
candidate that is a gold entity. Weights are kept from being negative, so that each term can only speak for what it measures.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from boundarybench_baselines.projection.pair import SentencePair
from boundarybench_baselines.projection.surface import Terms, terms

from .corpora import Item

#: Penalty on squared weights: weak, there are thousands of choices for seven weights.
_L2 = 1.0


class Fitted(NamedTuple):
    """Non-negative weights of the terms, and the constant: a candidate with w . terms + constant above 0 is likelier than no span."""

    weights: tuple[float, ...]
    constant: float

    def offset(self, log_odds: float) -> float:
        """The abstention offset, on scores divided by the sum of weights, of candidates with these log-odds against no span."""
        return (log_odds - self.constant) / sum(self.weights)


class Choices(NamedTuple):
    """All candidates of all entities, those of one entity in a row."""

    terms: NDArray[np.float64]  # (candidates, terms)
    right: NDArray[np.bool_]  # (candidates,)
    entity: NDArray[np.int64]  # (candidates,)
    first: NDArray[np.int64]  # (entities,): where each entity's candidates begin


def fit(sets: Iterable[Choices]) -> Fitted:
    """The weights that make the right choices likeliest over all `sets` (L-BFGS-B, as scipy has it)."""
    pooled = _together(list(sets))
    size = len(Terms._fields)
    bounds = [(0.0, None)] * size + [(None, None)]
    start = np.append(np.full(size, 0.5), -3.0)
    answer = minimize(_loss, start, args=(pooled,), jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 500})
    return Fitted(tuple(answer.x[:size].tolist()), float(answer.x[size]))


def choices(sentences: Iterable[tuple[Item, SentencePair]], max_words: int) -> Choices:
    """What the entities of some sentences can choose from, candidates of up to `max_words` words."""
    rows: list[Sequence[float]] = []
    right, entities = [], []
    seen = 0
    for item, pair in sentences:
        gold = {(span.start, span.end) for span in item.gold}
        found = terms(pair, max_words)
        for index, candidate, values in found:
            rows.append(values)
            right.append(candidate in gold)
            entities.append(seen + index)
        seen += len(pair.entities)
    entity = np.unique(np.array(entities), return_inverse=True)[1]
    return Choices(np.array(rows), np.array(right), entity, np.searchsorted(entity, np.arange(entity.max() + 1)))


def _together(sets: Sequence[Choices]) -> Choices:
    entities = np.cumsum([0, *(len(each.first) for each in sets)])
    candidates = np.cumsum([0, *(len(each.right) for each in sets)])
    return Choices(
        np.concatenate([each.terms for each in sets]),
        np.concatenate([each.right for each in sets]),
        np.concatenate([each.entity + before for each, before in zip(sets, entities, strict=False)]),
        np.concatenate([each.first + before for each, before in zip(sets, candidates, strict=False)]),
    )


def _loss(parameters: NDArray[np.float64], choices: Choices) -> tuple[float, NDArray[np.float64]]:
    """Negative log-likelihood and its gradient; choosing no span has the score 0."""
    weights, constant = parameters[:-1], parameters[-1]
    scores = choices.terms @ weights + constant
    shift = np.maximum(np.maximum.reduceat(scores, choices.first), 0)
    odds, none = np.exp(scores - shift[choices.entity]), np.exp(-shift)
    everything = np.add.reduceat(odds, choices.first) + none
    right = np.add.reduceat(odds * choices.right, choices.first)
    has_right = right > 0
    likelihood = np.where(has_right, right, none) / everything
    wanted = odds * choices.right / np.where(has_right, right, 1)[choices.entity]
    slope = odds / everything[choices.entity] - wanted
    gradient = np.append(choices.terms.T @ slope + _L2 * weights, slope.sum())
    return float(-np.log(likelihood).sum() + _L2 * (weights @ weights) / 2), gradient
