"""What is drawn together when a test set is resampled: documents, else blocks of neighbours, else identical sentences."""

import numpy as np

from ..spans import IntArray
from ..suites.suite import Sentences

#: A test set is cut into no fewer units: the variance between few of them is hardly known.
MIN_UNITS = 25


def units_of(repeats: IntArray, documents: IntArray | None, sentences: Sentences) -> IntArray:
    """Per sentence, the number of its unit.

    Neighbours are no independent draws: sentences of one text share names, difficulty and errors. So a unit is a document where the
    file marks them, else a block of consecutive sentences as long as the suite says, shortened to leave `MIN_UNITS` of them. Where the
    order means nothing, or a block is one sentence, identical sentences are one unit. Fewer than `MIN_UNITS` documents count as unmarked.

    Args:
        repeats: per sentence, the index of the first one with the same tokens (`Gold.repeats`).
        documents: per sentence, its document, counted from 0; None where none are marked.
        sentences: what the suite says of its sentences' order.
    """
    if documents is not None and documents[-1] + 1 >= MIN_UNITS:
        return documents
    block = block_length(sentences, len(repeats))
    return repeats if block == 1 else np.arange(len(repeats), dtype=np.int32) // block


def block_length(sentences: Sentences, count: int) -> int:
    """How many of a test set's `count` sentences are a block: what the suite says, or less where few units would be left."""
    return 1 if sentences.order == "shuffled" else max(1, min(sentences.block, count // MIN_UNITS))
