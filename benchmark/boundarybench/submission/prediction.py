"""`Prediction`: the predicted tags of a whole test set, and which types they may have."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from ..errors import DataError
from ..gold.model import TAG, Gold
from ..spans import MAX_TYPES, OUTSIDE, BoolArray, ByteArray, decode, offsets, owners, tag_codes
from ..suites.manifests import find
from ..types_and_tags import tag_lists
from .findings import show


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """Predicted tags of a whole test set.

    Attributes:
        codes: tag codes of all gold tokens, `O` where a sentence is missing; shape (tokens,).
        types: names of the types that the codes stand for; they begin with the gold's.
        present: per sentence, whether the file predicts it.
        scores: of all predicted spans, in order; None where a span has none.
    """

    codes: ByteArray
    types: tuple[str, ...]
    present: BoolArray
    scores: NDArray[np.float64] | None = None


def of_tags(tags: Sequence[Sequence[str]], gold: Gold) -> Prediction:
    """A prediction from tags in memory, one list per sentence of the gold, as `tag_lists` takes them.

    Raises DataError where they do not fit the gold.
    """
    tags = tag_lists(tags, "predictions")
    if [len(sentence) for sentence in tags] != gold.lengths.tolist():
        raise DataError(
            f"wrong-number-of-tags: predictions and gold differ in sentences ({len(tags)}, {gold.sentences}) or in their lengths"
        )
    types = closed_types(gold) or open_types(gold, set(chain.from_iterable(tags)))
    known = tag_codes(types or ())
    unknown = sorted(set(chain.from_iterable(tags)) - known.keys())
    if types is None or unknown:
        raise DataError(f"unknown-tag: {show(unknown[0] if unknown else 'too many types')}; expected O, B-TYPE or I-TYPE")
    codes = np.frombuffer(bytes(map(known.__getitem__, chain.from_iterable(tags))), np.uint8)
    return Prediction(codes, types, np.ones(gold.sentences, bool))


def closed_types(gold: Gold) -> tuple[str, ...] | None:
    """The types that predictions may use; None where the gold is a user's own and any well-formed tag will do."""
    suite = find(gold.suite)
    return suite.types if suite else None


def spans_per_sentence(codes: ByteArray, gold: Gold, types: tuple[str, ...]) -> list[int]:
    """The number of predicted spans in each sentence."""
    spans, _ = decode(codes, gold.lengths, types)
    owner = owners(spans.start, offsets(gold.lengths))
    counts: list[int] = np.bincount(owner, minlength=gold.sentences).tolist()
    return counts


def open_types(gold: Gold, tags: set[str]) -> tuple[str, ...] | None:
    """The gold's types and, after them, all others that are predicted; None where a tag is malformed or there are too many."""
    if not all(TAG.fullmatch(tag) for tag in tags):
        return None
    known = set(gold.spans.types)
    types = (*gold.spans.types, *sorted({tag[2:] for tag in tags if tag != OUTSIDE} - known))
    return types if len(types) <= MAX_TYPES else None
