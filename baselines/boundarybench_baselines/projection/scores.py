"""Published scores of an entity against a candidate span: from word links, from a tagger that reads the target, from a translation model.

Formulas: Shkalikov 2024 (thesis, sections on scores) and its code where the two differ; `coverage` is the bounded form of the first.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from boundarybench.schemes import Span

from .candidates import Candidate

#: How likely each string is the translation of the other, in [0, 1]: one number per (entity text, candidate text). Models fill it.
TranslationScorer = Callable[[Sequence[tuple[str, str]]], Sequence[float]]


def alignment(entity: Span, candidate: Candidate, linked: Sequence[frozenset[int]]) -> float:
    """The published alignment score: 2 * links / (words of the entity + words of the candidate).

    The factor 2 is in the published code, not in the thesis' formula. 1 for a perfect one-to-one match; many-to-many links exceed it,
    up to 2 n m / (n + m).

    Args:
        entity: source words.
        candidate: target words.
        linked: the target words that each source word is linked to, one set per source word.
    """
    start, end = candidate
    links = sum(start <= word < end for words in linked[entity.start : entity.end] for word in words)
    return 2 * links / (entity.end - entity.start + end - start)


def coverage(entity: Span, candidate: Candidate, linked: Sequence[frozenset[int]]) -> float:
    """The bounded form: the share of the words of both sides that have a link to the other side, in [0, 1]."""
    start, end = candidate
    sources = 0
    targets: set[int] = set()
    for words in linked[entity.start : entity.end]:
        inside = {word for word in words if start <= word < end}
        sources += bool(inside)
        targets |= inside
    return (sources + len(targets)) / (entity.end - entity.start + end - start)


class TaggerScores:
    """What a tagger that reads the target sentence says of a span: at best 1.15 ** (words - 1), so `normalised` before it is added up.

    c = (q[first word, B-type] + sum of q[later word, I-type]) / words, times alpha ** (words - 1) where the tagger's best labels over
    the span are exactly B-type, I-type, ... (the published code's condition; the thesis' formula has none).
    """

    def __init__(
        self, marginals: NDArray[np.float64], labels: Sequence[str], *, iob1: bool = False, alpha: float = 1.15, threshold: float = 0.05
    ) -> None:
        """Take a sentence's label probabilities.

        Args:
            marginals: shape (words, labels).
            labels: what the columns stand for. Where a type has no `B-` label, or no `I-` label, the other one stands in for it.
            iob1: the tagger writes `B-` only between two entities of a type, so that the first word may bear either label: both count.
            alpha: the factor for each further word, 1.15 as published.
            threshold: scores up to it become 0, 0.05 as published.
        """
        self.types = sorted({label[2:] for label in labels if label != "O"})
        self._alpha, self._threshold = alpha, threshold
        column = {label: marginals[:, index] for index, label in enumerate(labels)}
        nothing = np.zeros(len(marginals))
        begin = {type_: column.get(f"B-{type_}", nothing) for type_ in self.types}
        inside = {type_: column.get(f"I-{type_}", nothing) for type_ in self.types}
        both = {type_ for type_ in self.types if iob1 or f"B-{type_}" not in column}
        self._first = {type_: begin[type_] + inside[type_] if type_ in both else begin[type_] for type_ in self.types}
        self._later = {type_: inside[type_] if f"I-{type_}" in column else begin[type_] for type_ in self.types}
        self._best = [labels[index] for index in marginals.argmax(axis=1).tolist()]
        self._starts = {f"B-{type_}" for type_ in self.types} | {f"I-{type_}" for type_ in both}

    def of_type(self, type_: str, candidate: Candidate) -> float:
        """The score for entities of one type; 0 for a type that the tagger does not know."""
        if type_ not in self._first:
            return 0.0
        start, end = candidate
        words = end - start
        score = float(self._first[type_][start] + self._later[type_][start + 1 : end].sum()) / words
        if self._is_entity(type_, start, end):
            score *= self._alpha ** (words - 1)
        return score if score > self._threshold else 0.0

    def of_any_type(self, candidate: Candidate, types: Sequence[str]) -> float:
        """The class-agnostic score: the best over `types`."""
        return max((self.of_type(type_, candidate) for type_ in types), default=0.0)

    def _is_entity(self, type_: str, start: int, end: int) -> bool:
        first, later = self._best[start], self._best[start + 1 : end]
        return first in self._starts and first[2:] == type_ and all(label == f"I-{type_}" for label in later)


def normalised(score: float, greatest: float) -> float:
    """A score as a share of the greatest that it can be (or that occurs in the sentence), so that weights mean what they say."""
    return min(score / greatest, 1.0) if greatest > 0 else 0.0


def above(score: float, threshold: float) -> float:
    """`score`, or 0 where it is not above `threshold`: 0.1 for the published translation score."""
    return score if score > threshold else 0.0
