"""Train the CRF tagger into a folder with a model card, as the encoders are."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from benchmark import atomic
from benchmark.errors import UsageError
from benchmark.schemes import decode

from .. import model_card
from . import crf
from .data import TaggedSentence, fingerprint
from .f1 import typed_f1
from .features import FeatureSet
from .stage import CRF_FILE


def train(
    training: Sequence[TaggedSentence],
    dev: Sequence[TaggedSentence],
    folder: Path,
    about: Mapping[str, str],
    features: FeatureSet = "words",
) -> dict[str, Any]:
    """Train on `training`, measure on `dev`, and write model, card and `training.json`, which is returned.

    Raises:
        UsageError: `folder` holds something.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise UsageError(f"{folder}: not empty; choose another folder")
    crf.train(training, folder / CRF_FILE, features)
    scores = []
    if dev:
        with crf.Tagger(folder / CRF_FILE, features) as tagger:
            scores = [typed_f1((decode(tags) for _, tags in dev), (tagger.tag(words) for words, _ in dev))]
    sets = {"train": training, "dev": dev}
    report = {
        "settings": {"model": "crf", "features": features, **crf.PARAMETERS, "python-crfsuite": version("python-crfsuite")},
        "data": {
            name: {"name": about[name], "sentences": len(sentences), "sha256": fingerprint(sentences)}
            for name, sentences in sets.items()
            if sentences
        },
        "dev_typed_f1": scores,
        "chosen_epoch": 1,
    }
    atomic.write_bytes(folder / "training.json", msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    atomic.write_bytes(folder / "README.md", model_card.card(report).encode())
    return report
