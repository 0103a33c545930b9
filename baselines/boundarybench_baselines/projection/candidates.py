"""Candidate spans of a target sentence: where an entity may go. Spans are half-open word positions.

No extractor drops words silently: the published code removes every n-gram with `!` or `?` and so makes names that contain them unreachable.
"""

from collections.abc import Iterable, Sequence

from boundarybench.schemes import Span

Candidate = tuple[int, int]


def ngrams(length: int, max_words: int) -> list[Candidate]:
    """All spans of at most `max_words` words in a sentence of `length` words."""
    return [(start, end) for start in range(length) for end in range(start + 1, min(start + max_words, length) + 1)]


def of_tagger(spans: Iterable[Span]) -> list[Candidate]:
    """The spans that a tagger found in the target sentence; its types are not used."""
    return sorted({(span.start, span.end) for span in spans})


def between(ends: Iterable[int], max_words: int | None = None) -> list[Candidate]:
    """All spans whose first and last word are among `ends`.

    With `ends` the target words linked to an entity, these are its aligned sub-ranges, reduced: for alignment scores some optimal
    matching uses no other span. (Clip a span to the hull of its words that are linked to the entity: the links that count
    are all still there, the span is not longer, and it still overlaps nothing.) An entity with `a` linked words then has at most
    a(a + 1)/2 candidates.
    """
    words: Sequence[int] = sorted(set(ends))
    return [
        (first, last + 1)
        for position, first in enumerate(words)
        for last in words[position:]
        if max_words is None or last < first + max_words
    ]
