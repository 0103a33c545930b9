"""Where the gold of a suite's manifest is had: inside the package, in a local mirror, on the Hugging Face hub."""

import logging
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from ..column_layout import Columns
from ..columns import decode_sentences, read_text
from ..errors import DataError, GoldUnavailable, Unreachable, UsageError
from ..suites.manifests import folder_of
from ..suites.suite import Hub, Suite
from .model import Gold, build, of_sentences
from .own import in_iob2

log = logging.getLogger("boundarybench")

_HUB_SPLITS = {"train": "train", "dev": "validation", "test": "test"}


class Key(NamedTuple):
    """The name of a gold set; `version` is an older copy's, or ""."""

    suite: str
    lang: str
    split: str
    version: str = ""

    def __str__(self) -> str:
        return f"{self.suite}/{self.lang}/{self.split}" + (f"@{self.version}" if self.version else "")


def root() -> Path | None:
    """The mirror's folder, or None where `BOUNDARYBENCH_DATA` is not set.

    Raises:
        UsageError: it is set to something that is not a folder.
    """
    value = os.environ.get("BOUNDARYBENCH_DATA")
    if not value:
        return None
    if not Path(value).is_dir():
        raise UsageError(f"BOUNDARYBENCH_DATA={value}: no such folder; unset it, or let it name the local copy of the data")
    return Path(value)


def embedded(suite: Suite, key: Key) -> Path | None:
    """The file of a set that comes with its suite; None where there is none."""
    template = suite.source_of(key.version).embedded
    path = template and folder_of(suite) / template.format(lang=key.lang, split=key.split)
    return path if path and path.is_file() else None


def mirrored(suite: Suite, key: Key) -> Path | None:
    """The file of a set in the local mirror; None where there is none. Raises UsageError as `root`."""
    folder, template = root(), suite.source_of(key.version).mirror
    path = folder / template.format(lang=key.lang, split=key.split) if folder and template else None
    return path if path and path.exists() else None


def decode(data: bytes, name: str, suite: Suite, key: Key) -> Gold:
    """The gold in the bytes of a column file, read as the suite's manifest says. Raises DataError."""
    read = suite.read
    sentences = decode_sentences(data, name, Columns(read.token_column, read.tag_column))
    if sentences[0].tokens is None:
        raise DataError(f"{name}: bad-columns: one column where gold has a token and a tag")
    gold = of_sentences(key.suite, key.lang, key.split, in_iob2(sentences, read.scheme, name), suite.types, name)
    return with_groups(replace(gold, version=key.version), suite)


def rules(suite: Suite, key: Key) -> bytes:
    """What a suite's manifest adds to the bytes of a file in its decoded gold: whoever edits it gets other gold."""
    return msgspec.json.encode([suite.types, suite.read, suite.parts, suite.groups, suite.language(key.lang)])


def with_groups(gold: Gold, suite: Suite) -> Gold:
    """`gold` with the groups of sentences that the suite tells apart. Raises DataError: a sentence is in none of the suite's parts."""
    language, names = suite.language(gold.lang), gold.names()
    if suite.groups:
        path = folder_of(suite) / suite.groups.format(lang=gold.lang, split=gold.split)
        return replace(gold, groups=_listed(path, gold.sentences))
    if not suite.parts or (language and not language.parts):
        return gold
    where = f"{gold.suite}/{gold.lang}/{gold.split}"
    if names is None:
        raise DataError(f"{where}: no-parts: the sentences have no `# sent_id`, by which the suite's parts are told")
    masks = {part: np.array([name.startswith(begin) for name in names]) for part, begin in suite.parts.items()}
    for index, number in enumerate(np.sum(list(masks.values()), axis=0).tolist()):
        if number != 1:
            raise DataError(f"{where}: no-parts: sentence {names[index]!r} is in {number} of the parts {', '.join(masks)}")
    return replace(gold, groups={"domains": masks})


def _listed(path: Path, sentences: int) -> dict[str, dict[str, Any]]:
    """The groups in a file with a line per sentence: its domain and, behind a tab, its hazards between commas."""
    rows = [line.split("\t") for line in read_text(path).removesuffix("\n").split("\n")]
    if len(rows) != sentences or any(len(row) != 2 for row in rows):
        raise DataError(f"{path}: bad-groups: {sentences} lines of a domain, a tab and hazards are expected")
    columns = [[row[0]] for row in rows], [[name for name in row[1].split(",") if name] for row in rows]
    return {
        kind: {name: np.array([name in each for each in column]) for name in sorted({name for each in column for name in each})}
        for kind, column in zip(("domains", "hazards"), columns, strict=True)
    }


def hub_arguments(hub: Hub, lang: str) -> dict[str, str]:
    """The arguments of `datasets.load_dataset` for a language."""
    given = {"path": hub.path, "name": hub.name, "revision": hub.revision, "data_dir": hub.data_dir}
    return {field: value.format(lang=lang) for field, value in given.items() if value is not None}


def from_hub(suite: Suite, key: Key) -> Gold:
    """Download (or take from the hub's own cache) and decode a set, through `datasets`: nothing else that scoring reaches imports it.

    Raises:
        Unreachable: `datasets` is not installed, or there is no connection.
        GoldUnavailable: the hub has no such set, or it could not be read.
        DataError: what the hub holds is not a NER data set over the suite's types.
    """
    hub = suite.source_of(key.version).hub
    if hub is None:
        raise GoldUnavailable(f"{suite.title} is on no hub")
    try:
        import datasets
    except ImportError as error:
        raise Unreachable("the hub needs the `datasets` package: pip install 'boundarybench[hub]'") from error
    if not sys.stderr.isatty():
        datasets.disable_progress_bars()
    arguments = hub_arguments(hub, key.lang)
    part = arguments.get("name") or arguments.get("data_dir")
    name = f"{hub.path} ({', '.join(filter(None, [part, key.split]))})"
    log.info("loading %s from the hub", name)
    try:
        data = datasets.load_dataset(**arguments, split=_HUB_SPLITS[key.split])
    except ConnectionError as error:
        raise Unreachable(f"the hub gave no {name}: {_first_line(error)}") from error
    except Exception as error:  # `datasets` raises errors of four HTTP and file libraries; each means the same to the user
        raise GoldUnavailable(f"the hub gave no {name}: {type(error).__name__}: {_first_line(error)}") from error
    tokens, tags = columns(data, name)
    return build(key.suite, key.lang, key.split, tags, tokens, suite.types, name)


def columns(data: Any, name: str) -> tuple[list[list[str]], list[list[str]]]:
    """Tokens and tags of all sentences of a loaded data set; `name` stands for it in messages.

    Raises:
        DataError: it has no such columns, or a token or a label is missing.
    """
    tags, tokens = _tags(data, name), _rows(data, "tokens")
    if any(token is None for sentence in tokens for token in sentence):
        raise DataError(f"{name}: a token is missing")
    return tokens, tags


def _tags(data: Any, name: str) -> list[list[str]]:
    """The tags as strings, by the data set's own label names: the order of labels differs between data sets."""
    feature = data.features.get("ner_tags")
    labels = getattr(getattr(feature, "feature", None), "names", None)
    if labels is None or "tokens" not in data.features:
        raise DataError(f"{name}: expected columns `tokens` and `ner_tags` (class labels), got {data.features}")
    rows, known = _rows(data, "ner_tags"), range(len(labels))
    if not all(index in known for sentence in rows for index in sentence):  # -1 and None stand for a label that is missing
        raise DataError(f"{name}: a label is missing, or is a number without a name")
    return [[labels[index] for index in sentence] for sentence in rows]


def _rows(data: Any, column: str) -> list[list[Any]]:
    return [row or [] for row in data[column][:]]


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no message"])[0][:300]
