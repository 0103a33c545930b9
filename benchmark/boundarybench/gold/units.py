"""What is drawn together when a test set is resampled: documents, else blocks of neighbours, else identical sentences."""

import numpy as np

from ..spans import IntArray
from ..suites.suite import Sentences

#: A test set is cut into no fewer units: the variance between few of them is hardly known.
MIN_UNITS = 25

#: The "length" of a block that is a document.
DOCUMENT = 0


def units_of(repeats: IntArray, documents: IntArray | None, sentences: Sentences) -> IntArray:
    """Per sentence, the number of its unit.

    Neighbours are no independent draws: sentences of one text share names, difficulty and errors. Where a block is one sentence,
    identical sentences are one unit.

    Args:
        repeats: per sentence, the index of the first one with the same tokens (`Gold.repeats`).
        documents: per sentence, its document, counted from 0; None where none are marked.
        sentences: what the suite says of its sentences' order.
    """
    block = block_length(sentences, len(repeats), 0 if documents is None else int(documents[-1]) + 1)
    if documents is not None and block == DOCUMENT:
        return documents
    return repeats if block == 1 else np.arange(len(repeats), dtype=np.int32) // block


def block_length(sentences: Sentences, count: int, documents: int) -> int:
    """How many consecutive sentences of a test set are drawn together; `DOCUMENT` where documents are.

    Documents where the file marks at least `MIN_UNITS` of them; else, where neighbours belong together, as many sentences as the suite
    says, or fewer where less than `MIN_UNITS` blocks would be left.

    Args:
        count: sentences of the test set.
        documents: those that the file marks.
    """
    if documents >= MIN_UNITS:
        return DOCUMENT
    return 1 if sentences.order == "shuffled" else max(1, min(sentences.block, count // MIN_UNITS))
