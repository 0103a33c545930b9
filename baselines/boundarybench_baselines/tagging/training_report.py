"""What a training run leaves beside its model: `training.json`, which says what was trained and how, and the model card made from it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from boundarybench import atomic
from boundarybench.errors import UsageError
from boundarybench.submission.budget import Budget, LabelledSentences, PretrainedModel, Use
from boundarybench.suites.manifests import find

from ..machine import shown
from . import model_card
from .data import TaggedSentence, fingerprint

_REPORT = "training.json"


class _Set(msgspec.Struct):
    name: str
    sentences: int


class _Trained(msgspec.Struct):
    model: str


class _Training(msgspec.Struct):
    """What of a training.json says what the tagger was given."""

    settings: _Trained
    data: dict[str, _Set]


def identity(settings: Mapping[str, Any], training: Sequence[TaggedSentence], dev: Sequence[TaggedSentence]) -> str:
    """A hash of all that the weights of a run depend on."""
    told = json.dumps([settings, fingerprint(training), fingerprint(dev)], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def data(training: Sequence[TaggedSentence], dev: Sequence[TaggedSentence], about: Mapping[str, str]) -> dict[str, Any]:
    """Name, size and fingerprint of the sets of a run; `about` has the names."""
    return {
        name: {"name": about.get(name), "sentences": len(sentences), "sha256": fingerprint(sentences)}
        for name, sentences in (("train", training), ("dev", dev))
        if sentences
    }


def weights(folder: Path, pattern: str) -> dict[str, str]:
    """SHA-256 of each file of weights in `folder`."""
    found = {}
    for path in sorted(folder.glob(pattern)):
        with path.open("rb") as file:
            found[path.name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def write(folder: Path, report: Mapping[str, Any]) -> None:
    """Write the card (README.md), then `training.json`: where that is, the run has ended."""
    atomic.write_bytes(folder / "README.md", model_card.card(report).encode())
    atomic.write_bytes(folder / _REPORT, msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")


def finished(folder: Path, run: str) -> dict[str, Any] | None:
    """The report of the run with the identity `run` if it has ended in `folder`; None if `folder` is empty or missing.

    Raises:
        UsageError: `folder` holds something else.
    """
    if not folder.is_dir():
        if folder.exists():
            raise UsageError(f"{folder}: not a folder; choose another name")
        return None
    if not any(folder.iterdir()):
        return None
    try:
        report = msgspec.json.decode((folder / _REPORT).read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        raise UsageError(f"{folder}: not empty, and no run that could go on; choose another folder") from None
    if report.get("run") != run:
        raise UsageError(f"{folder}: holds a model trained with other settings or data; choose another folder, or remove it")
    return report


def budget(folder: Path) -> Budget | None:
    """What the tagger that `train` wrote to `folder` was given: sentences to train on, for an encoder those that chose its epoch, its base.

    None where that is not said: there is no report, or a set is not of a suite, so that nobody knows its languages.
    """
    try:
        report = msgspec.json.decode((folder / _REPORT).read_bytes(), type=_Training)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    base = report.settings.model
    uses: dict[str, Use] = {"train": "training"} if base == model_card.CRF else {"train": "training", "dev": "selection"}
    labelled = [_labelled(report.data[split], split, use) for split, use in uses.items() if split in report.data]
    models = () if base in model_card.FROM_NOTHING else (PretrainedModel(shown(base)),)
    return None if None in labelled else Budget(labelled=tuple(filter(None, labelled)), models=models)


def _labelled(found: _Set, split: str, use: Use) -> LabelledSentences | None:
    suite, _, language = found.name.partition("/")
    if Path(found.name).exists() or find(suite) is None:
        return None
    return LabelledSentences(f"{found.name} {split}", use, {language: found.sentences})
