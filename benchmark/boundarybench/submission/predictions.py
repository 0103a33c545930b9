"""Prediction files: bytes in; findings, or the tag codes of a whole test set, out.

There are two readers of one language. The fast one takes a small part of the careful one's time (`docs/performance.md`); the tests hold
the two against each other.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from ..gold.model import Gold
from ..spans import BoolArray
from .careful_reader import read_careful
from .fast_reader import read_fast
from .findings import Findings
from .prediction import Prediction


def read(data: bytes, name: str, gold: Gold, findings: Findings, required: BoolArray | None = None) -> Prediction | None:
    """Read a prediction file against its gold.

    Args:
        data: the file's content.
        name: what to call the file in findings.
        gold: the test set that it predicts.
        findings: takes what is found.
        required: per sentence, whether it is an error if the file lacks it; None requires all.

    Returns:
        The prediction, or None where an error was found.
    """
    with _without_garbage_collection():
        fast = read_fast(data, gold)
        if fast is not None:
            return fast
        before = findings.errors
        prediction = read_careful(data, name, gold, findings, np.ones(gold.sentences, bool) if required is None else required)
        return prediction if findings.errors == before else None


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Thousands of lists at once make the collector look for cycles again and again, where there can be none."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
