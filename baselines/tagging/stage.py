"""Tagging as a stage: words in, each word's label and the probability of every label out. A model is a folder, a CRF file or a hub id."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from benchmark.schemes import Span

from ..machine import Machine, commit
from ..stages import Record, Stage
from . import labels

if TYPE_CHECKING:
    from .crf import Tagger
    from .encoder import EncoderTagger

#: The model's file in the folder of a CRF tagger.
CRF_FILE = "model.crfsuite"


@dataclass(frozen=True, slots=True)
class TaggerSettings:
    """A tagger as a system names it.

    Attributes:
        model: a folder, or a hub id.
        revision: of the hub id.
        licence: of the model, for `system.json`.
        labels: other names for the model's labels, as in {"LABEL_1": "B-PER"}.
        types: other names for types; `O` drops entities of a type before anything else sees them.
        scheme: what the labels mean; None goes by the label set.
    """

    model: str
    revision: str = "main"
    licence: str = "not stated"
    labels: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    scheme: Literal["IOB1", "IOB2", "BIOES"] | None = None


def stage(settings: TaggerSettings, machine: Machine) -> Stage:
    """The stage; items are lists of words, records have `tags` and `probabilities` (a list per label), or `failed`.

    Raises:
        UsageError: there is no such model.
    """
    path = Path(settings.model)
    identity = commit(settings.model, settings.revision)
    told: dict[str, Any] = {"model": identity, "labels": settings.labels}
    if (path / CRF_FILE).is_file():
        return Stage("tagging", told, lambda: _crf(path / CRF_FILE), _by_crf)
    told["precision"] = str(machine.torch_dtype())
    return Stage("tagging", told, lambda: _encoder(settings, identity, machine), _by_encoder)


def entities(record: Record, settings: TaggerSettings) -> list[Span]:
    """The entities of a sentence that the stage has tagged."""
    return labels.spans(record["tags"], settings.types)


def marginals(record: Record, settings: TaggerSettings) -> tuple[NDArray[np.float64], tuple[str, ...], bool]:
    """Label probabilities as scores of candidates take them: shape (words, labels), the columns' names, and whether they are IOB1."""
    matrix, names = labels.begin_inside(record["probabilities"], settings.types)
    scheme = settings.scheme or labels.scheme(list(record["probabilities"]))
    return matrix, names, scheme == "IOB1"


def confidence(record: Record, span: Span) -> float:
    """How sure the tagger is of an entity: the probability of the least probable of its labels."""
    columns = record["probabilities"]
    return min(float(columns[record["tags"][word]][word]) for word in range(span.start, span.end))


def _record(tags: Sequence[str], matrix: NDArray[Any], names: Sequence[str]) -> Record:
    # Six digits: what is left out is less than what another batch, or another processor, changes.
    columns: Mapping[str, list[float]] = dict(zip(names, np.round(np.asarray(matrix, float), 6).T.tolist(), strict=True))
    return {"tags": list(tags), "probabilities": columns}


def _crf(path: Path) -> "Tagger":
    from .crf import Tagger

    return Tagger(path)


def _by_crf(tagger: "Tagger", items: Sequence[Sequence[str]]) -> list[Record]:
    return [_record(tagger.labels_of(words), tagger.marginals(words), tagger.labels) for words in items]


def _encoder(settings: TaggerSettings, identity: str, machine: Machine) -> "EncoderTagger":
    from .encoder import load

    return load(
        settings.model,
        settings.revision if Path(settings.model).exists() else identity,
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
