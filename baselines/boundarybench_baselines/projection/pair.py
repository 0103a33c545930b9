"""The value that projection works on: a target sentence beside its translation, whose entities are known."""

from collections.abc import Sequence
from dataclasses import dataclass

from boundarybench.schemes import Span

from ..alignment.links import Links


@dataclass(frozen=True, slots=True)
class SentencePair:
    """A target sentence, its translation (the source side), the entities of the translation and the word links between them.

    `entities` are in the tagger's order: half-open word positions of `source`. Links are (source word, target word).
    """

    target: tuple[str, ...]
    source: tuple[str, ...]
    entities: tuple[Span, ...]
    links: Links

    def linked(self) -> list[frozenset[int]]:
        """The target words that each source word is linked to: one set per source word."""
        linked: list[set[int]] = [set() for _ in self.source]
        for source, target in self.links:
            linked[source].add(target)
        return [frozenset(words) for words in linked]


def words_of(entity: Span, linked: Sequence[frozenset[int]]) -> frozenset[int]:
    """The target words linked to any word of `entity`, where `linked` is `SentencePair.linked`."""
    return frozenset().union(*linked[entity.start : entity.end])
