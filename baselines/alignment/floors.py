"""Two aligners that need no training: the floor that any other has to beat."""

from collections.abc import Sequence

from rapidfuzz.distance import Indel

from .links import Link, Links

#: Words are linked from this similarity on. Stated, not tuned.
LEAST_SIMILARITY = 0.6


def monotone(source: Sequence[str], target: Sequence[str]) -> Links:
    """Link each word of the longer side to the word at the same relative place of the other."""
    longer = max(len(source), len(target))
    if not source or not target:
        return frozenset()
    return frozenset(Link(place * len(source) // longer, place * len(target) // longer) for place in range(longer))


def similar(source: Sequence[str], target: Sequence[str]) -> Links:
    """Link words that are each other's most similar one (normalised Indel similarity, lower-cased, at least 0.6).

    Of equally similar words the one nearest to the same relative place is taken, so that a name that occurs twice is linked in order.
    """
    if not source or not target:
        return frozenset()
    scores = [
        [(_similarity(one, other), -abs(row / len(source) - column / len(target))) for column, other in enumerate(target)]
        for row, one in enumerate(source)
    ]
    columns = list(zip(*scores, strict=True))
    links = set()
    for row, line in enumerate(scores):
        column = line.index(max(line))
        if line[column][0] >= LEAST_SIMILARITY and columns[column].index(max(columns[column])) == row:
            links.add(Link(row, column))
    return frozenset(links)


def _similarity(one: str, other: str) -> float:
    return Indel.normalized_similarity(one.lower(), other.lower())
