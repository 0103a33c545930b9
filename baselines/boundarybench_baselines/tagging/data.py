"""Sentences to train a tagger on: CoNLL-style files, the benchmark's own sets, data sets of the hub."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from boundarybench.column_layout import FOUND, Columns
from boundarybench.columns import read_sentences, refuse
from boundarybench.errors import DataError, UsageError
from boundarybench.gold import load, sources
from boundarybench.schemes import SCHEMES, Span, decode, encode
from boundarybench.spans import offsets, owners
from boundarybench.suites.manifests import find

from .tag_schemes import is_label


class TaggedSentence(NamedTuple):
    """A training sentence: words and their IOB2 tags, as many."""

    words: Sequence[str]
    tags: Sequence[str]


_HUB = re.compile(r"hub:(?P<repository>[\w.-]+(/[\w.-]+)?)(@(?P<revision>[\w./-]+))?(#(?P<configuration>[\w.-]+))?")
_HUB_SPLITS = {"train": "train", "dev": "validation"}


def read(name: str, split: str, columns: Columns = FOUND) -> list[TaggedSentence]:
    """The sentences of a training set, in IOB2 whatever scheme they came in.

    Args:
        name: a column file; `SUITE/LANG`, as in xtreme/en; or `hub:REPOSITORY[@REVISION][#CONFIGURATION]`, a data
            set with columns `tokens` and `ner_tags`.
        split: train or dev. A file has no splits.
        columns: where a file's tokens and tags stand.

    Raises:
        UsageError: there is no such file, set or data set.
        DataError: it is broken, or holds no entity.
    """
    suite, _, lang = name.partition("/")
    if hub := _HUB.fullmatch(name):
        found = _of_hub(hub, split)
    elif find(suite) and not Path(name).exists():
        found = _of_suite(suite, lang, split)
    else:
        found = _of_file(Path(name), columns)
    found = [TaggedSentence(words, encode(decode(tags), len(words), SCHEMES["IOB2"])) for words, tags in found if words]
    if not any(tag != "O" for _, tags in found for tag in tags):
        raise DataError(f"{name}: no entity in {len(found)} sentences; nothing can be learnt from it")
    return found


def types_of(sentences: Iterable[TaggedSentence]) -> list[str]:
    """The entity types that occur, sorted."""
    return sorted({tag[2:] for _, tags in sentences for tag in tags if tag != "O"})


def fingerprint(sentences: Iterable[TaggedSentence]) -> str:
    """SHA-256 of words and tags: a JSON line per sentence."""
    digest = hashlib.sha256()
    for words, tags in sentences:
        digest.update(json.dumps([list(words), list(tags)], ensure_ascii=False).encode() + b"\n")
    return digest.hexdigest()


def _of_file(path: Path, columns: Columns) -> list[TaggedSentence]:
    sentences = read_sentences(path, columns)
    if any(sentence.tokens is None for sentence in sentences):
        raise DataError(f"{path}: holds only labels; a training file has a word and its tag on each line")
    refuse(
        [
            f"{path}:{sentence.line_of(position)}: unknown-tag: {tag[:80]!r}; a tag is O, or a prefix (B- I- E- L- M- S- U- W-) and a type"
            for sentence in sentences
            for position, tag in enumerate(sentence.tags)
            if not is_label(tag)
        ]
    )
    return [TaggedSentence(sentence.tokens or (), sentence.tags) for sentence in sentences]


def _of_suite(suite: str, lang: str, split: str) -> list[TaggedSentence]:
    gold = load.load(suite, lang, split)
    words = gold.token_list()
    if words is None:
        raise DataError(f"{suite}/{lang}: the gold at hand has no tokens")
    first = offsets(gold.lengths)
    entities: list[list[Span]] = [[] for _ in range(gold.sentences)]
    owner = owners(gold.spans.start, first).tolist()
    for sentence, start, end, type_ in zip(
        owner, gold.spans.start.tolist(), gold.spans.end.tolist(), gold.spans.type.tolist(), strict=True
    ):
        before = int(first[sentence])
        entities[sentence].append(Span(start - before, end - before, gold.spans.types[type_]))
    return [
        TaggedSentence(words[start:end], encode(spans, end - start, SCHEMES["IOB2"]))
        for (start, end), spans in zip(pairwise(first.tolist()), entities, strict=True)
    ]


def _of_hub(name: re.Match[str], split: str) -> list[TaggedSentence]:
    try:
        import datasets
    except ImportError:
        raise UsageError("data sets of the hub need the `datasets` package: pip install 'boundarybench[hub]'") from None
    try:
        data: Any = datasets.load_dataset(name["repository"], name["configuration"], revision=name["revision"], split=_HUB_SPLITS[split])
    except Exception as error:  # `datasets` raises errors of four HTTP and file libraries; each means the same to the user
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise UsageError(f"{name[0]}: the hub gave no {split} split: {reason}") from error
    sentences = [TaggedSentence(words, tags) for words, tags in zip(*sources.columns(data, name[0]), strict=True)]
    refuse(
        [
            f"{name[0]}: {problem} in sentence {number} of {split}"
            for number, (words, tags) in enumerate(sentences)
            for problem in [
                *(f"unknown-tag: {tag!r}" for tag in tags if not is_label(tag)),
                *([f"{len(words)} tokens and {len(tags)} tags"] if len(words) != len(tags) else []),
            ]
        ]
    )
    return sentences
