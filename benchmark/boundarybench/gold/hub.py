"""Gold from the Hugging Face hub, through `datasets`. The only module that scoring can reach which imports it."""

import logging
import sys
from typing import Any

from ..errors import DataError, GoldUnavailable, HubUnreachable
from ..protocol import SUITES
from .model import Gold, build

log = logging.getLogger("boundarybench")

_SPLITS = {"train": "train", "dev": "validation", "test": "test"}


def source(suite: str, lang: str) -> dict[str, Any]:
    """The arguments of `datasets.load_dataset` for a language.

    MasakhaNER 2.0's repository holds a loading script, which `datasets` 4 and later refuse; the hub's own parquet branch is
    read instead. That branch moves: the fingerprint is the pin, not the revision.
    """
    if suite == "xtreme":
        return {"path": "google/xtreme", "name": f"PAN-X.{lang}"}
    return {"path": "masakhane/masakhaner2", "revision": "refs/convert/parquet", "data_dir": lang}


def load(suite: str, lang: str, split: str) -> Gold:
    """Download (or take from the hub's own cache) and decode a set.

    Raises:
        HubUnreachable: `datasets` is not installed, or there is no connection.
        GoldUnavailable: the hub has no such set, or it could not be read.
        DataError: what the hub holds is not a NER data set over the suite's types.
    """
    try:
        import datasets
    except ImportError as error:
        raise HubUnreachable("the hub needs the `datasets` package: pip install 'boundarybench[hub]'") from error
    if not sys.stderr.isatty():
        datasets.disable_progress_bars()
    arguments = source(suite, lang)
    name = f"{arguments['path']} ({arguments.get('name') or arguments['data_dir']}, {split})"
    log.info("loading %s from the hub", name)
    try:
        data = datasets.load_dataset(**arguments, split=_SPLITS[split])
    except ConnectionError as error:
        raise HubUnreachable(f"the hub gave no {name}: {_first_line(error)}") from error
    except Exception as error:  # `datasets` raises errors of four HTTP and file libraries; each means the same to the user
        raise GoldUnavailable(f"the hub gave no {name}: {type(error).__name__}: {_first_line(error)}") from error
    tokens, tags = columns(data, name)
    return build(suite, lang, split, tags, tokens, SUITES[suite].types, name)


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
