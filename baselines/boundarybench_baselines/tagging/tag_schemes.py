"""The labels of taggers: whatever scheme and type names a model was trained with, made into the benchmark's spans and probabilities."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from boundarybench.errors import UsageError
from boundarybench.schemes import Span, decode
from boundarybench.spans import OUTSIDE

#: What a label begins with, and whether that stands at the first word of a span (`B`) or later (`I`) when only these two are told apart.
_ROLES = {"B": "B", "S": "B", "U": "B", "W": "B", "I": "I", "M": "I", "E": "I", "L": "I"}


def is_label(text: str) -> bool:
    """Whether `text` is O or PREFIX-TYPE, in any scheme."""
    return text == OUTSIDE or (text[:1] in _ROLES and text[1:2] == "-" and len(text) > 2)


def check(labels: Sequence[str], model: str) -> None:
    """Refuse labels that say nothing of entities.

    Raises:
        UsageError: a label is neither O nor PREFIX-TYPE, or there is no O, or nothing else.
    """
    odd = [label for label in labels if not is_label(label)]
    if odd or OUTSIDE not in labels or all(label == OUTSIDE for label in labels):
        raise UsageError(f"{model}: no NER labels: {', '.join(odd or labels)}; name them in the system's `labels`, as in LABEL_1 = 'B-PER'")


def spans(tags: Sequence[str], types: Mapping[str, str]) -> list[Span]:
    """The entities of a sentence, in any scheme, their types renamed by `types`; those of a type renamed to `O` are dropped."""
    renamed = [Span(start, end, types.get(type_, type_)) for start, end, type_ in decode(tags)]
    return [span for span in renamed if span.type != OUTSIDE]


def scheme(labels: Sequence[str]) -> Literal["IOB1", "IOB2", "BIOES"]:
    """The scheme that a label set was made for, as far as the set tells.

    IOB1 writes `B-` only between two entities of a type, so in its training data some type usually never had one. A set that has all
    labels is taken for IOB2; where that is wrong, the system's `scheme` says so.
    """
    prefixes: dict[str, set[str]] = {}
    for label in labels:
        if label != OUTSIDE:
            prefixes.setdefault(label[2:], set()).add(label[0])
    if any(prefixes[type_] & set("EMSLUW") for type_ in prefixes):
        return "BIOES"
    return "IOB2" if all("B" in found for found in prefixes.values()) else "IOB1"


def begin_inside(probabilities: Mapping[str, Sequence[float]], types: Mapping[str, str]) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Label probabilities in terms of B and I: columns added up by what they become. What is renamed to `O` joins it.

    Returns:
        Shape (words, labels), and what the columns stand for.
    """
    columns: dict[str, NDArray[np.float64]] = {}
    for label, values in probabilities.items():
        type_ = OUTSIDE if label == OUTSIDE else types.get(label[2:], label[2:])
        name = OUTSIDE if type_ == OUTSIDE else f"{_ROLES[label[0]]}-{type_}"
        columns[name] = columns.get(name, 0) + np.asarray(values, float)
    return np.stack(list(columns.values()), axis=1), tuple(columns)
