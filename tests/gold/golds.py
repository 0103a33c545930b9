"""Invented gold, and what a `Gold` holds as values that can be compared."""

from collections.abc import Iterable, Sequence
from dataclasses import fields as dataclass_fields
from typing import Any

import numpy as np

from boundarybench.gold.model import Gold, build
from boundarybench.suites.manifests import packaged

SUITES = packaged()

Sentence = tuple[Sequence[str], Sequence[str]]  # tokens and tags

#: Every type, an `I-` that continues nothing, two neighbours of one type, a sentence twice (once in NFD), one without an entity.
SENTENCES: list[Sentence] = [
    (["Zora", "Mindè", "aba", "Kumbo"], ["B-PER", "I-PER", "O", "B-LOC"]),
    (["ne", "Ruvo", "Telko", "Ruvo"], ["O", "B-ORG", "I-ORG", "B-ORG"]),
    (["aba", "ne"], ["O", "O"]),
    (["Zora", "Minde\u0300", "aba", "Kumbo"], ["B-PER", "O", "O", "I-LOC"]),
]


def gold_of(sentences: Iterable[Sentence], suite: str = "xtreme", lang: str = "th", split: str = "test") -> Gold:
    """Gold straight from `sentences`, no file between."""
    tokens, tags = zip(*sentences, strict=True)
    return build(suite, lang, split, tags, tokens, SUITES[suite].types if suite in SUITES else None)


def columns(sentences: Iterable[Sentence], separator: str = "\t", prefix: str = "") -> str:
    """`sentences` as a column file."""
    return "\n".join("".join(f"{prefix}{token}{separator}{tag}\n" for token, tag in zip(*s, strict=True)) for s in sentences)


def read_columns(text: str) -> list[Sentence]:
    """The sentences of a tab-separated file, read in the plainest way; lists, to be altered in place."""
    blocks = [[line.split("\t") for line in block.split("\n")] for block in text.strip("\n").split("\n\n")]
    return [([token for token, _ in block], [tag for _, tag in block]) for block in blocks]


def fields(gold: Gold, *without: str) -> dict[str, Any]:
    """All that `gold` holds, arrays with their types, except the fields named in `without`."""
    values = {field.name: getattr(part, field.name) for part in (gold, gold.spans) for field in dataclass_fields(part)}
    return {
        name: (value.dtype.str, value.tolist()) if isinstance(value, np.ndarray) else value
        for name, value in values.items()
        if name not in ("spans", *without)
    }
