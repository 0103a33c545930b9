"""Word alignment by the hidden states of a multilingual encoder, without training: SimAlign and AWESoME over `transformers`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import AutoConfig, AutoModel, AutoTokenizer

from boundarybench.errors import UsageError

from ..batches import Batches
from ..checkpoints import loading
from ..encoding import Encoding, Piece, padded
from . import extraction
from .links import Links

#: Encoders whose hidden state at a layer is what a model of so many layers ends with: the layers above need not be computed, nor loaded.
_CUT = frozenset({"bert", "xlm-roberta", "roberta", "deberta-v2"})


@dataclass(frozen=True, slots=True)
class EmbeddingSettings:
    """How links are found.

    Attributes:
        method: `awesome`, or SimAlign's `argmax`, `itermax` or `match`.
        layer: whose hidden states are compared; 8 in both papers (multilingual BERT).
        threshold: of AWESoME's probabilities, 0.001 as published.
    """

    method: Literal["awesome", "argmax", "itermax", "match"]
    layer: int = 8
    threshold: float = 0.001


class Embedded(NamedTuple):
    """A sentence's sub-tokens: their vectors, shape (sub-tokens, hidden size), and the word of each."""

    vectors: NDArray[np.float32]
    words: list[int]


class EmbeddingAligner:
    """An encoder and a method."""

    def __init__(
        self, model: str, revision: str, settings: EmbeddingSettings, *, device: torch.device, dtype: torch.dtype, budget: int
    ) -> None:
        """Load an encoder from a folder or the hub.

        Args:
            model: a folder, or a hub id.
            revision: of the hub id.
            settings: the method's.
            device: where the encoder runs.
            dtype: of its weights; similarities are computed in fp32.
            budget: sub-tokens in a batch, padding included.

        Raises:
            UsageError: there is no such encoder, it has not so many layers, or its tokenizer cannot tell words.
        """
        self._settings = settings
        self._batches = Batches(budget)
        with loading(model, "encoder"):
            config = AutoConfig.from_pretrained(model, revision=revision)
            if config.num_hidden_layers < settings.layer:
                raise UsageError(f"{model}: has {config.num_hidden_layers} layers, and layer {settings.layer} is asked for")
            if config.model_type in _CUT:
                config.num_hidden_layers = settings.layer
            tokenizer = AutoTokenizer.from_pretrained(model, revision=revision)
            loaded: Any = AutoModel.from_pretrained(model, revision=revision, config=config, dtype=dtype)
        self._encoding = Encoding(tokenizer, config)
        self._model = loaded.to(device).eval()

    def align(self, pairs: Sequence[tuple[Sequence[str], Sequence[str]]]) -> list[Links | str]:
        """The links of each (source words, target words), or why there are none: `out of memory`."""
        sentences = list(dict.fromkeys(tuple(words) for pair in pairs for words in pair))
        embedded = dict(zip(sentences, self.embed(sentences), strict=True))
        return [self._links(embedded[tuple(source)], embedded[tuple(target)]) for source, target in pairs]

    def embed(self, sentences: Sequence[Sequence[str]]) -> list[Embedded | None]:
        """The sub-tokens of each sentence; None for one that does not fit into memory on its own.

        A sentence longer than the encoder's window goes through it in overlapping windows, and a word's vectors come from the one in
        which it stands farther from a cut. A word without a sub-token has no vector, and so no link.
        """
        pieces = self._encoding.pieces(sentences)
        results = self._batches.run([len(piece.ids) for piece in pieces], lambda batch: self._compute([pieces[item] for item in batch]))
        parts: list[list[NDArray[np.float32]] | None] = [[] for _ in sentences]
        words: list[list[int]] = [[] for _ in sentences]
        for piece, result in zip(pieces, results, strict=True):
            found = parts[piece.sentence]
            if result is None or found is None:
                parts[piece.sentence] = None
                continue
            found.append(result)
            words[piece.sentence] += [
                word for word, start, end in zip(piece.words, piece.starts, piece.ends, strict=True) for _ in range(start, end)
            ]
        return [
            None if found is None else Embedded(np.concatenate(found) if found else np.zeros((0, 1), np.float32), of)
            for found, of in zip(parts, words, strict=True)
        ]

    @torch.inference_mode()
    def _compute(self, batch: Sequence[Piece]) -> list[NDArray[np.float32]]:
        """The vectors of the kept sub-tokens of each window."""
        ids = padded([piece.ids for piece in batch], self._encoding.tokenizer.pad_token_id, self._model.device)
        mask = padded([[1] * len(piece.ids) for piece in batch], 0, self._model.device)
        states = self._model(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states[self._settings.layer]
        rows = states.float().cpu().numpy()
        return [row[piece.starts[0] : piece.ends[-1]] for row, piece in zip(rows, batch, strict=True)]

    def _links(self, source: Embedded | None, target: Embedded | None) -> Links | str:
        if source is None or target is None:
            return "out of memory"
        if not source.words or not target.words:
            return frozenset()
        return extraction.of_words(self._mask(source.vectors, target.vectors), source.words, target.words)

    def _mask(self, source: NDArray[np.float32], target: NDArray[np.float32]) -> extraction.Mask:
        if self._settings.method == "awesome":
            return extraction.awesome(source @ target.T, self._settings.threshold)
        similarity: extraction.Matrix = (_unit(source) @ _unit(target).T + np.float32(1)) / np.float32(2)
        method = {"argmax": extraction.argmax, "itermax": extraction.itermax, "match": extraction.match}[self._settings.method]
        return method(similarity)


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The vectors at length 1, so that dot products are cosines."""
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    lengths[lengths == 0] = 1
    scaled: NDArray[np.float32] = vectors / lengths[:, None]
    return scaled
