"""Train the CRF tagger into a folder with a model card, as the encoders are."""

import logging
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from boundarybench import atomic
from boundarybench.schemes import decode

from . import crf, training_report
from .data import TaggedSentence
from .f1 import typed_f1
from .features import FeatureSet
from .tagger import CRF_FILE

log = logging.getLogger("boundarybench")


def train(
    training: Sequence[TaggedSentence],
    dev: Sequence[TaggedSentence],
    folder: Path,
    about: Mapping[str, str],
    features: FeatureSet = "words",
) -> dict[str, Any]:
    """Train on `training`, measure on `dev`, and write model, card and `training.json`, which is returned; all of it or nothing.

    Raises:
        UsageError: `folder` holds something else than the same run, ended.
        NotWritten: `folder` cannot be written.
    """
    settings = {"model": "crf", "features": features, **crf.PARAMETERS, "python-crfsuite": version("python-crfsuite")}
    run = training_report.identity(settings, training, dev)
    if (ended := training_report.finished(folder, run)) is not None:
        log.info("%s: this run has ended already; its model is there", folder)
        return ended
    with atomic.making(folder.parent), atomic.replacing_folder(folder) as new:
        crf.train(training, new / CRF_FILE, features)
        scores = []
        if dev:
            with crf.Tagger(new / CRF_FILE, features) as tagger:
                scores = [typed_f1((decode(tags) for _, tags in dev), (tagger.tag(words) for words, _ in dev))]
        report = {
            "run": run,
            "settings": settings,
            "data": training_report.data(training, dev, about),
            "dev_typed_f1": scores,
            "chosen_epoch": 1,
            "weights": training_report.weights(new, CRF_FILE),
        }
        training_report.write(new, report)
        training_report.finished(folder, run)  # nobody has put anything there meanwhile
    return report
