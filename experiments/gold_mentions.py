"""Gold target entities carried to the translations: what a perfect source tagger would say, as far as the links lead back."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from boundarybench import atomic
from boundarybench.schemes import SCHEMES, Span, encode
from boundarybench_baselines.alignment.links import Link
from boundarybench_baselines.projection.pair import SentencePair
from boundarybench_baselines.projection.project import project
from boundarybench_baselines.projection.settings import load

from . import corpora, corpus_links


class Carried(NamedTuple):
    """A sentence: the words of its translation, its gold entities, and where each of them stands in the translation (None: nowhere)."""

    id: str
    words: int
    gold: tuple[Span, ...]
    source: tuple[Span | None, ...]


def carried(data: Path, lang: str) -> Iterator[Carried]:
    """The test sentences of a language that have a translation; the recommended projection carries their gold entities there."""
    corpus = corpora.masakhaner(data, lang, "test", lambda _, __: [])
    settings = load("recommended", lang=lang)
    for item, found in zip(corpus.items, corpus_links.intersected(corpus_links.load(corpus.name)), strict=True):
        back = frozenset(Link(link.target, link.source) for link in found)
        projection = project(SentencePair(item.source, item.target, item.gold, back), settings)
        spans = [
            Span(*landing.spans[0], gold.type) if landing.spans else None
            for gold, landing in zip(item.gold, projection.landings, strict=True)
        ]
        yield Carried(item.id, len(item.source), item.gold, tuple(spans))


def write(data: Path, lang: str, path: Path) -> None:
    """Write the tags of a language's test translations."""
    lines = []
    for sentence in carried(data, lang):
        found = sorted(span for span in sentence.source if span is not None)
        lines.append(json.dumps({"id": sentence.id, "tags": encode(found, sentence.words, SCHEMES["IOB2"])}) + "\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic.write_bytes(path, "".join(lines).encode())
