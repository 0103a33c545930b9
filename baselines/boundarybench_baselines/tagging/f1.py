"""Typed F1 on a labelled set, for the choice between checkpoints. The benchmark's own figures are in `boundarybench.scoring`."""

from collections.abc import Iterable, Sequence

from boundarybench.schemes import Span


def typed_f1(gold: Iterable[Sequence[Span]], found: Iterable[Sequence[Span]]) -> float:
    """Micro F1 over sentences in per cent: an entity is right if its boundaries and type are. 0 without entities."""
    right = both = 0
    for truth, spans in zip(gold, found, strict=True):
        right, both = right + len(set(truth) & set(spans)), both + len(truth) + len(spans)
    return 200 * right / both if both else 0.0
