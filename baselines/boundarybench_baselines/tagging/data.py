"""Sentences to train a tagger on: CoNLL-style files, the benchmark's own sets, data sets of the hub."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from boundarybench.columns import parse, read_text, without_language_prefix
from boundarybench.errors import DataError, UsageError
from boundarybench.gold import load
from boundarybench.gold.hub import columns
from boundarybench.protocol import SUITES
from boundarybench.schemes import SCHEMES, Span, decode, encode
from boundarybench.spans import offsets, owners

from .labels import is_label


class TaggedSentence(NamedTuple):
    """A training sentence: words and their IOB2 tags, as many."""

    words: Sequence[str]
    tags: Sequence[str]


_HUB = re.compile(r"hub:(?P<repository>[\w.-]+(/[\w.-]+)?)(@(?P<revision>[\w./-]+))?(#(?P<configuration>[\w.-]+))?")
#: A line of CoNLL-2003 between two documents.
_NEW_DOCUMENT = "-DOCSTART-"
#: Problems of a file that are listed; the rest is counted.
_SHOWN = 20
_HUB_SPLITS = {"train": "train", "dev": "validation"}


def read(name: str, split: str) -> list[TaggedSentence]:
    """The sentences of a training set, in IOB2 whatever scheme they came in.

    Args:
        name: a column file (word first, tag last); `SUITE/LANG`, as in xtreme/en; or `hub:REPOSITORY[@REVISION][#CONFIGURATION]`, a data
            set with columns `tokens` and `ner_tags`.
        split: train or dev. A file has no splits.

    Raises:
        UsageError: there is no such file, set or data set.
        DataError: it is broken, or holds no entity.
    """
    suite, _, lang = name.partition("/")
    if hub := _HUB.fullmatch(name):
        found = _of_hub(hub, split)
    elif suite in SUITES and not Path(name).exists():
        found = _of_suite(suite, lang, split)
    else:
        found = _of_file(Path(name))
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


def _of_file(path: Path) -> list[TaggedSentence]:
    """A column file; of CoNLL-2003's four columns the first and the last."""
    lines = [line.split("\t" if "\t" in line else " ") for line in read_text(path).split("\n")]
    # A line between documents becomes a blank one, so that lines keep their numbers.
    text = "\n".join("" if fields[0] == _NEW_DOCUMENT else "\t".join([fields[0], *fields[1:][-1:]]) for fields in lines)
    sentences = without_language_prefix(parse(text, str(path)))
    if any(sentence.tokens is None for sentence in sentences):
        raise DataError(f"{path}: holds only labels; a training file has a word and its tag on each line")
    _refuse(
        [
            f"{path}:{number}: unknown-tag: {tag[:80]!r}; a tag is O, or B-, I-, E-, L-, S- or U- and a type"
            for sentence in sentences
            for number, tag in enumerate(sentence.tags, sentence.line)
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
    sentences = [TaggedSentence(words, tags) for words, tags in zip(*columns(data, name[0]), strict=True)]
    _refuse(
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


def _refuse(problems: Sequence[str]) -> None:
    """Raise a DataError that lists problems, if there are any."""
    if problems:
        more = [f"and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
        raise DataError("\n".join([*problems[:_SHOWN], *more]))
