"""Two aligners that need no training: the floor that any other has to beat."""

from collections.abc import Sequence

from rapidfuzz.distance import Indel

from .links import Link, Links, comparable

#: Words are linked from this similarity on. Stated, not tuned.
LEAST_SIMILARITY = 0.6


def monotone(source: Sequence[str], target: Sequence[str]) -> Links:
    """Link each word of the longer side to the word at the same relative place of the other."""
    longer = max(len(source), len(target))
    if not source or not target:
        return frozenset()
    return frozenset(Link(place * len(source) // longer, place * len(target) // longer) for place in range(longer))


def similar(source: Sequence[str], target: Sequence[str]) -> Links:
    """Link words that are each other's most similar one, if they are similar enough.

    Similarity is 2 * (longest common subsequence) / (length + length), in characters, of the words in lower case and normal form C:
    the normalised Indel similarity. Of equally similar words the one nearest to the same relative place is taken, so that a name that
    occurs twice is linked in order.
    """
    if not source or not target:
        return frozenset()
    ones, others = [comparable(word) for word in source], [comparable(word) for word in target]
    scores = [
        [(Indel.normalized_similarity(one, other), -abs(row / len(ones) - column / len(others))) for column, other in enumerate(others)]
        for row, one in enumerate(ones)
    ]
    columns = list(zip(*scores, strict=True))
    links = set()
    for row, line in enumerate(scores):
        column = line.index(max(line))
        if line[column][0] >= LEAST_SIMILARITY and columns[column].index(max(columns[column])) == row:
            links.add(Link(row, column))
    return frozenset(links)
