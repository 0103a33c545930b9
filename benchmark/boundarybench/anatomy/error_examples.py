"""The errors themselves: which spans of which sentence, and a choice among them that is the same every time.

The rule. Of each class, in each language: a sentence text is shown once before any is shown twice, and sentences come in the order
of a hash of their ids, which is as good as random and the same for every system and every limit. Over several languages, each
shows its first example before any shows its second.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b

import numpy as np

from ..gold.model import Gold
from ..scoring.anatomy import CLASSES, MISSED, classify
from ..scoring.pairing import Pairing
from ..spans import Spans, offsets, owners

#: All classes that have examples, in the order in which they are shown.
SHOWN = (*CLASSES, MISSED)
#: What is shown where nobody asks for a class.
ERRORS = tuple(name for name in SHOWN if name != "exact")


@dataclass(frozen=True, slots=True)
class ShownEntity:
    """A span of one sentence, half-open, in token positions of that sentence."""

    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True)
class ShownSentence:
    """A sentence with all its scored spans; `length` is in tokens, and `tokens` is null where the gold has only labels."""

    id: str
    length: int
    tokens: tuple[str, ...] | None
    gold: tuple[ShownEntity, ...]
    predicted: tuple[ShownEntity, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """One span in one class.

    Attributes:
        category: the class.
        gold, predicted: indices into the sentence's spans of those that the error is about. A predicted span stands with the gold
            spans that it overlaps, a missed gold span with the predictions that overlap it.
        matched: index of the gold span that the prediction is matched to, if it is.
        rank: its place in its class and language, from 0.
    """

    category: str
    suite: str
    lang: str
    sentence: ShownSentence
    gold: tuple[int, ...]
    predicted: tuple[int, ...]
    matched: int | None
    rank: int


def choose(gold: Gold, pairing: Pairing, ids: Sequence[str], categories: Iterable[str], limit: int | None) -> list[Example]:
    """Examples of one test set.

    Args:
        gold: the test set.
        pairing: its scored predicted spans against its scored gold spans.
        ids: the sentences' ids (those of a selection are not positional).
        categories: the classes that examples are wanted of.
        limit: how many of each; None for all.
    """
    classes, first = classify(pairing), offsets(gold.lengths)
    missed = np.ones(len(pairing.gold), bool)
    missed[pairing.match[pairing.match >= 0]] = False
    wanted = set(categories)
    chosen: list[tuple[str, int, int, int]] = []  # class, rank, index of the span, its sentence
    for code, name in enumerate(SHOWN):
        if name in wanted and limit != 0:
            indices = np.flatnonzero(missed) if name == MISSED else np.flatnonzero(classes == code)
            spans = pairing.gold if name == MISSED else pairing.predicted
            owner = owners(spans.start[indices], first).tolist()
            chosen += [(name, rank, *item) for rank, item in enumerate(_in_order(indices.tolist(), owner, gold, ids)[:limit])]
    sentences = _Sentences(gold, pairing, ids) if chosen else None
    return [_example(gold, pairing, sentences, *item) for item in chosen] if sentences else []


def merge(examples: Iterable[Example], limit: int | None) -> list[Example]:
    """The choice over several test sets, each with its own: class by class, at most `limit` of each."""
    ordered = sorted(examples, key=lambda example: (SHOWN.index(example.category), example.rank))  # stable: languages stay in order
    taken: Counter[str] = Counter()
    kept = []
    for example in ordered:
        if limit is None or taken[example.category] < limit:
            taken[example.category] += 1
            kept.append(example)
    return kept


def _in_order(indices: list[int], owner: list[int], gold: Gold, ids: Sequence[str]) -> list[tuple[int, int]]:
    times: defaultdict[int, int] = defaultdict(int)
    keyed = []
    for index, sentence in zip(indices, owner, strict=True):
        same = int(gold.repeats[sentence])
        keyed.append((times[same], _hash(ids[sentence]), index, sentence))
        times[same] += 1
    return [(index, sentence) for _, _, index, sentence in sorted(keyed)]


@cache
def _hash(name: str) -> bytes:
    return blake2b(name.encode(), digest_size=8).digest()


class _Sentences:
    """Sentences with their spans, each made once, however many of its spans are shown."""

    def __init__(self, gold: Gold, pairing: Pairing, ids: Sequence[str]) -> None:
        self.first = offsets(gold.lengths).tolist()
        self.tokens = gold.token_list()
        self.ids = ids
        self.sides = (pairing.gold, pairing.predicted)
        self.made: dict[int, ShownSentence] = {}

    def __getitem__(self, index: int) -> ShownSentence:
        if index not in self.made:
            begin, end = self.first[index : index + 2]
            tokens = None if self.tokens is None else tuple(self.tokens[begin:end])
            self.made[index] = ShownSentence(
                self.ids[index], end - begin, tokens, *(self._entities(spans, begin, end) for spans in self.sides)
            )
        return self.made[index]

    def begins(self, spans: Spans, index: int) -> int:
        """The number of spans before the sentence."""
        return int(np.searchsorted(spans.start, self.first[index]))

    @staticmethod
    def _entities(spans: Spans, begin: int, end: int) -> tuple[ShownEntity, ...]:
        low, high = np.searchsorted(spans.start, [begin, end]).tolist()
        rows = zip(spans.start[low:high].tolist(), spans.end[low:high].tolist(), spans.type[low:high].tolist(), strict=True)
        return tuple(ShownEntity(a - begin, b - begin, spans.types[kind]) for a, b, kind in rows)


def _example(gold: Gold, pairing: Pairing, sentences: _Sentences, name: str, rank: int, index: int, owner: int) -> Example:
    before_gold, before = sentences.begins(pairing.gold, owner), sentences.begins(pairing.predicted, owner)
    about_gold: tuple[int, ...]
    about: tuple[int, ...]
    if name == MISSED:
        first = int(np.searchsorted(pairing.predicted.end, pairing.gold.start[index], "right"))
        reached = range(first, first + int(pairing.gold_overlaps[index]))
        about_gold, about, match = (index - before_gold,), tuple(other - before for other in reached), -1
    else:
        first, match = int(pairing.first[index]), int(pairing.match[index])
        reached = range(first, first + int(pairing.overlaps[index]))
        about_gold, about = tuple(other - before_gold for other in reached), (index - before,)
    return Example(name, gold.suite, gold.lang, sentences[owner], about_gold, about, match - before_gold if match >= 0 else None, rank)
