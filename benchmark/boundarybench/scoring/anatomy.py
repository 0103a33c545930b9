"""The anatomy of errors: every predicted span is in exactly one class (protocol, section 5)."""

import numpy as np

from ..spans import ByteArray
from .pairing import Pairing

_START = {-1: "left-over", 1: "left-under"}
_END = {1: "right-over", -1: "right-under"}
_SIDES = {
    (start, end): "+".join(name for name in (_START.get(start), _END.get(end)) if name)
    for start in (0, -1, 1)
    for end in (0, 1, -1)
    if start or end
}

#: The classes of predicted spans, in the order in which they are tried.
CLASSES = ("exact", "type", "merge", "split", "spurious", "crossing", *_SIDES.values())
#: The class of a gold span that no prediction is matched to.
MISSED = "missed"

_EXACT, _TYPE, _MERGE, _SPLIT, _SPURIOUS, _CROSSING = range(6)


def classify(pairing: Pairing) -> ByteArray:
    """The class of each predicted span, as an index into `CLASSES`."""
    gold, predicted = pairing.gold, pairing.predicted
    classes = np.full(len(predicted), _CROSSING, np.uint8)
    matched = np.flatnonzero(pairing.match >= 0)
    g = pairing.match[matched]
    starts, ends = np.sign(predicted.start[matched] - gold.start[g]), np.sign(predicted.end[matched] - gold.end[g])
    for code, (start, end) in enumerate(_SIDES, _CROSSING + 1):
        classes[matched[(starts == start) & (ends == end)]] = code
    classes[pairing.overlaps == 0] = _SPURIOUS
    single = np.flatnonzero(pairing.overlaps == 1)
    g = pairing.first[single]
    inside = (gold.start[g] <= predicted.start[single]) & (predicted.end[single] <= gold.end[g])
    classes[single[inside & (pairing.gold_overlaps[g] > 1)]] = _SPLIT
    classes[pairing.overlaps > 1] = _MERGE
    classes[pairing.exact] = _TYPE
    classes[pairing.typed] = _EXACT
    return classes


def count(pairing: Pairing) -> dict[str, int]:
    """Number of predicted spans in each class, and of gold spans that are missed."""
    counts = np.bincount(classify(pairing), minlength=len(CLASSES)).tolist()
    return dict(zip(CLASSES, counts, strict=True)) | {MISSED: len(pairing.gold) - int((pairing.match >= 0).sum())}
