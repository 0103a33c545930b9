"""Translation by CTranslate2, a faster engine for the same models: a checkpoint is converted once and kept in the cache.

    <cache>/ctranslate2/<the model's identity>-<number format>/

Greedy search gives what `transformers` gives, up to rounding. Beam search is another one: both engines rank hypotheses by their mean
logarithmic probability, but only `transformers` counts the mark of the language into the length, and they stop at different moments.
"""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from filelock import FileLock
from transformers import AutoConfig
from transformers.utils.hub import cached_file

from boundarybench import atomic, home
from boundarybench.errors import UsageError

from ..batches import Batches
from .neural import Decoding, Failure, Vocabulary, translated

try:
    import ctranslate2
    from ctranslate2.converters import TransformersConverter
except ImportError:
    raise UsageError("engine = 'ctranslate2' needs CTranslate2: pip install 'boundarybench[ctranslate2]'") from None

log = logging.getLogger("boundarybench")

_TYPES = {torch.float32: "float32", torch.bfloat16: "bfloat16", torch.float16: "float16"}


class CTranslate2Translator:
    """A converted model and its search."""

    def __init__(
        self,
        model: str,
        revision: str,
        decoding: Decoding,
        *,
        identity: str,
        device: torch.device,
        dtype: torch.dtype,
        budget: int,
        int8: bool = False,
    ) -> None:
        """Load a model from the cache, and convert it before if it is not there.

        Args:
            model: a folder, or a hub id.
            revision: of the hub id.
            decoding: the search.
            identity: of the model (`machine.commit`).
            device: the CPU or a CUDA GPU.
            dtype: of weights and activations.
            budget: sub-tokens in a batch, padding and beams included.
            int8: whether the weights of linear layers are rounded to 8 bits.

        Raises:
            UsageError: there is no such model; CTranslate2 cannot convert it, or does not run here in that precision.
        """
        self._vocabulary = Vocabulary(model, revision)
        self._decoding = decoding
        self._batches = Batches(max(1, budget // decoding.num_beams))
        kind = f"int8_{_TYPES[dtype]}" if int8 else _TYPES[dtype]
        _check(device, kind)
        folder = home.cache_folder("ctranslate2") / f"{identity}-{kind}"
        converted(model, revision, kind, folder)
        try:
            self._translator = ctranslate2.Translator(
                str(folder), device=device.type, device_index=device.index or 0, compute_type=kind, intra_threads=torch.get_num_threads()
            )
        except (RuntimeError, ValueError) as error:
            raise UsageError(f"{model}: CTranslate2 cannot load {folder}: {error}; remove that folder to have it converted again") from None

    @property
    def codes(self) -> frozenset[str]:
        """The language codes that the model knows; none for a model of one pair of languages."""
        return self._vocabulary.codes

    def translate(self, texts: Sequence[str], source: str | None, target: str | None) -> list[str | Failure]:
        """The translation of each text, or why there is none. Equal texts are translated once.

        Args:
            texts: in the source language.
            source, target: codes of the languages, as `codes` has them; None where the model has none.
        """
        return translated(texts, source, self._vocabulary, self._batches, lambda batch: self._generate(batch, target))

    def _generate(self, batch: Sequence[Sequence[int]], target: str | None) -> list[str | Failure]:
        tokenizer, most = self._vocabulary.tokenizer, self._decoding.max_new_tokens
        prefix = None if target is None else [tokenizer.convert_ids_to_tokens([self._vocabulary.code_id(target)])] * len(batch)
        results = self._translator.translate_batch(
            [tokenizer.convert_ids_to_tokens(ids) for ids in batch],
            target_prefix=prefix,
            beam_size=self._decoding.num_beams,
            max_input_length=0,  # nothing is cut off
            min_decoding_length=0,
            max_decoding_length=min(most, self._vocabulary.window),  # beyond the window it has no positions
            return_end_token=True,
        )
        return [self._vocabulary.text(tokenizer.convert_tokens_to_ids(result.hypotheses[0]), most) for result in results]


def converted(model: str, revision: str, kind: str, folder: Path) -> None:
    """Convert a checkpoint to `folder`, unless it is there: whole or not at all, and by one process at a time.

    Raises:
        UsageError: CTranslate2 does not know its architecture.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.parent / f".{folder.name}.lock"):
        if folder.is_dir():
            return
        log.info("%s: converting to %s for CTranslate2, once: %s", model, kind, folder)
        with atomic.replacing_folder(folder) as new:
            try:
                _Converter(model, revision).convert(str(new), quantization=kind, force=True)
            except (OSError, ValueError) as error:
                raise UsageError(f"{model}: CTranslate2 cannot convert it: {str(error).strip().splitlines()[0]}") from None


class _Converter(TransformersConverter):  # type: ignore[misc]  # untyped
    """The library's converter, mended in two places (CTranslate2 4.8, transformers 5.23).

    It takes the weights of a revision, but configuration and tokenizer of the newest: here all are of the same. And it looks for M2M100's
    language marks among the additional special tokens, where transformers 5 no longer has them.
    """

    def __init__(self, model: str, revision: str) -> None:
        super().__init__(str(Path(str(cached_file(model, "config.json", revision=revision))).parent))
        self._at = {"pretrained_model_name_or_path": model, "revision": revision}

    def load_model(self, model_class: Any, _folder: str, **options: Any) -> Any:
        return model_class.from_pretrained(**self._at, **options)

    def load_tokenizer(self, tokenizer_class: Any, _folder: str, **options: Any) -> Any:
        tokenizer = tokenizer_class.from_pretrained(**self._at, **options)
        if marks := getattr(tokenizer, "lang_token_to_id", None):
            names = tokenizer.get_vocab() | marks
            tokenizer.get_vocab = lambda: names
            tokenizer.num_madeup_words = AutoConfig.from_pretrained(**self._at).vocab_size - len(names)
        return tokenizer


def _check(device: torch.device, kind: str) -> None:
    if device.type not in ("cpu", "cuda"):
        raise UsageError(f"CTranslate2 does not run on {device.type}: give --device cpu, or engine = 'transformers'")
    known = ctranslate2.get_supported_compute_types(device.type, device.index or 0)
    if kind not in known:
        raise UsageError(f"CTranslate2 computes in {', '.join(sorted(known))} on this {device.type}, not in {kind}: see --precision")
