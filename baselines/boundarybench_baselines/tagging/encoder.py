"""Tagging by a fine-tuned encoder: the probability of each label at each word, read from the word's first sub-token."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import AutoModelForTokenClassification, AutoTokenizer

from boundarybench.errors import UsageError
from boundarybench.spans import OUTSIDE

from ..batches import Batches
from ..checkpoints import loading
from ..encoding import Encoding, Piece, padded
from . import characters  # noqa: F401  # makes its architecture known to `transformers`
from . import tag_schemes as label_sets


class Tagged(NamedTuple):
    """What the model says of a sentence.

    Attributes:
        tags: the most probable label of each word.
        probabilities: shape (words, labels).
        unseen: words (positions) that the tokenizer makes nothing of: they are O.
    """

    tags: tuple[str, ...]
    probabilities: NDArray[np.float32]
    unseen: tuple[int, ...]


def load(
    model: str, revision: str, *, device: torch.device, dtype: torch.dtype, budget: int, labels: Mapping[str, str] | None = None
) -> "EncoderTagger":
    """A tagger from a folder or the hub.

    Args:
        model: a folder, or a hub id.
        revision: of the hub id.
        device: where it runs.
        dtype: of weights and activations; probabilities are computed in fp32.
        budget: sub-tokens in a batch, padding included.
        labels: other names for the model's labels. The probabilities of labels that get one name are added up.

    Raises:
        UsageError: there is no such model, or it is no tagger.
    """
    with loading(model, "tagger"):
        tokenizer = AutoTokenizer.from_pretrained(model, revision=revision)
        loaded, information = AutoModelForTokenClassification.from_pretrained(
            model, revision=revision, dtype=dtype, output_loading_info=True
        )
    if information["missing_keys"]:
        raise UsageError(f"{model}: an encoder without a trained tagger (no {', '.join(sorted(information['missing_keys']))})")
    return EncoderTagger(model, loaded.to(device), Encoding(tokenizer, loaded.config), budget, labels or {})


class EncoderTagger:
    """A token-classification model of `transformers`."""

    def __init__(self, name: str, model: Any, encoding: Encoding, budget: int, labels: Mapping[str, str]) -> None:
        """Take a loaded model; arguments as for `load`. Raises UsageError if its labels are not those of a tagger."""
        self._name, self._model, self._encoding = name, model.eval(), encoding
        self._batches = Batches(budget)
        named = [labels.get(model.config.id2label[index], model.config.id2label[index]) for index in range(len(model.config.id2label))]
        self.labels = tuple(dict.fromkeys(named))
        label_sets.check(self.labels, name)
        # Shape (the model's labels, ours): what each of the model's labels counts as.
        self._counts_as = np.array([[label == ours for ours in self.labels] for label in named], np.float32)

    def tag(self, sentences: Sequence[Sequence[str]]) -> list[Tagged | None]:
        """The labels of every word of every sentence; None for a sentence that does not fit into memory on its own."""
        pieces = self._encoding.pieces(sentences)
        results = self._batches.run([len(piece.ids) for piece in pieces], lambda batch: self._compute([pieces[item] for item in batch]))
        matrices: list[NDArray[np.float32] | None] = [np.zeros((len(words), len(self.labels)), np.float32) for words in sentences]
        for piece, result in zip(pieces, results, strict=True):
            matrix = matrices[piece.sentence]
            if result is None or matrix is None:
                matrices[piece.sentence] = None
            else:
                matrix[piece.words] = result
        return [None if matrix is None else self._tagged(matrix) for matrix in matrices]

    @torch.inference_mode()
    def _compute(self, batch: Sequence[Piece]) -> list[NDArray[np.float32]]:
        """The probabilities of the words of each window: shape (words, labels)."""
        ids = padded([piece.ids for piece in batch], self._encoding.tokenizer.pad_token_id, self._model.device)
        mask = padded([[1] * len(piece.ids) for piece in batch], 0, self._model.device)
        logits = self._model(input_ids=ids, attention_mask=mask).logits
        if not torch.isfinite(logits).all():
            raise UsageError(f"{self._name}: the model overflows in {self._model.dtype}; run it in another precision (--precision fp32)")
        rows = [row for row, piece in enumerate(batch) for _ in piece.starts]
        places = [place for piece in batch for place in piece.starts]
        probabilities = logits[rows, places].float().softmax(-1).cpu().numpy() @ self._counts_as
        return np.split(probabilities, np.cumsum([len(piece.starts) for piece in batch])[:-1])

    def _tagged(self, matrix: NDArray[np.float32]) -> Tagged:
        unseen = np.flatnonzero(matrix.sum(axis=1) == 0)
        matrix[unseen] = [label == OUTSIDE for label in self.labels]
        return Tagged(tuple(self.labels[label] for label in matrix.argmax(axis=1).tolist()), matrix, tuple(unseen.tolist()))
