"""Tagging as a stage: words in, each word's label and every label's probability out. A model is a folder or a hub id."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from boundarybench.columns import read_bytes
from boundarybench.errors import DataError, UsageError
from boundarybench.schemes import Span
from boundarybench.spans import OUTSIDE
from boundarybench.submission.budget import Budget

from ..machine import Machine, commit
from ..stages import Record, Stage
from . import tag_schemes
from .features import FeatureSet

if TYPE_CHECKING:
    from .crf import Tagger
    from .encoder import EncoderTagger

#: The model's file in the folder of a CRF tagger.
CRF_FILE = "model.crfsuite"
#: Of a sentence that the trivial system takes for an entity.
MOST_WORDS = 3


class _Tagged(msgspec.Struct):
    id: str
    tags: list[str]


class _Settings(msgspec.Struct):
    features: FeatureSet = "words"


class _Training(msgspec.Struct):
    settings: _Settings


@dataclass(frozen=True, slots=True)
class TaggerSettings:
    """A tagger as a system names it.

    Attributes:
        model: a folder, or a hub id; `{source}` in a source tagger's stands for the language of the translations.
        revision: of the hub id.
        licence: of the model, for `system.json`.
        about: what it is, for `system.json`, where the model's name does not say it.
        labels: other names for the model's labels, as in {"LABEL_1": "B-PER"}.
        types: other names for types; `O` drops entities of a type before anything else sees them.
        scheme: what the labels mean; None goes by the label set.
        method: `model`; `file`, entities that are known; `short`, the protocol's trivial system, which takes every sentence of at most
            three words for one entity; or `capitals`, the rule of `tagging.capitals`.
        path: of known entities, a prediction file (`id` and `tags`); `{suite}` and `{lang}` in it stand for the set. A sentence that is not
            in it has none.
        budget: what it was given, for `system.json`; None where its training.json may say it, or nobody does.
    """

    model: str | None = None
    revision: str = "main"
    licence: str = "not stated"
    about: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    scheme: Literal["IOB1", "IOB2", "BIOES"] | None = None
    method: Literal["model", "file", "short", "capitals"] = "model"
    path: str | None = None
    budget: Budget | None = None

    def __post_init__(self) -> None:
        if (self.method == "model") != (self.model is not None):
            raise ValueError('`model` goes with method = "model", and it needs one')
        if (self.method == "file") != (self.path is not None):
            raise ValueError('`path` goes with method = "file", and it needs one')


def of_language(settings: TaggerSettings, language: str) -> TaggerSettings:
    """The settings of the tagger for a language, where there is one for each."""
    return replace(settings, model=settings.model and settings.model.replace("{source}", language))


def stage(settings: TaggerSettings, machine: Machine) -> Stage:
    """The stage; items are lists of words, records have `tags` and `probabilities` (a list per label), or `failed`.

    Raises:
        UsageError: there is no such model.
    """
    if settings.model is None:
        return Stage("tagging", {"method": settings.method}, lambda: None, lambda _, items: [_whole(words) for words in items])
    path = Path(settings.model)
    identity = commit(settings.model, settings.revision)
    told: dict[str, Any] = {"model": identity, "labels": settings.labels}
    if (path / CRF_FILE).is_file():
        return Stage("tagging", told, lambda: _crf(path), _by_crf)
    told["precision"] = str(machine.torch_dtype())
    return Stage("tagging", told, lambda: _encoder(settings, identity, machine), _by_encoder)


def direct(settings: TaggerSettings, suite: str, lang: str, ids: Sequence[str], sentences: Sequence[Sequence[str]]) -> list[Record]:
    """The records of a set whose entities are known.

    Raises:
        UsageError: there is no such file.
        DataError: a line is no prediction, or has not as many tags as its sentence has words.
    """
    path = Path((settings.path or "").replace("{suite}", suite).replace("{lang}", lang))
    known: dict[str, list[str]] = {}
    for number, line in enumerate(read_bytes(path).removesuffix(b"\n").split(b"\n"), 1):
        try:
            tagged = msgspec.json.decode(line, type=_Tagged)
        except msgspec.DecodeError as error:
            raise DataError(f"{path}:{number}: no tags: {error}") from None
        known[tagged.id] = tagged.tags
    records = []
    for id_, words in zip(ids, sentences, strict=True):
        tags = known.get(id_, [OUTSIDE] * len(words))
        if len(tags) != len(words):
            raise DataError(f"{path}: {id_}: {len(tags)} tags for {len(words)} words")
        records.append(certain(tags, sorted({OUTSIDE, *tags})))
    return records


def entities(record: Record, settings: TaggerSettings) -> list[Span]:
    """The entities of a sentence that the stage has tagged."""
    return tag_schemes.spans(record["tags"], settings.types)


def marginals(record: Record, settings: TaggerSettings) -> tuple[NDArray[np.float64], tuple[str, ...], bool]:
    """Label probabilities as scores of candidates take them: shape (words, labels), the columns' names, and whether they are IOB1."""
    matrix, names = tag_schemes.begin_inside(record["probabilities"], settings.types)
    scheme = settings.scheme or tag_schemes.scheme(list(record["probabilities"]))
    return matrix, names, scheme == "IOB1"


def confidence(record: Record, span: Span) -> float:
    """How sure the tagger is of an entity: the probability of the least probable of its labels."""
    columns = record["probabilities"]
    return min(float(columns[record["tags"][word]][word]) for word in range(span.start, span.end))


def certain(tags: Sequence[str], labels: Sequence[str]) -> Record:
    """The record of a sentence whose `tags` are beyond doubt: 0 or 1 as the probability of each of `labels`."""
    return _record(tags, np.array([[float(tag == label) for label in labels] for tag in tags]).reshape(-1, len(labels)), labels)


def _record(tags: Sequence[str], matrix: NDArray[Any], names: Sequence[str]) -> Record:
    # Six digits: what is left out is less than what another batch, or another processor, changes.
    columns: Mapping[str, list[float]] = dict(zip(names, np.round(np.asarray(matrix, float), 6).T.tolist(), strict=True))
    return {"tags": list(tags), "probabilities": columns}


def _whole(words: Sequence[str]) -> Record:
    """Short sentences are one entity, all others have none; the type is a guess."""
    labels = ("B-LOC", "I-LOC", OUTSIDE)
    short = len(words) <= MOST_WORDS
    return certain([labels[min(place, 1)] if short else OUTSIDE for place in range(len(words))], labels)


def _crf(folder: Path) -> "Tagger":
    from .crf import Tagger

    return Tagger(folder / CRF_FILE, _feature_set(folder))


def _feature_set(folder: Path) -> FeatureSet:
    """The features that a CRF tagger was trained with, as its `training.json` says."""
    path = folder / "training.json"
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Training).settings.features
    except (OSError, msgspec.DecodeError) as error:
        raise UsageError(f"{path}: does not say with which features the tagger was trained: {error}") from None


def _by_crf(tagger: "Tagger", items: Sequence[Sequence[str]]) -> list[Record]:
    return [_record(*tagger.read(words), tagger.labels) for words in items]


def _encoder(settings: TaggerSettings, identity: str, machine: Machine) -> "EncoderTagger":
    from .encoder import load

    model = settings.model or ""
    return load(
        model,
        settings.revision if Path(model).exists() else identity,
        device=machine.torch_device(),
        dtype=machine.torch_dtype(),
        budget=machine.batch_budget(),
        labels=settings.labels,
    )


def _by_encoder(tagger: "EncoderTagger", items: Sequence[Sequence[str]]) -> list[Record]:
    records: list[Record] = []
    for found in tagger.tag(items):
        if found is None:
            records.append({"failed": "out of memory"})
            continue
        unseen = {"unseen": list(found.unseen)} if found.unseen else {}
        records.append(_record(found.tags, found.probabilities, tagger.labels) | unseen)
    return records
