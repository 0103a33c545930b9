"""A CRF tagger trained from scratch (CRFsuite through python-crfsuite): seconds to train, no weights to download.

Training is deterministic: the same sentences give the same model, byte for byte.
"""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import numpy as np
import pycrfsuite
from numpy.typing import NDArray

from boundarybench import atomic
from boundarybench.errors import UsageError
from boundarybench.schemes import Span, decode

from .data import TaggedSentence
from .features import FEATURES, FeatureSet, without_case


class Mention(NamedTuple):
    """An entity that the tagger found, and how sure it is: the least probable of its tags' marginals, in [0, 1]."""

    span: Span
    score: float


#: L1 and L2 regularisation and the number of L-BFGS iterations; chosen on the dev sets of `source-ner`.
PARAMETERS = {"c1": 0.1, "c2": 0.03, "max_iterations": 100, "feature.possible_transitions": True}


def train(sentences: Iterable[TaggedSentence], path: Path, feature_set: FeatureSet = "words") -> None:
    """Train a model and write it to `path`, whole or not at all.

    A tagger of what languages share sees each sentence twice, as it is and without case, so that it can say something of scripts that have
    none: on English dev sentences without case boundary F1 rises from 0 to 37 (CoNLL-2003), for 0.3 with case.
    """
    features = FEATURES[feature_set]
    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.set_params(PARAMETERS)
    for words, tags in sentences:
        trainer.append(features(words), list(tags))
        if feature_set == "shared":
            trainer.append(features(without_case(words)), list(tags))
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder, "model")
        trainer.train(str(model))
        atomic.write_bytes(path, model.read_bytes())


class Tagger:
    """A trained model. A context manager; the model stays open until it ends."""

    def __init__(self, path: Path, feature_set: FeatureSet = "words") -> None:
        """Open the model at `path`, which was trained with `feature_set`. Raises UsageError if it is none."""
        self._features = FEATURES[feature_set]
        self._tagger = pycrfsuite.Tagger()
        try:
            self._tagger.open(str(path))
        except (OSError, ValueError) as error:
            raise UsageError(f"{path}: not a model of this tagger: {error}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._tagger.close()

    @property
    def labels(self) -> list[str]:
        """The labels, in the order of the columns of `marginals`."""
        labels: list[str] = self._tagger.labels()
        return labels

    def tag(self, words: Sequence[str]) -> list[Span]:
        """The entities of a sentence."""
        return decode(self.labels_of(words))

    def labels_of(self, words: Sequence[str]) -> list[str]:
        """The best label of each word."""
        labels: list[str] = self._tagger.tag(self._features(words)) if words else []
        return labels

    def mentions(self, words: Sequence[str]) -> list[Mention]:
        """The entities of a sentence with their scores."""
        if not words:
            return []
        tags = self.labels_of(words)
        return [
            Mention(span, min(self._tagger.marginal(tags[word], word) for word in range(span.start, span.end))) for span in decode(tags)
        ]

    def marginals(self, words: Sequence[str]) -> NDArray[np.float64]:
        """The probability of each label at each word: shape (words, labels)."""
        return self.read(words)[1]

    def read(self, words: Sequence[str]) -> tuple[list[str], NDArray[np.float64]]:
        """The best label of each word, and the probability of each label at each word: shape (words, labels)."""
        labels = self.labels
        if not words:
            return [], np.zeros((0, len(labels)))
        self._tagger.set(self._features(words))
        best: list[str] = self._tagger.tag()
        return best, np.array([[self._tagger.marginal(label, word) for label in labels] for word in range(len(words))])
